import type { Expression } from '../expressions/expression.ts';
import type { ElementId } from '../terms.ts';

/** One decision of a DMN file with all that it requires: plain data, checked and ready to be evaluated. */
export interface DecisionModel {
	readonly id: ElementId;
	readonly name: string;
	/** Each stands behind those that it requires; the last is the one that is asked. */
	readonly decisions: readonly Decision[];
}

export interface Decision {
	readonly id: ElementId;
	/** Under which those that require it see its result. */
	readonly name: string;
	/** The decisions whose results it sees. Absent in what was stored before it was kept: all that stand before it. */
	readonly requires?: readonly ElementId[];
	readonly logic: DecisionTable | LiteralExpression;
}

export interface LiteralExpression {
	readonly kind: 'literalExpression';
	readonly expression: Expression;
}

export interface DecisionTable {
	readonly kind: 'decisionTable';
	readonly hitPolicy: HitPolicy;
	/** With `COLLECT` only; null: the list itself. */
	readonly aggregation: Aggregation | null;
	readonly inputs: readonly DecisionInput[];
	readonly outputs: readonly DecisionOutput[];
	readonly rules: readonly DecisionRule[];
}

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'PRIORITY' | 'ANY' | 'COLLECT' | 'RULE ORDER' | 'OUTPUT ORDER';

export type Aggregation = 'SUM' | 'COUNT' | 'MIN' | 'MAX';

export interface DecisionInput {
	readonly expression: Expression;
	/** The FEEL function that makes a value of its type from text: variables are JSON, which has no dates. */
	readonly conversion: Conversion | null;
}

export type Conversion = 'date' | 'time' | 'date and time' | 'duration';

export interface DecisionOutput {
	readonly name: string;
	/** Null where the table gives none. */
	readonly defaultEntry: Expression | null;
	/** From the most to the least important; read for `PRIORITY` and `OUTPUT ORDER` only. */
	readonly values: readonly Literal[];
}

export type Literal = null | boolean | number | string;

export interface DecisionRule {
	/** Unary tests, one an input; null: any value. */
	readonly tests: readonly (Expression | null)[];
	/** One an output; null: no value. */
	readonly entries: readonly (Expression | null)[];
}
