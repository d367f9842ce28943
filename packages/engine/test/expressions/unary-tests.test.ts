import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testFeel } from '../../src/expressions/evaluate-feel.ts';
import { evaluateTree } from '../../src/expressions/evaluate-tree.ts';
import { parseLiterals, parsePlainTests } from '../../src/expressions/parse-unary-tests.ts';
import type { Value } from '../../src/terms.ts';

const numbers = fc.constantFrom('0', '1', '-1', '2.5', '-0.5', '10');
const texts = fc.constantFrom('"a"', '"b"', '"10"', '""', '"a, b"', '"not(1)"');
const literals = fc.oneof(numbers, texts, fc.constantFrom('true', 'false', 'null'));
const ordered = fc.oneof(
	fc.record({ kind: fc.constant('number'), low: numbers, high: numbers }),
	fc.record({ kind: fc.constant('string'), low: texts, high: texts }),
);
const single = fc.oneof(
	literals.map((written) => ({ kind: null, written })),
	fc
		.tuple(fc.constantFrom('=', '!='), literals)
		.map(([operator, value]) => ({ kind: null, written: `${operator} ${value}` })),
	fc
		.tuple(fc.constantFrom('<', '<=', '>', '>='), ordered)
		.map(([operator, { kind, low }]) => ({ kind, written: `${operator}${low}` })),
	fc
		.tuple(fc.constantFrom('[', '(', ']'), ordered, fc.constantFrom(']', ')', '['))
		.map(([opens, { kind, low, high }, closes]) => {
			const [from, to] = JSON.parse(low) <= JSON.parse(high) ? [low, high] : [high, low];
			return { kind, written: `${opens}${from}..${to}${closes}` };
		}),
);
const tests = fc.tuple(fc.boolean(), fc.array(single, { minLength: 1, maxLength: 3 })).map(([negated, list]) => {
	const written = list.map((each) => each.written).join(', ');
	return { kinds: list.map(({ kind }) => kind), written: negated ? `not(${written})` : written };
});
const values: fc.Arbitrary<Value> = fc.constantFrom<Value>(
	null,
	true,
	false,
	0,
	1,
	-1,
	2.5,
	10,
	'a',
	'b',
	'10',
	'',
	'a, b',
);

/** Both orders of unlike values: ours is the specification's, feelin's is JavaScript's (see fast-path.test.ts). */
function ordersUnlike(kinds: readonly (string | null)[], value: Value): boolean {
	return value !== null && kinds.some((kind) => kind !== null && kind !== typeof value);
}

describe('the compiled form of plain unary tests', () => {
	test('holds where they hold in the whole of FEEL', () => {
		let compared = 0;
		fc.assert(
			fc.property(tests, values, ({ kinds, written }, value) => {
				const tree = parsePlainTests(written);
				expect(tree, written).not.toBeNull();
				if (tree === null || ordersUnlike(kinds, value)) return;
				compared += 1;
				const fast = evaluateTree(tree, () => value) === true;
				expect([written, value, fast]).toEqual([written, value, testFeel(written, value, {})]);
			}),
			{ numRuns: 3_000 },
		);
		expect(compared).toBeGreaterThan(1_000);
	});

	test.each([
		'a',
		'? > 1',
		'-',
		'1 2',
		'[1..x]',
		'[1.."a"]',
		'date("2026-01-01")',
		'not(a)',
		'not(not(1))',
		'> ',
		'1,',
		'"a',
		'',
	])('is not there for %s', (written) => {
		expect(parsePlainTests(written)).toBeNull();
	});
});

test('a list of literals is read, and nothing else', () => {
	expect(parseLiterals('"a, b", -1.5,true , null')).toEqual(['a, b', -1.5, true, null]);
	for (const written of ['', 'a', '1 + 1', '1,', '[1]']) expect(parseLiterals(written)).toBeNull();
});
