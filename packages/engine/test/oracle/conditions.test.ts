import { describe, expect, it } from 'vitest';
import type { BinaryOperator, Tree } from '../../src/expressions/expression.ts';
import type { Value } from '../../src/terms.ts';
import { byConditions, evaluate } from '../../src/verify/conditions.ts';
import { draw } from '../models/drawing.ts';

type Scalar = null | boolean | number | string;

describe('a plain expression', () => {
	it.each<[Scalar, BinaryOperator, Scalar, Value]>([
		[1, '=', 1, true],
		[1, '=', 2, false],
		[null, '=', null, true],
		['1', '=', 1, false],
		[1, '!=', 2, true],
		[1, '<', 2, true],
		[2, '<=', 2, true],
		['b', '>', 'a', true],
		[1, '>=', 2, false],
		['a', '<', 1, null],
		[null, '<', 1, null],
		[1, '+', 2, 3],
		[1, '-', 2, -1],
		[2, '*', 3, 6],
		[6, '/', 3, 2],
		[6, '/', 0, null],
		['a', '+', 'b', null],
		[true, 'and', true, true],
		[true, 'and', null, null],
		[false, 'and', null, false],
		[false, 'or', true, true],
		[false, 'or', null, null],
		[null, 'or', true, true],
		[false, 'or', false, false],
	])('%s %s %s is %s', (left, kind, right, value) => {
		expect(evaluate({ kind, left: literal(left), right: literal(right) }, {})).toBe(value);
	});

	it.each<[string, Tree, Value]>([
		['not true', { kind: 'not', operand: literal(true) }, false],
		['not 1', { kind: 'not', operand: literal(1) }, null],
		['- 2', { kind: 'negate', operand: literal(2) }, -2],
		['- text', { kind: 'negate', operand: literal('2') }, null],
		['empty null', { kind: 'empty', operand: literal(null) }, true],
		['empty list', { kind: 'empty', operand: { kind: 'path', names: ['list'] } }, true],
		['empty 0', { kind: 'empty', operand: literal(0) }, false],
		['a path', { kind: 'path', names: ['order', 'amount'] }, 7],
		['a path that ends early', { kind: 'path', names: ['order', 'amount', 'cents'] }, null],
		['a name of every object', { kind: 'path', names: ['constructor'] }, null],
		['the length of a list', { kind: 'path', names: ['list', 'length'] }, null],
	])('%s', (_, tree, value) => {
		expect(evaluate(tree, { order: { amount: 7 }, list: [] })).toBe(value);
	});
});

describe('deciding by conditions', () => {
	const inclusive = draw('Start Or A End', 'Or B End');
	const exclusive = draw('Start Xor! A End', 'Xor B End', 'Xor C End');
	const always = Object.entries(exclusive.flows).map(([id, flow]) => [id, { ...flow, condition: null }]);
	const unconditional = { ...exclusive, flows: Object.fromEntries(always) };

	it.each([
		['the first true flow', exclusive, { choice_Xor: 2 }, ['Xor_B_1']],
		['the default flow', exclusive, {}, ['Xor_C_1']],
		['one of several true flows, the first', unconditional, {}, ['Xor_A_1']],
	])('an exclusive gateway takes %s', (_, model, variables, flows) => {
		expect(byConditions(model, variables)('Xor')).toEqual(flows);
	});

	it.each([
		['every true flow', { choice_Or: 3 }, ['Or_A_1', 'Or_B_1']],
		['nothing without a default flow', { choice_Or: 0 }, []],
	])('an inclusive gateway takes %s', (_, variables, flows) => {
		expect(byConditions(inclusive, variables)('Or')).toEqual(flows);
	});

	it('throws on an expression that is not compiled', () => {
		const [id, flow] = Object.entries(inclusive.flows).find(([, { source }]) => source === 'Or') ?? [];
		if (id === undefined || flow === undefined) throw new Error('no flow');
		const condition = { language: 'feel', source: 'some x in y satisfies x', tree: null } as const;
		const model = { ...inclusive, flows: { ...inclusive.flows, [id]: { ...flow, condition } } };
		expect(() => byConditions(model, {})('Or')).toThrow('not a plain expression');
	});
});

function literal(value: Scalar): Tree {
	return { kind: 'literal', value };
}
