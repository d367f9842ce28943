import { describe, expect, test } from 'vitest';
import { evaluateFeel, testFeel } from '../../src/expressions/evaluate-feel.ts';
import { FeelError } from '../../src/expressions/feel-error.ts';
import type { Value } from '../../src/terms.ts';

describe('the value of any FEEL is JSON:', () => {
	test.each<[string, Value]>([
		['if a > 1 then "x" else "y"', 'x'],
		['if "no" then 1 else 2', 2],
		['if a then 1 else 2', 2],
		['if count(list) then 1 else if "x" = "x" then 3 else 4', 3],
		['if if a > 1 then true else "no" then [if 0 then 1 else 2] else 3', [2]],
		['if a /* if b */ > 1 // then\n then 1 else 2', 1],
		['if /* over the limit */ a > 1 then 1 else 2', 1],
		['if // why\n a > 1 then 1 else 2', 1],
		['if // why\n /* and why not */ "no" /* then */ then 1 else 2', 2],
		['[1, 2, a]', [1, 2, 5]],
		['{x: {y: a}}', { x: { y: 5 } }],
		['missing', null],
		['1 / 0', null],
		['2 ** 5000', null],
		['0 * -1', 0],
		['date("2026-02-28") + duration("P1D")', '2026-03-01'],
		['time("10:30:00")', '10:30:00'],
		['date and time("2026-01-02T03:04:05Z")', '2026-01-02T03:04:05Z'],
		['duration("P1Y2M")', 'P1Y2M'],
		['duration("PT90M")', 'PT1H30M'],
		['[1..a)', { start: 1, end: 5, 'start included': true, 'end included': false }],
		['[date("2026-01-01")]', ['2026-01-01']],
		['list.x', [1, null]],
		['string join(["a", "b"], "-")', 'a-b'],
	])('%s', (source, value) => {
		const result = evaluateFeel(source, { a: 5, list: [{ x: 1 }, {}] });
		expect(result).toStrictEqual(value);
		expect(JSON.parse(JSON.stringify(result))).toStrictEqual(result);
	});

	test.each([
		[String.raw`"\u0041b"`, 'Ab'],
		[String.raw`"\u0041bc\u0042"`, 'AbcB'],
		[String.raw`"\u00e9\u00e9e"`, 'éée'],
		[String.raw`"\uD83D\uDE00a"`, '😀a'],
		[String.raw`"\U01F6000"`, '😀0'],
		[String.raw`"\\u0041b"`, String.raw`\u0041b`],
		[String.raw`"\u0022a\u005Cb\u000Ac\u000Dd"`, '"a\\b\nc\rd'],
		[String.raw`"\u0000a"`, '\0a'],
	])('an escape has four digits: %s', (source, value) => {
		expect(evaluateFeel(source, {})).toBe(value);
		expect(testFeel(source, value, {})).toBe(true);
	});

	test.each([
		['if /* ? */ ? then 7 else 8', 8],
		['> (if // why\n ? > 5 then 1 else 9)', 6],
	])('unary tests hold: %s', (source, tested) => {
		expect(testFeel(source, tested, {})).toBe(true);
	});

	test.each([
		['a syntax error', '1 +', {}],
		['a function', 'count', {}],
		['a function in a list', '[function(a) a]', {}],
		['an order of booleans', 'a < true', { a: false }],
		['a result without an end', 'a', { a: nested(5_000) }],
	])('%s is a FeelError', (_, source, variables) => {
		expect(() => evaluateFeel(source, variables)).toThrow(FeelError);
	});
});

function nested(depth: number): Value {
	let value: Value = 1;
	for (let level = 0; level < depth; level += 1) value = [value];
	return value;
}
