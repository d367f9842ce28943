import type { BinaryOperator, Tree } from './expression.ts';
import { juelFunction } from './juel-functions.ts';
import { isText, parseWith, type TokenCursor } from './token-cursor.ts';
import { type Complaint, type Lexicon, tokenize } from './tokenize.ts';

const JUEL: Lexicon = {
	name: /[\p{L}_$][\p{L}\p{N}_$]*/uy,
	symbol: /&&|\|\||==|!=|<=|>=|[<>!+\-*/%().,?:[\]]/y,
	string: /"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*'/y,
	unquote: (quoted) => quoted.slice(1, -1).replace(/\\(.)/gs, '$1'),
};

type Operators = Readonly<Record<string, BinaryOperator>>;
const OR: Operators = { '||': 'or', or: 'or' };
const AND: Operators = { '&&': 'and', and: 'and' };
const EQUALITY: Operators = { '==': '=', eq: '=', '!=': '!=', ne: '!=' };
const ORDER: Operators = { '<': '<', lt: '<', '<=': '<=', le: '<=', '>': '>', gt: '>', '>=': '>=', ge: '>=' };
const SUM: Operators = { '+': '+', '-': '-' };
const PRODUCT: Operators = { '*': '*', '/': '/', div: '/' };
/** From the weakest; each level is left-associative. */
const LEVELS: readonly Operators[] = [OR, AND, EQUALITY, ORDER, SUM, PRODUCT];

const RESERVED: ReadonlySet<string> = new Set([
	...LEVELS.flatMap((level) => Object.keys(level)),
	...['not', 'empty', 'mod', 'instanceof', 'true', 'false', 'null'],
]);

/**
 * Compiles the subset of JUEL that models are read with: comparisons, boolean logic, arithmetic, `empty`, literals,
 * dotted paths, and the functions of juel-functions.ts. Anything else is a complaint: JUEL can call into Java.
 */
export function parseJuel(source: string): Tree | Complaint {
	const tokens = tokenize(source, JUEL);
	return 'message' in tokens ? tokens : parseWith(tokens, (cursor) => level(cursor, 0));
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
		left = cursor.binary(operator, left, level(cursor, index + 1), true);
	}
	refuseUnsupported(cursor);
	return left;
}

function refuseUnsupported(cursor: TokenCursor): void {
	const token = cursor.peek();
	if (isText(token, '?') || isText(token, ':')) cursor.fail('a choice (`a ? b : c`) is not supported');
	if (isText(token, '%') || isText(token, 'mod')) cursor.fail('a remainder (`%`, `mod`) is not supported');
	if (isText(token, '[')) cursor.fail('an index (`a[b]`) is not supported');
	if (isText(token, 'instanceof')) cursor.fail('`instanceof` is not supported');
}

function prefixed(cursor: TokenCursor): Tree {
	if (cursor.takeIf('!') || cursor.takeIf('not')) return negated(cursor, 'not');
	if (cursor.takeIf('-')) return negated(cursor, 'negate');
	if (cursor.takeIf('empty')) return negated(cursor, 'empty');
	return operand(cursor);
}

function negated(cursor: TokenCursor, kind: 'not' | 'negate' | 'empty'): Tree {
	return cursor.nested(() => cursor.unary(kind, prefixed(cursor), true));
}

function operand(cursor: TokenCursor): Tree {
	const token = cursor.take();
	if (token.kind === 'number' || token.kind === 'string') return { kind: 'literal', value: token.value };
	if (isText(token, '(')) {
		const tree = cursor.nested(() => level(cursor, 0));
		cursor.expect(')');
		return tree;
	}
	if (token.kind !== 'name') return cursor.fail('a value is missing', token.at);
	if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
	if (token.text === 'null') return { kind: 'literal', value: null };
	if (RESERVED.has(token.text)) return cursor.fail(`\`${token.text}\` has no value`, token.at);
	if (isText(cursor.peek(), ':') && cursor.peek(1).kind === 'name' && isText(cursor.peek(2), '(')) {
		return juelFunction(cursor, token.text, token.at, () => level(cursor, 0));
	}
	return path(cursor, token.text, token.at);
}

function path(cursor: TokenCursor, root: string, at: number): Tree {
	const names = [root];
	while (cursor.takeIf('.')) {
		const name = cursor.take();
		if (name.kind !== 'name') return cursor.fail('a name is missing', name.at);
		names.push(name.text);
	}
	if (isText(cursor.peek(), '(')) cursor.fail(`calling \`${names.join('.')}(…)\` is not supported`, at);
	return { kind: 'path', names };
}
