import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../src/expressions/parse-expression.ts';
import { namesInWords, readsOf } from '../../src/expressions/reads-of.ts';

function reads(text: string, names: readonly string[]): string[] {
	const parsed = parseExpression(text, null);
	if (!parsed.ok) expect.fail(parsed.message);
	return readsOf(parsed.expression, namesInWords(names)).sort();
}

describe('an expression reads', () => {
	test('exactly the variables of its compiled form, existing or not', () => {
		expect(reads('= a.b > c and not(a.d) or "e" = f + -g', ['a', 'b', 'e', 'x'])).toEqual(['a', 'c', 'f', 'g']);
		expect(reads("${empty h || vars:equals('i', j)}", [])).toEqual(['h', 'i', 'j']);
		expect(reads('${a ? b[c].d : e.contains(f)}', [])).toEqual(['a', 'b', 'c', 'e', 'f']);
	});

	test.each([
		['whole words', '= count(items) > 1', ['items', 'item', 'count', 'c'], ['items']],
		['words of any script', '= sum(金额) > 1', ['金额', '金', '额'], ['金额']],
		['names with spaces', '= count(monthly\n  salary) > 1', ['monthly salary', 'salary'], ['monthly salary']],
		[
			'however many',
			'= count(monthly salary) > 1',
			['monthly  salary', ' monthly salary'],
			[' monthly salary', 'monthly  salary'],
		],
		['no signs', '= max(a - b, c.d) > 1', ['a - b', 'a-b', 'a', 'b', '-', 'c.d', 'c'], ['a', 'b', 'c']],
		['no text', '= contains("a", b)', ['a', 'b', ''], ['b']],
		['no keywords', '= if a then true else [b]', ['a', 'b', 'if', 'then', 'true', 'a then'], ['a', 'b']],
		['no types', '= [a][item instance of number]', ['a', 'number'], ['a']],
		[
			'nothing that it calls',
			'= date > date("2026-01-01") or max > count(a)',
			['a', 'date', 'max', 'count'],
			['a', 'max'],
		],
	])('beyond it what FEEL reads in its text: %s', (_, text, names, expected) => {
		expect(reads(text, names)).toEqual(expected);
	});
});
