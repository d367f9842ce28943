import type { BinaryOperator, Tree } from './expression.ts';
import type { TokenCursor } from './token-cursor.ts';

/** Prefixes under which Flowable offers its functions on variables. */
const PREFIXES: ReadonlySet<string> = new Set(['variables', 'vars', 'var']);

/** What Flowable's functions say in operators: `vars:equals(decision, 'up')` is `decision == 'up'`. */
const COMPARISONS: Readonly<Record<string, BinaryOperator>> = {
	equals: '=',
	eq: '=',
	notEquals: '!=',
	ne: '!=',
	lowerThan: '<',
	lessThan: '<',
	lt: '<',
	lowerThanOrEquals: '<=',
	lessThanOrEquals: '<=',
	lte: '<=',
	greaterThan: '>',
	gt: '>',
	greaterThanOrEquals: '>=',
	gte: '>=',
};
const TESTS: Readonly<Record<string, (cursor: TokenCursor, variable: Tree) => Tree>> = {
	get: (_, variable) => variable,
	isEmpty: (cursor, variable) => cursor.unary('empty', variable, true),
	empty: (cursor, variable) => cursor.unary('empty', variable, true),
	isNotEmpty: (cursor, variable) => cursor.unary('not', cursor.unary('empty', variable, true), true),
	notEmpty: (cursor, variable) => cursor.unary('not', cursor.unary('empty', variable, true), true),
	exists: (cursor, variable) => cursor.juelBinary('!=', variable, { kind: 'literal', value: null }),
};

/** Reads `prefix:name(…)` from its colon on. */
export function juelFunction(cursor: TokenCursor, prefix: string, at: number, argument: () => Tree): Tree {
	cursor.expect(':');
	const token = cursor.take();
	const name = token.kind === 'name' ? token.text : '';
	const comparison = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
	const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
	if (!PREFIXES.has(prefix) || (comparison === undefined && test === undefined)) {
		return cursor.fail(`calling \`${prefix}:${name}(…)\` is not supported`, at);
	}
	cursor.expect('(');
	const variable = variableName(cursor);
	let tree: Tree;
	if (comparison !== undefined) {
		cursor.expect(',');
		tree = cursor.juelBinary(comparison, variable, cursor.nested(argument));
	} else tree = test?.(cursor, variable) ?? variable;
	cursor.expect(')');
	return tree;
}

/** Flowable takes the name of the variable with or without quotes. */
function variableName(cursor: TokenCursor): Tree {
	const token = cursor.take();
	if (token.kind === 'name') return { kind: 'path', names: [token.text] };
	if (token.kind === 'string') return { kind: 'path', names: [token.value] };
	return cursor.fail('the name of a variable is missing', token.at);
}
