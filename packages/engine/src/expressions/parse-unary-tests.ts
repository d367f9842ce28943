import type { BinaryOperator, Tree } from './expression.ts';
import { FEEL } from './parse-plain-feel.ts';
import { order } from './rules-feel.ts';
import { isText, parseWith, type TokenCursor } from './token-cursor.ts';
import { type Lexicon, tokenize } from './tokenize.ts';

const TESTS: Lexicon = { ...FEEL, symbol: /\.\.|<=|>=|!=|[=<>\-()[\],]/y };

/** The value that is tested, as FEEL writes it. */
export const TESTED = '?';
const TESTED_VALUE: Tree = { kind: 'path', names: [TESTED] };
const TRUE: Tree = { kind: 'literal', value: true };

const OPERATORS: readonly BinaryOperator[] = ['=', '!=', '<', '<=', '>', '>='];

/**
 * Compiles plain unary tests, as most cells of decision tables are: literals, comparisons with them, intervals of them,
 * lists of those, and `not(…)` of a list. The tree is a condition on the value `?`; they hold where it is true. Null
 * where the source is anything else.
 */
export function parsePlainTests(source: string): Tree | null {
	return parse(source, (cursor) => {
		if (!cursor.takeIf('not')) return list(cursor);
		cursor.expect('(');
		const tests = list(cursor);
		cursor.expect(')');
		// What is unknown does not hold, and its negation does.
		return cursor.unary('not', cursor.binary('=', tests, TRUE), false);
	});
}

/** The values of a list of literals; null where the source is anything else. */
export function parseLiterals(source: string): readonly LiteralValue[] | null {
	const values: LiteralValue[] = [];
	const parsed = parse(source, (cursor) => {
		do values.push(literal(cursor).value);
		while (cursor.takeIf(','));
		return TRUE;
	});
	return parsed === null ? null : values;
}

type LiteralTree = Extract<Tree, { kind: 'literal' }>;
type LiteralValue = LiteralTree['value'];

function parse(source: string, read: (cursor: TokenCursor) => Tree): Tree | null {
	const tokens = tokenize(source, TESTS);
	if ('message' in tokens) return null;
	const parsed = parseWith(tokens, read);
	return 'message' in parsed ? null : parsed;
}

function list(cursor: TokenCursor): Tree {
	let tests = test(cursor);
	while (cursor.takeIf(',')) tests = cursor.binary('or', tests, test(cursor));
	return tests;
}

function test(cursor: TokenCursor): Tree {
	const operator = OPERATORS.find((each) => cursor.takeIf(each));
	if (operator !== undefined) return cursor.binary(operator, TESTED_VALUE, literal(cursor));
	const opens = ['[', '(', ']'].find((each) => cursor.takeIf(each));
	return opens === undefined ? cursor.binary('=', TESTED_VALUE, literal(cursor)) : interval(cursor, opens);
}

function interval(cursor: TokenCursor, opens: string): Tree {
	const from = literal(cursor);
	cursor.expect('..');
	const to = literal(cursor);
	// What unlike ends mean is left to the whole of FEEL.
	if (order('<=', from.value, to.value) === null) cursor.fail('no interval');
	const closed = cursor.takeIf(']');
	if (!closed && !cursor.takeIf(')')) cursor.expect('[');
	const above = cursor.binary(opens === '[' ? '>=' : '>', TESTED_VALUE, from);
	return cursor.binary('and', above, cursor.binary(closed ? '<=' : '<', TESTED_VALUE, to));
}

function literal(cursor: TokenCursor): LiteralTree {
	const negative = cursor.takeIf('-');
	const token = cursor.take();
	if (token.kind === 'number') return { kind: 'literal', value: negative ? -token.value : token.value };
	if (negative) return cursor.fail('a number is missing', token.at);
	if (token.kind === 'string') return { kind: 'literal', value: token.value };
	if (isText(token, 'true') || isText(token, 'false')) return { kind: 'literal', value: isText(token, 'true') };
	return isText(token, 'null') ? { kind: 'literal', value: null } : cursor.fail('a literal is missing', token.at);
}
