import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateFeel } from '../../src/expressions/evaluate-feel.ts';
import { evaluateTree } from '../../src/expressions/evaluate-tree.ts';
import type { BinaryOperator, Tree } from '../../src/expressions/expression.ts';
import { parsePlainFeel } from '../../src/expressions/parse-plain-feel.ts';
import type { Value, Variables } from '../../src/terms.ts';

const OPERATORS: readonly BinaryOperator[] = ['and', 'or', '=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/'];
const NAMES = ['a', 'b', 'c', 'amount', '金额', 'under_score1', 'missing'];
const MEMBERS = ['x', 'y', 'z'];

const scalar = fc.oneof(
	fc.constant(null),
	fc.boolean(),
	fc.integer({ min: -20, max: 20 }),
	fc.integer({ min: -200, max: 200 }).map((cents) => cents / 100),
	fc.constantFrom('', 'a', 'b', 'ab', '10', '9', 'true', '"', '\\', '\n\t', '中'),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		scalar,
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(fc.constantFrom(...MEMBERS), tie('value'), { maxKeys: 3, noNullPrototype: true }),
	),
}));
const variables = fc.record(
	Object.fromEntries(NAMES.filter((name) => name !== 'missing').map((name) => [name, fc.oneof(scalar, value)])),
	{ noNullPrototype: true },
) as fc.Arbitrary<Variables>;

const literal = fc
	.oneof(
		fc.constant(null),
		fc.boolean(),
		fc.integer({ min: 0, max: 20 }),
		fc.constantFrom(0.5, 1.25, 10),
		fc.constantFrom('', 'a', 'b', '10', '"', '\\', '\n', '中'),
	)
	.map((each): Tree => ({ kind: 'literal', value: each }));
const path = fc
	.tuple(fc.constantFrom(...NAMES), fc.array(fc.constantFrom(...MEMBERS), { maxLength: 2 }))
	.map(([root, members]): Tree => ({ kind: 'path', names: [root, ...members] }));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ depthSize: 'medium', withCrossShrink: true },
		literal,
		path,
		fc.record(
			{ kind: fc.constantFrom(...OPERATORS), left: tie('tree'), right: tie('tree') },
			{ noNullPrototype: true },
		),
		fc.record({ kind: fc.constantFrom('not', 'negate'), operand: tie('tree') }, { noNullPrototype: true }),
	),
}));

describe('the compiled form of plain FEEL', () => {
	test('is read back from its source, and gives what the whole of FEEL gives', () => {
		let compared = 0;
		fc.assert(
			fc.property(tree, variables, (original, given) => {
				const source = print(original, 0);
				const parsed = parsePlainFeel(source);
				expect(parsed).toStrictEqual(original);
				if (!feelinAgreesToOrder(original, given)) return;
				compared += 1;
				expect(evaluateTree(original, (name) => given[name])).toStrictEqual(evaluateFeel(source, given));
			}),
			{ numRuns: 3_000 },
		);
		expect(compared).toBeGreaterThan(1_000);
	});

	test('equals exactly what feelin equals, among values of every shape', () => {
		const scalars: readonly Value[] = [null, true, false, 0, 1, '', '1'];
		const nested: readonly Value[] = [
			[],
			[null],
			[1],
			['1'],
			[[1]],
			[[]],
			[1, 2],
			[[1], 2],
			{},
			{ x: 1 },
			{ x: [1] },
			{ y: 1 },
		];
		for (const operator of ['=', '!='] as const) {
			const tree: Tree = {
				kind: operator,
				left: { kind: 'path', names: ['a'] },
				right: { kind: 'path', names: ['b'] },
			};
			for (const a of [...scalars, ...nested]) {
				for (const b of [...scalars, ...nested]) {
					const given: Variables = { a, b };
					const fast = evaluateTree(tree, (name) => given[name]);
					expect([a, operator, b, fast]).toStrictEqual([a, operator, b, evaluateFeel(`a ${operator} b`, given)]);
				}
			}
		}
	});

	test.each([
		['a < 1', 'x'],
		['a <= 1', 'x'],
		['a > 1', '5'],
		['a >= 1', true],
		['a < true', false],
		['a < 1', [0]],
	])('does not order unlike values as feelin does: %s is null for %j', (source, a) => {
		const parsed = parsePlainFeel(source);
		expect(parsed && evaluateTree(parsed, () => a)).toBeNull();
	});
});

/**
 * False where feelin leaves the specification: it orders values of unlike types by JavaScript's rules (and throws for
 * booleans), where the specification has null. Everything else has to be equal.
 */
function feelinAgreesToOrder(each: Tree, given: Variables): boolean {
	if (each.kind === 'literal' || each.kind === 'path') return true;
	if ('operand' in each) return feelinAgreesToOrder(each.operand, given);
	if (!feelinAgreesToOrder(each.left, given) || !feelinAgreesToOrder(each.right, given)) return false;
	if (!['<', '<=', '>', '>='].includes(each.kind)) return true;
	const left = evaluateTree(each.left, (name) => given[name]);
	const right = evaluateTree(each.right, (name) => given[name]);
	if (typeof right !== 'number' && typeof right !== 'string') return right === null;
	return left === null || typeof left === typeof right;
}

const STRENGTH: Readonly<Record<BinaryOperator, number>> = {
	...{ or: 1, and: 2, '=': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '+': 4, '-': 4, '*': 5, '/': 5 },
};

/** The source of a tree with no more parentheses than needed, so that precedence is tested too. */
function print(each: Tree, around: number): string {
	switch (each.kind) {
		case 'literal':
			return JSON.stringify(each.value);
		case 'path':
			return each.names.join('.');
		case 'not':
			return `not(${print(each.operand, 0)})`;
		case 'negate':
			return around > 6 ? `(-${print(each.operand, 6)})` : `-${print(each.operand, 6)}`;
		case 'empty':
		case 'size':
		case 'item':
		case 'contains':
		case '%':
		case 'choice':
			throw new Error('not FEEL');
		default: {
			const strength = STRENGTH[each.kind];
			const comparing = strength === 3 ? 1 : 0;
			const text = `${print(each.left, strength + comparing)} ${each.kind} ${print(each.right, strength + 1)}`;
			return strength < around ? `(${text})` : text;
		}
	}
}
