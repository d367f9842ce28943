import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateTree } from '../../src/expressions/evaluate-tree.ts';
import type { Tree } from '../../src/expressions/expression.ts';
import { FeelError } from '../../src/expressions/feel-error.ts';
import { parsePlainFeel } from '../../src/expressions/parse-plain-feel.ts';
import type { Value } from '../../src/terms.ts';

const BINARY = ['and', 'or', '=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/'] as const;

/** Trees of both languages, mixed as no parser would. */
const { tree } = fc.letrec<{ tree: Tree }>((tie) => {
	const juel = fc.constantFrom({}, { juel: true } as const);
	return {
		tree: fc.oneof(
			{ depthSize: 'medium' },
			fc.record({ kind: fc.constant('literal'), value: fc.constantFrom(null, true, 0, 1e308, '', '5', 'TRUE', 'x') }),
			fc.record({ kind: fc.constant('path'), names: fc.array(fc.constantFrom('a', 'b', '__proto__', 'toString')) }),
			fc
				.tuple(fc.constantFrom('not', 'negate', 'empty'), tie('tree'), juel)
				.map(([kind, operand, rules]): Tree => ({ kind, operand, ...rules })),
			fc
				.tuple(fc.constantFrom(...BINARY), tie('tree'), tie('tree'), juel)
				.map(([kind, left, right, rules]): Tree => ({ kind, left, right, ...rules })),
		),
	};
});

/** JSON has no -0 that comes back. */
function asStored<T>(variables: T): T {
	return JSON.parse(JSON.stringify(variables)) as T;
}

describe('the evaluation of a tree', () => {
	test('gives JSON', () => {
		fc.assert(
			fc.property(tree, fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()).map(asStored), (each, variables) => {
				const value = evaluateTree(each, (name) =>
					Object.hasOwn(variables, name) ? (variables[name] as Value) : undefined,
				);
				expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
			}),
			{ numRuns: 2_000 },
		);
	});

	test.each(['x = y', 'x = y or z = y', 'x.a = y'])(
		'refuses to compare more than a step has time for: %s',
		(source) => {
			const tree = parsePlainFeel(source);
			const list = (): Value => Array.from({ length: 250_000 }, () => null);
			const variables: Readonly<Record<string, Value>> = { x: list(), y: list(), z: 1 };
			expect(() => tree && evaluateTree(tree, (name) => variables[name])).toThrow(FeelError);
		},
	);

	test('refuses a text that nothing can hold', () => {
		const tree = parsePlainFeel('x + x');
		const twice = (x: string) => tree && evaluateTree(tree, () => x);
		expect(twice('a'.repeat(32_000))).toHaveLength(64_000);
		expect(() => twice('a'.repeat(32_001))).toThrow(FeelError);
	});

	test('compares a value with itself at once', () => {
		const list: Value = Array.from({ length: 2_000_000 }, () => null);
		const tree = parsePlainFeel('x = x');
		expect(tree && evaluateTree(tree, () => list)).toBe(true);
	});

	test.each([undefined, true] as const)('has no answer for values too deep to compare (juel: %s)', (juel) => {
		const path = (name: string): Tree => ({ kind: 'path', names: [name] });
		const equals: Tree = { kind: '=', left: path('a'), right: path('b'), ...(juel ? { juel } : {}) };
		const deep = () => {
			let value: Value = 1;
			for (let level = 0; level < 100_000; level += 1) value = [value, level];
			return value;
		};
		expect(evaluateTree(equals, deep)).not.toBe(true);
	});
});
