import type { BinaryOperator, JuelOperator, Tree, UnaryOperator } from './expression.ts';
import type { Complaint, Token } from './tokenize.ts';

/** Nesting of a compiled expression; evaluation recurses as deep. */
const MAX_DEPTH = 200;

/** Stops a parse; caught by `parseWith`, never seen outside. */
class Unparsable extends Error {
	readonly at: number;
	constructor(complaint: Complaint) {
		super(complaint.message);
		this.at = complaint.at;
	}
}

/** Reads words one after the other, and keeps what it builds within a depth. */
export class TokenCursor {
	readonly #tokens: readonly Token[];
	readonly #depths = new WeakMap<Tree, number>();
	#next = 0;
	#open = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	/** The next word but `ahead`, without taking it. */
	peek(ahead = 0): Token {
		const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)];
		return token ?? { kind: 'end', at: 0 };
	}

	take(): Token {
		const token = this.peek();
		this.#next += 1;
		return token;
	}

	/** Takes the next word if it is this symbol or this name. */
	takeIf(text: string): boolean {
		if (!isText(this.peek(), text)) return false;
		this.#next += 1;
		return true;
	}

	expect(text: string): void {
		if (!this.takeIf(text)) this.fail(`\`${text}\` is missing`);
	}

	fail(message: string, at: number = this.peek().at): never {
		throw new Unparsable({ at, message });
	}

	/** Parses something nested, such as what stands in parentheses. */
	nested(parse: () => Tree): Tree {
		this.#open += 1;
		if (this.#open > MAX_DEPTH) this.fail('it is nested too deeply');
		const tree = parse();
		this.#open -= 1;
		return tree;
	}

	binary(kind: BinaryOperator, left: Tree, right: Tree): Tree {
		return this.#sized({ kind, left, right }, [left, right]);
	}

	juelBinary(kind: JuelOperator, left: Tree, right: Tree): Tree {
		return this.#sized({ kind, left, right, juel: true }, [left, right]);
	}

	choice(test: Tree, left: Tree, right: Tree): Tree {
		return this.#sized({ kind: 'choice', test, left, right, juel: true }, [test, left, right]);
	}

	unary(kind: UnaryOperator, operand: Tree, juel: boolean): Tree {
		return this.#sized(juel ? { kind, operand, juel: true } : { kind, operand }, [operand]);
	}

	#sized(tree: Tree, parts: readonly Tree[]): Tree {
		const depth = 1 + Math.max(...parts.map((part) => this.#depths.get(part) ?? 0));
		if (depth > MAX_DEPTH) this.fail('it is nested too deeply');
		this.#depths.set(tree, depth);
		return tree;
	}
}

export function isText(token: Token, text: string): boolean {
	return (token.kind === 'symbol' || token.kind === 'name') && token.text === text;
}

/** Runs a parse that has to use up all words. */
export function parseWith(tokens: readonly Token[], parse: (cursor: TokenCursor) => Tree): Tree | Complaint {
	const cursor = new TokenCursor(tokens);
	try {
		const tree = parse(cursor);
		if (cursor.peek().kind !== 'end') cursor.fail('nothing more was expected here');
		return tree;
	} catch (error) {
		if (error instanceof Unparsable) return { at: error.at, message: error.message };
		throw error;
	}
}
