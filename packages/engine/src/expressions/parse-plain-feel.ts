import type { BinaryOperator, Tree } from './expression.ts';
import { FEEL_KEYWORDS } from './feel-words.ts';
import { isText, parseWith, type TokenCursor } from './token-cursor.ts';
import { type Lexicon, tokenize } from './tokenize.ts';

export const FEEL: Lexicon = {
	name: /[\p{L}_][\p{L}\p{N}_]*/uy,
	symbol: /<=|>=|!=|[=<>+\-*/().]/y,
	string: /"(?:[^"\\\r\n]|\\["\\nrt])*"/y,
	unquote: (quoted) => quoted.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

const COMPARISONS: readonly BinaryOperator[] = ['=', '!=', '<', '<=', '>', '>='];

/**
 * Compiles the plain subset of FEEL: comparisons, `and`, `or`, `not(…)`, arithmetic, parentheses, literals and paths.
 * Null where the source is not of that subset, be it other FEEL or no FEEL at all.
 */
export function parsePlainFeel(source: string): Tree | null {
	const tokens = tokenize(source, FEEL);
	if ('message' in tokens) return null;
	const parsed = parseWith(tokens, disjunction);
	return 'message' in parsed ? null : parsed;
}

function disjunction(cursor: TokenCursor): Tree {
	let left = conjunction(cursor);
	while (cursor.takeIf('or')) left = cursor.binary('or', left, conjunction(cursor));
	return left;
}

function conjunction(cursor: TokenCursor): Tree {
	let left = comparison(cursor);
	while (cursor.takeIf('and')) left = cursor.binary('and', left, comparison(cursor));
	return left;
}

/** Not associative: what `1 < x < 3` means is left to the whole of FEEL. */
function comparison(cursor: TokenCursor): Tree {
	const left = sum(cursor);
	const operator = COMPARISONS.find((each) => cursor.takeIf(each));
	return operator === undefined ? left : cursor.binary(operator, left, sum(cursor));
}

function sum(cursor: TokenCursor): Tree {
	let left = product(cursor);
	for (;;) {
		const operator = (['+', '-'] as const).find((each) => cursor.takeIf(each));
		if (operator === undefined) return left;
		left = cursor.binary(operator, left, product(cursor));
	}
}

function product(cursor: TokenCursor): Tree {
	let left = signed(cursor);
	for (;;) {
		const operator = (['*', '/'] as const).find((each) => cursor.takeIf(each));
		if (operator === undefined) return left;
		left = cursor.binary(operator, left, signed(cursor));
	}
}

function signed(cursor: TokenCursor): Tree {
	if (!cursor.takeIf('-')) return operand(cursor);
	return cursor.nested(() => cursor.unary('negate', signed(cursor), false));
}

function operand(cursor: TokenCursor): Tree {
	const token = cursor.take();
	if (token.kind === 'number' || token.kind === 'string') return { kind: 'literal', value: token.value };
	if (isText(token, '(')) return parenthesized(cursor);
	if (token.kind !== 'name') return cursor.fail('a value is missing', token.at);
	if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
	if (token.text === 'null') return { kind: 'literal', value: null };
	if (token.text === 'not') {
		cursor.expect('(');
		return cursor.unary('not', parenthesized(cursor), false);
	}
	return path(cursor, token.text, token.at);
}

function parenthesized(cursor: TokenCursor): Tree {
	const tree = cursor.nested(() => disjunction(cursor));
	cursor.expect(')');
	return tree;
}

function path(cursor: TokenCursor, root: string, at: number): Tree {
	if (FEEL_KEYWORDS.has(root)) cursor.fail('a keyword', at);
	const names = [root];
	while (cursor.takeIf('.')) {
		const name = cursor.take();
		if (name.kind !== 'name' || FEEL_KEYWORDS.has(name.text)) return cursor.fail('a name is missing', name.at);
		names.push(name.text);
	}
	return { kind: 'path', names };
}
