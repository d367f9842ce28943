/**
 * An expression of a model, compiled at deployment.
 *
 * `tree` is the compiled form of a plain expression (comparisons, boolean logic, arithmetic, paths); its evaluation is
 * bounded by its own size and a budget, and runs inside the step. Where `tree` is null the expression needs the whole of
 * FEEL: the step asks for its value (see questions.ts) and the shell evaluates it elsewhere, under a time limit.
 */
export interface Expression {
	readonly language: 'feel' | 'juel';
	/** The expression without its mark: `a > 1` of `= a > 1` and of `${a > 1}`. */
	readonly source: string;
	/** Never null for `juel`. */
	readonly tree: Tree | null;
	/**
	 * Only where `tree` is null: the variables it reads, as FEEL reads its text by itself. It is given these and no others, for
	 * with the names of others FEEL reads the same text differently: as one name where it says `a - b`, or no call in `count(x)`.
	 */
	readonly names?: readonly string[];
}

/** `juel`: the operator coerces its operands as JUEL does (rules-juel.ts), instead of comparing as FEEL does (rules-feel.ts). */
export type Tree =
	| { readonly kind: 'literal'; readonly value: null | boolean | number | string }
	| { readonly kind: 'path'; readonly names: readonly string[] }
	| { readonly kind: UnaryOperator; readonly operand: Tree; readonly juel?: true }
	| { readonly kind: BinaryOperator; readonly left: Tree; readonly right: Tree; readonly juel?: never }
	| { readonly kind: JuelOperator; readonly left: Tree; readonly right: Tree; readonly juel: true }
	| { readonly kind: 'choice'; readonly test: Tree; readonly left: Tree; readonly right: Tree; readonly juel: true };

/** `empty` and `size` are of JUEL only. */
export type UnaryOperator = 'not' | 'negate' | 'empty' | 'size';

export type BinaryOperator = 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/';

/** `item` is `a[b]`, and `contains` the method. */
export type JuelOperator = BinaryOperator | '%' | 'item' | 'contains';

/**
 * Text of a model that is itself, or an expression (`${approver}`, `= approver`), or a mixture of both
 * (`kermit_${loopCounter}`), whose value is a string.
 */
export type Text = PlainText | { readonly kind: 'template'; readonly parts: readonly PlainText[] };

export type PlainText =
	| { readonly kind: 'literal'; readonly text: string }
	| { readonly kind: 'expression'; readonly expression: Expression };
