import type { JuelOperator, Tree } from './expression.ts';
import { juelFunction } from './juel-functions.ts';
import { isText, parseWith, type TokenCursor } from './token-cursor.ts';
import { type Complaint, type Lexicon, tokenize } from './tokenize.ts';

const JUEL: Lexicon = {
	name: /[\p{L}_$][\p{L}\p{N}_$]*/uy,
	symbol: /&&|\|\||==|!=|<=|>=|[<>!+\-*/%().,?:[\]]/y,
	string: /"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*'/y,
	unquote: (quoted) => quoted.slice(1, -1).replace(/\\(.)/gs, '$1'),
};

type Operators = Readonly<Record<string, JuelOperator>>;
const OR: Operators = { '||': 'or', or: 'or' };
const AND: Operators = { '&&': 'and', and: 'and' };
const EQUALITY: Operators = { '==': '=', eq: '=', '!=': '!=', ne: '!=' };
const ORDER: Operators = { '<': '<', lt: '<', '<=': '<=', le: '<=', '>': '>', gt: '>', '>=': '>=', ge: '>=' };
const SUM: Operators = { '+': '+', '-': '-' };
const PRODUCT: Operators = { '*': '*', '/': '/', div: '/', '%': '%', mod: '%' };
/** From the weakest; each level is left-associative. */
const LEVELS: readonly Operators[] = [OR, AND, EQUALITY, ORDER, SUM, PRODUCT];

const RESERVED: ReadonlySet<string> = new Set([
	...LEVELS.flatMap((level) => Object.keys(level)),
	...['not', 'empty', 'instanceof', 'true', 'false', 'null'],
]);

/**
 * Compiles the subset of JUEL that models are read with: comparisons, boolean logic, arithmetic, `empty`, literals,
 * paths and indexes, choices, the methods of METHODS and the functions of juel-functions.ts. Anything else is a complaint:
 * JUEL can call into Java.
 */
export function parseJuel(source: string): Tree | Complaint {
	const tokens = tokenize(source, JUEL);
	return 'message' in tokens ? tokens : parseWith(tokens, whole);
}

/** A choice is the weakest of all, and its parts may be choices again. */
function whole(cursor: TokenCursor): Tree {
	const test = level(cursor, 0);
	if (!cursor.takeIf('?')) return test;
	const left = cursor.nested(() => whole(cursor));
	cursor.expect(':');
	return cursor.choice(
		test,
		left,
		cursor.nested(() => whole(cursor)),
	);
}

function level(cursor: TokenCursor, index: number): Tree {
	const operators = LEVELS[index];
	if (operators === undefined) return prefixed(cursor);
	let left = level(cursor, index + 1);
	for (;;) {
		const token = cursor.peek();
		const text = token.kind === 'symbol' || token.kind === 'name' ? token.text : '';
		const operator = Object.hasOwn(operators, text) ? operators[text] : undefined;
		if (operator === undefined) break;
		cursor.take();
		left = cursor.juelBinary(operator, left, level(cursor, index + 1));
	}
	if (isText(cursor.peek(), 'instanceof')) cursor.fail('`instanceof` is not supported');
	return left;
}

function prefixed(cursor: TokenCursor): Tree {
	if (cursor.takeIf('!') || cursor.takeIf('not')) return negated(cursor, 'not');
	if (cursor.takeIf('-')) return negated(cursor, 'negate');
	if (cursor.takeIf('empty')) return negated(cursor, 'empty');
	return members(cursor, operand(cursor));
}

function negated(cursor: TokenCursor, kind: 'not' | 'negate' | 'empty'): Tree {
	return cursor.nested(() => cursor.unary(kind, prefixed(cursor), true));
}

function operand(cursor: TokenCursor): Tree {
	const token = cursor.take();
	if (token.kind === 'number' || token.kind === 'string') return { kind: 'literal', value: token.value };
	if (isText(token, '(')) {
		const tree = cursor.nested(() => whole(cursor));
		cursor.expect(')');
		return tree;
	}
	if (token.kind !== 'name') return cursor.fail('a value is missing', token.at);
	if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
	if (token.text === 'null') return { kind: 'literal', value: null };
	if (RESERVED.has(token.text)) return cursor.fail(`\`${token.text}\` has no value`, token.at);
	if (isText(cursor.peek(), ':') && cursor.peek(1).kind === 'name' && isText(cursor.peek(2), '(')) {
		return juelFunction(cursor, token.text, token.at, () => whole(cursor));
	}
	return path(cursor, token.text, token.at);
}

/** A variable and the members that are named after it; a method among them ends it. */
function path(cursor: TokenCursor, root: string, at: number): Tree {
	const names = [root];
	if (isText(cursor.peek(), '(')) cursor.fail(`calling \`${root}(…)\` is not supported`, at);
	while (isText(cursor.peek(), '.') && cursor.peek(1).kind === 'name' && !isText(cursor.peek(2), '(')) {
		cursor.take();
		names.push(nameOf(cursor));
	}
	return { kind: 'path', names };
}

/** What is asked of a value: `[index]`, `.member`, `.method(…)`. */
function members(cursor: TokenCursor, value: Tree): Tree {
	let tree = value;
	for (;;) {
		const { at } = cursor.peek();
		if (cursor.takeIf('[')) {
			const index = cursor.nested(() => whole(cursor));
			cursor.expect(']');
			tree = cursor.juelBinary('item', tree, index);
		} else if (cursor.takeIf('.')) {
			const name = nameOf(cursor);
			tree = cursor.takeIf('(')
				? method(cursor, tree, name, at)
				: cursor.juelBinary('item', tree, { kind: 'literal', value: name });
		} else return tree;
	}
}

function nameOf(cursor: TokenCursor): string {
	const name = cursor.take();
	return name.kind === 'name' ? name.text : cursor.fail('a name is missing', name.at);
}

type Method = (cursor: TokenCursor, value: Tree, argument: () => Tree) => Tree;

/** Methods of Java's texts and lists that only look, and mean the same on JSON. */
const METHODS: Readonly<Record<string, Method>> = {
	size: (cursor, value) => cursor.unary('size', value, true),
	length: (cursor, value) => cursor.unary('size', value, true),
	isEmpty: (cursor, value) => cursor.unary('empty', value, true),
	contains: (cursor, value, argument) => cursor.juelBinary('contains', value, argument()),
	equals: (cursor, value, argument) => cursor.juelBinary('=', value, argument()),
	get: (cursor, value, argument) => cursor.juelBinary('item', value, argument()),
};

/** From behind its opening parenthesis. */
function method(cursor: TokenCursor, value: Tree, name: string, at: number): Tree {
	const build = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
	if (build === undefined) return cursor.fail(`calling \`.${name}(…)\` is not supported`, at);
	const tree = build(cursor, value, () => cursor.nested(() => whole(cursor)));
	cursor.expect(')');
	return tree;
}
