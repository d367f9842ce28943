import { describe, expect, test } from 'vitest';
import { readsOfDecision } from '../../src/dmn/parts-of-decision.ts';
import { decide, dmnFile, input, output, readDecision, resultOf, rule, tableFile } from './dmn-file.ts';

const RATES = ['>= 10 => 5', '>= 100 => 20', '< 0 => 1', '[10..20] => 7'].map(rule).join('');
const rates = (attributes: string, values = '') =>
	tableFile(input('amount') + output('rate', { values }) + RATES, attributes);
const HIGH_FIRST = '20, 7, 5, 1';

describe('a hit policy', () => {
	test.each<[string, string, number, unknown]>([
		['UNIQUE gives the one rule that holds', 'hitPolicy="UNIQUE"', 50, 5],
		['UNIQUE is what is meant where nothing is said', '', -1, 1],
		['UNIQUE gives null where none holds', '', 3, null],
		['FIRST gives the first in the order of the table', 'hitPolicy="FIRST"', 500, 5],
		['PRIORITY gives the most important output', 'hitPolicy="PRIORITY"', 500, 20],
		['PRIORITY does not look at the order of rules', 'hitPolicy="PRIORITY"', 15, 7],
		['PRIORITY gives null where none holds', 'hitPolicy="PRIORITY"', 3, null],
		['RULE ORDER gives all in the order of the table', 'hitPolicy="RULE ORDER"', 500, [5, 20]],
		['OUTPUT ORDER gives all in the order of the values', 'hitPolicy="OUTPUT ORDER"', 500, [20, 5]],
		['OUTPUT ORDER gives an empty list where none holds', 'hitPolicy="OUTPUT ORDER"', 3, []],
		['COLLECT gives all', 'hitPolicy="COLLECT"', 500, [5, 20]],
		['COLLECT gives an empty list where none holds', 'hitPolicy="COLLECT"', 3, []],
		['COLLECT + sums up', 'hitPolicy="COLLECT" aggregation="SUM"', 15, 12],
		['COLLECT < gives the least', 'hitPolicy="COLLECT" aggregation="MIN"', 500, 5],
		['COLLECT > gives the greatest', 'hitPolicy="COLLECT" aggregation="MAX"', 500, 20],
		['COLLECT # counts', 'hitPolicy="COLLECT" aggregation="COUNT"', 500, 2],
		['COLLECT # counts nothing as 0', 'hitPolicy="COLLECT" aggregation="COUNT"', 3, 0],
		['COLLECT + of nothing is null', 'hitPolicy="COLLECT" aggregation="SUM"', 3, null],
	])('%s', async (_, attributes, amount, expected) => {
		const isOrdered = /PRIORITY|OUTPUT ORDER/.test(attributes);
		expect(await resultOf(rates(attributes, isOrdered ? HIGH_FIRST : ''), { amount })).toEqual(expected);
	});

	test('UNIQUE refuses two rules that hold, and names them', async () => {
		const outcome = await decide(rates('hitPolicy="UNIQUE"'), { amount: 15 });
		expect(outcome).toEqual({ ok: false, message: expect.stringContaining('The rules 1, 4 hold, and only one may.') });
	});

	test('ANY takes rules that agree, and refuses those that do not', async () => {
		const xml = tableFile(
			input('a') + output('x') + output('y') + ['1 => 1 | "b"', '< 3 => 1 | "b"', '2 => 2 | "b"'].map(rule).join(''),
			'hitPolicy="ANY"',
		);
		expect(await resultOf(xml, { a: 1 })).toEqual({ x: 1, y: 'b' });
		expect(await decide(xml, { a: 2 })).toMatchObject({ ok: false, message: expect.stringContaining('2, 3') });
	});

	test('PRIORITY compares the first output, then the second', async () => {
		const outputs = output('x', { values: '"high", "low"' }) + output('y', { values: '2, 1' });
		const rules = ['- => "low" | 2', '- => "high" | 1', '- => "high" | 2', '- => "other" | 2'].map(rule).join('');
		const xml = tableFile(input('a') + outputs + rules, 'hitPolicy="PRIORITY"');
		expect(await resultOf(xml, {})).toEqual({ x: 'high', y: 2 });
	});

	const NOON_IN_TOKYO = 'date and time("2024-01-01T12:00:00+09:00")';
	const NOON = 'date and time("2024-01-01T12:00:00Z")';
	const THREE_IN_LONDON = 'date and time("2024-01-01T03:00:00Z")';

	test.each<[string, readonly string[], unknown]>([
		['hitPolicy="COLLECT" aggregation="MAX"', ['duration("P10D")', 'duration("P2D")'], 'P10D'],
		['hitPolicy="COLLECT" aggregation="MIN"', ['duration("P10D")', 'duration("P2D")'], 'P2D'],
		['hitPolicy="COLLECT" aggregation="MAX"', [NOON_IN_TOKYO, '@"2024-01-01T09:00:00Z"'], '2024-01-01T09:00:00Z'],
		['hitPolicy="COLLECT" aggregation="SUM"', ['duration("P1D")', 'duration("PT36H")'], 'P2DT12H'],
		['hitPolicy="COLLECT" aggregation="SUM"', ['duration("P1M")', 'duration("P1Y")'], 'P1Y1M'],
		['hitPolicy="ANY"', [NOON_IN_TOKYO, THREE_IN_LONDON], '2024-01-01T12:00:00+09:00'],
	])('with %s takes %j as what they are', async (attributes, entries, expected) => {
		const rules = entries.map((entry) => rule(`- => ${entry}`)).join('');
		expect(await resultOf(tableFile(input('a') + output('x') + rules, attributes), {})).toBe(expected);
	});

	test('ANY refuses dates that differ', async () => {
		const rules = rule(`- => ${NOON_IN_TOKYO}`) + rule(`- => ${NOON}`);
		expect(await decide(tableFile(input('a') + output('x') + rules, 'hitPolicy="ANY"'), {})).toMatchObject({
			ok: false,
		});
	});

	test.each([
		['SUM', '"a"', 'neither all numbers'],
		['SUM', 'duration("P1D")', 'neither all numbers'],
		['MIN', '"a"', 'cannot be compared'],
		['MAX', 'date("2024-01-01")', 'cannot be compared'],
	])('%s refuses outputs that it cannot take together: 1 and %s', async (aggregation, entry, reason) => {
		const rules = rule('- => 1') + rule(`- => ${entry}`);
		const xml = tableFile(input('a') + output('x') + rules, `hitPolicy="COLLECT" aggregation="${aggregation}"`);
		expect(await decide(xml, {})).toMatchObject({ ok: false, message: expect.stringContaining(reason) });
	});
});

describe('an input', () => {
	const grade = (expression: string, tests: readonly string[], type = '') =>
		tableFile(
			input(expression, type) + output('x') + tests.map((each, index) => rule(`${each} => ${index + 1}`)).join(''),
			'hitPolicy="FIRST"',
		);

	test.each<[string, unknown, number | null]>([
		['-', null, 1],
		['', 'anything', 1],
		['"a"', 'a', 1],
		['"a"', 'b', null],
		['"a", "b"', 'b', 1],
		['not("a", "b")', 'b', null],
		['not("a", "b")', 'c', 1],
		['not("a")', null, 1],
		['< 10', 9.5, 1],
		['< 10', null, null],
		['< 10, > 20', 21, 1],
		['[1..10]', 10, 1],
		['[1..10)', 10, null],
		['(1..10]', 1, null],
		[']1..10[', 10, null],
		['[-1.5..-0.5]', -1, 1],
		['[1..10], 20', 20, 1],
		['not([1..10])', 11, 1],
		['[10..1]', 5, null],
		['[10..1]', 10, null],
		['not([10..1])', 5, 1],
		['["c".."a"]', 'b', null],
		['null', null, 1],
		['true', true, 1],
		['false', true, null],
		['["a".."c"]', 'b', 1],
		['!= 5', 4, 1],
		['== "a"', 'a', 1],
		['=="a"', 'b', null],
		['== limit', 7, 1],
		['== limit', 8, null],
		['-5', -5, 1],
		['contains(?, "x")', 'axb', 1],
		['? > 1 and ? < 3', 2, 1],
		['limit', 7, 1],
		['> limit * 2', 15, 1],
		['if ? then true else false', 'no', null],
		['? = (if limit then 1 else 2)', 2, 1],
		['list contains(["a", "b"], ?)', 'b', 1],
		['["a", "b"]', 'b', 1],
	])('passes the test %s with %j: %j', async (written, v, expected) => {
		expect(await resultOf(grade('v', [written]), { v: v as never, limit: 7 })).toBe(expected);
	});

	test.each<[string, string, string, string]>([
		['date', '[date("2026-01-01")..date("2026-01-31")]', '2026-01-31', '2026-02-01'],
		['date', '< date and time("2026-01-01T00:00:00")', '2025-12-31T23:00:00', '2026-01-01T01:00:00'],
		['dateTime', '< date and time("2026-01-01T12:00:00")', '2026-01-01T11:00:00', '2026-01-01T13:00:00'],
		['feel:time', '> time("12:00:00")', '13:00:00', '11:00:00'],
		['days and time duration', '<= duration("P2D")', 'PT47H', 'PT49H'],
	])('of the type %s is compared as one', async (type, written, holds, holdsNot) => {
		expect(await resultOf(grade('v', [written], type), { v: holds })).toBe(1);
		expect(await resultOf(grade('v', [written], type), { v: holdsNot })).toBeNull();
	});

	test('that is a date only by its type, and is none, fails the decision', async () => {
		const outcome = await decide(grade('v', ['< date("2026-01-01")'], 'date'), { v: 'soon' });
		expect(outcome).toEqual({ ok: false, message: 'd: The input `v` is `soon`, which is no date.' });
	});

	test('is an expression, plain or of the whole of FEEL', async () => {
		expect(await resultOf(grade('a.b * 2', ['6']), { a: { b: 3 } })).toBe(1);
		expect(await resultOf(grade('count(list)', ['3']), { list: [1, 2, 3] })).toBe(1);
		expect(await resultOf(grade('date(day)', ['> date("2026-01-01")']), { day: '2026-01-02' })).toBe(1);
	});

	test('says the same whatever the variables of the process are called', async () => {
		const odd = { 'a - b': 99, count: 99, date: 99, if: 99, '金额 - b': 99, 'a . c': 99 };
		const given = { ...odd, a: { c: 5 }, b: 1, 金额: 7, list: [1, 2, 3], day: '2026-01-02', '月  薪': 9 };
		expect(await resultOf(grade('max(a.c - b, 0)', ['4']), given)).toBe(1);
		expect(await resultOf(grade('sum(金额 - b)', ['6']), given)).toBe(1);
		expect(await resultOf(grade('if b > 0 then count(list) else 0', ['3']), given)).toBe(1);
		expect(await resultOf(grade('date(day)', ['> date("2026-01-01")']), given)).toBe(1);
		expect(await resultOf(grade('b', ['> count(list)', '> a.c - count(list) - b']), given)).toBeNull();
		expect(await resultOf(grade('sum(月 薪)', ['9']), given)).toBe(1);
		expect(await resultOf(grade('sum(count)', ['99']), given)).toBe(1);
	});

	test('of which there are several: all have to hold', async () => {
		const xml = tableFile(
			input('a') + input('b') + output('x') + output('y') + rule('1 | > 1 => a + b | "z"') + rule('1 | - => 0 |'),
			'hitPolicy="FIRST"',
		);
		expect(await resultOf(xml, { a: 1, b: 2 })).toEqual({ x: 3, y: 'z' });
		expect(await resultOf(xml, { a: 1, b: 0 })).toEqual({ x: 0, y: null });
		expect(await resultOf(xml, { a: 2, b: 2 })).toBeNull();
	});
});

describe('where no rule holds', () => {
	test.each(['UNIQUE', 'COLLECT', 'RULE ORDER'])('the default entries are the result with %s', async (hitPolicy) => {
		const outputs = output('x', { fallback: '"none of " + v' }) + output('y');
		const xml = tableFile(input('v') + outputs + rule('"a" => 1 | 2'), `hitPolicy="${hitPolicy}"`);
		expect(await resultOf(xml, { v: 'b' })).toEqual({ x: 'none of b', y: null });
	});
});

describe('a decision that requires others of its file', () => {
	const season = (required: string) => `<decision id="season" name="Season of year"><variable name="${required}"/>
		<decisionTable>${input('month')}${output('season')}${rule('[3..8] => "warm"')}${rule('not([3..8]) => "cold"')}</decisionTable></decision>`;
	const dish = (expression: string) => `<inputData id="m" name="month"/>
		<decision id="d" name="Dish"><informationRequirement><requiredInput href="#m"/></informationRequirement>
		<informationRequirement><requiredDecision href="#season"/></informationRequirement>
		<decisionTable>${input(expression)}${output('dish')}${rule('"warm" => "salad"')}${rule('"cold" => "stew"')}</decisionTable></decision>`;

	test.each([
		['its variable, as in DMN', 'Season of year', 'Season of year'],
		['its id, as in Camunda 8', 'the season', 'season'],
		['the output of its table, as in Camunda 7', 'x', 'season'],
	])('sees a result under the name of %s', async (_, variable, expression) => {
		const xml = dmnFile(dish(expression) + season(variable));
		expect(await resultOf(xml, { month: 5 })).toBe('salad');
		expect(await resultOf(xml, { month: 12, season: 'warm' })).toBe('stew');
	});

	test('can be a literal expression', async () => {
		const xml =
			dmnFile(`<decision id="net" name="net"><literalExpression><text>amount * 0.5</text></literalExpression></decision>
			<decision id="d" name="D"><informationRequirement><requiredDecision href="#net"/></informationRequirement>
			<literalExpression><text>if net &gt; 10 then "much" else "little"</text></literalExpression></decision>`);
		expect(await resultOf(xml, { amount: 30 })).toBe('much');
		expect(await resultOf(xml, { amount: 3 })).toBe('little');
	});

	const requires = (...ids: readonly string[]) =>
		ids.map((id) => `<informationRequirement><requiredDecision href="#${id}"/></informationRequirement>`).join('');
	const literal = (text: string) => `<literalExpression><text>${text}</text></literalExpression>`;

	describe.each([
		['fee', 'big'],
		['big', 'fee'],
	])('%s and %s, in this order', (...order) => {
		const FEE = `<decision id="fee" name="Fee"><decisionTable>${input('1')}${output('amount')}${output('left')}${rule('- => 5 | 6')}</decisionTable></decision>`;
		const BIG = `<decision id="big" name="Big">${literal('amount * 10')}</decision>`;
		const both = (asked: string) =>
			dmnFile(`${FEE}${BIG}<decision id="d" name="d">${requires(...order)}${literal(asked)}</decision>`);

		test('keeps from a decision what it does not require', async () => {
			expect(await resultOf(both('big'), { amount: 5000 })).toBe(50_000);
			expect(readsOfDecision(await readDecision(both('big')), ['amount'])).toEqual(['amount']);
			expect(await resultOf(both('amount'), { amount: 5000 })).toBe(5);
		});

		test('sees a decision under its name before an output of another under the same', async () => {
			const xml = both('left').replace('id="big" name="Big"', 'id="big" name="left"');
			expect(await resultOf(xml, { amount: 1 })).toBe(10);
		});
	});

	test('sees nothing of what only a decision that it requires itself requires', async () => {
		const xml = dmnFile(
			`<decision id="a" name="a">${literal('1')}</decision><decision id="b" name="b">${requires('a')}${literal('a + 1')}</decision>
			<decision id="d" name="d">${requires('b')}${literal('a + b')}</decision>`,
		);
		expect(await resultOf(xml, { a: 100 })).toBe(102);
		expect(readsOfDecision(await readDecision(xml), [])).toEqual(['a']);
	});

	describe('whose names only who knows them reads', () => {
		const named = (name: string, asked: string, result = '20') =>
			dmnFile(
				`<decision id="a" name="${name}">${literal(result)}</decision><decision id="d" name="d">${requires('a')}${asked}</decision>`,
			);

		test.each<[string, string, unknown]>([
			['Pre-bureau risk category', 'if Pre-bureau risk category &gt; 18 then 1 else 2', 1],
			['Pre-bureau risk category', 'Pre-bureau risk category', 20],
			['Pre-bureau  risk category', 'Pre - bureau risk category + 1', 21],
			['Pre-bureau risk category', '[Pre, "Pre-bureau risk category"]', [3, 'Pre-bureau risk category']],
			["Applicant's age", "if Applicant's age &gt; 18 then 1 else 2", 1],
			['time in office', 'time in office &gt; 18', true],
			['terms and conditions', 'terms and conditions', 20],
			['do not call', 'sum([do not call, 1])', 21],
			['What if?', 'What if? + 1', 21],
			['a-b', 'a - b', 20],
			['a-b', 'data-base', 4],
			['a-b', '"a-b"', 'a-b'],
			['and', 'true and false', false],
			['count', 'count([1, 2])', 2],
		])('%s: %s is %j', async (name, asked, expected) => {
			const xml = named(name, literal(asked));
			expect(await resultOf(xml, { Pre: 3, data: 5, base: 1 })).toEqual(expected);
		});

		test('in the inputs, tests and entries of a table', async () => {
			const name = 'Pre-bureau risk category';
			const cells = input(name) + input('3') + output('o') + rule(`20 | < ${name} => ${name}`);
			expect(await resultOf(named(name, `<decisionTable>${cells}</decisionTable>`), {})).toBe(20);
		});

		test('as an output, and by an id', async () => {
			const table = `<decisionTable>${input('1')}${output('risk-level')}${output('o')}${rule('- => 5 | 6')}</decisionTable>`;
			const xml = dmnFile(
				`<decision id="pre-bureau" name="p">${table}</decision><decision id="d" name="d">${requires('pre-bureau')}${literal('[risk-level, pre-bureau.o]')}</decision>`,
			);
			expect(await resultOf(xml, {})).toEqual([5, 6]);
		});

		test('keeps the type of the result', async () => {
			const xml = named('date-of birth', literal('date-of birth.year'), 'date("2020-01-01")');
			expect(await resultOf(xml, {})).toBe(2020);
		});

		test.each<[string, unknown, unknown]>([
			['cost-center', 'north', ['north']],
			['time in office', 3, [3]],
			['time in office', undefined, [null]],
			['cost-center', undefined, [null]],
		])('be it an input: %s of %j', async (name, value, expected) => {
			const xml = dmnFile(
				`<inputData id="i" name="${name}"/><decision id="d" name="d">
				<informationRequirement><requiredInput href="#i"/></informationRequirement>${literal(`[${name}]`)}</decision>`,
			);
			const variables = value === undefined ? { cost: 3, center: 1 } : { [name]: value as string };
			expect(await resultOf(xml, { ...variables })).toEqual(expected);
			expect(readsOfDecision(await readDecision(xml), [name, 'cost', 'time'])).toEqual([name]);
		});

		test('and nowhere else', async () => {
			const xml = dmnFile(
				`<decision id="a" name="x-y">${literal('7')}</decision><decision id="b" name="b">${requires('a')}${literal('x-y')}</decision>
				<decision id="d" name="d">${requires('b')}${literal('b + x-y')}</decision>`,
			);
			expect(await resultOf(xml, { x: 5, y: 1 })).toBe(11);
		});
	});

	test.each<[string, string, unknown]>([
		['date("2020-01-01")', 'due < date("2021-01-01")', true],
		['date("2020-01-01")', 'due', '2020-01-01'],
		['date("2020-01-01")', 'due + duration("P1D")', '2020-01-02'],
		['date("2020-01-01")', 'due.year', 2020],
		['date("2020-01-01")', 'due = "2020-01-01"', null],
		['[date("2020-01-01"), 1]', '[due, 2]', [['2020-01-01', 1], 2]],
		['duration("P10D")', 'due > duration("P9D")', true],
		['[1..5]', '3 in due', true],
		['"5"', 'due > 1', null],
	])('keeps the type of a result that it requires: of %s, %s is %j', async (due, asked, expected) => {
		const xml = dmnFile(
			`<decision id="due" name="due">${literal(due)}</decision><decision id="d" name="d">${requires('due')}${literal(asked.replaceAll('<', '&lt;'))}</decision>`,
		);
		expect(await resultOf(xml, {})).toEqual(expected);
	});

	test('tests a date that it requires as one', async () => {
		const table = `<decisionTable hitPolicy="FIRST">${input('due')}${output('o')}${rule('"2020-01-01" => "text"')}${rule('< date("2021-01-01") => due')}</decisionTable>`;
		const xml = dmnFile(
			`<decision id="due" name="due">${literal('date("2020-01-01")')}</decision><decision id="d" name="d">${requires('due')}${table}</decision>`,
		);
		expect(await decide(xml, {})).toEqual({ ok: true, decided: { value: '2020-01-01', rows: [{ o: '2020-01-01' }] } });
	});

	/** Each gives what it requires twice: the last one 2^24 times. */
	const doubling = (last: string) => {
		const twice = (of: string) =>
			`<decisionTable hitPolicy="COLLECT">${input('1')}${output('o')}${rule(`- => ${of}`).repeat(2)}</decisionTable>`;
		const chain = Array.from({ length: 24 }, (_, at) => {
			const logic = at === 0 ? literal('1') : requires(`d${at - 1}`) + twice(`d${at - 1}`);
			return `<decision id="d${at}" name="d${at}">${logic}</decision>`;
		});
		return dmnFile(`${chain.join('')}<decision id="d" name="d">${requires('d23')}${literal(last)}</decision>`);
	};

	test.each(['d23', 'd23 = d23'])('fails where their results grow without end: %s', async (last) => {
		const outcome = await decide(doubling(last), {});
		expect(outcome).toEqual({ ok: false, message: 'd14: The value is longer than 64000 characters.' });
	});

	test('fails with the one that fails, by name', async () => {
		const xml = dmnFile(dish('season') + season('season').replaceAll('[3..8]', '-').replace('not(-)', '-'));
		expect(await decide(xml, { month: 1 })).toMatchObject({ ok: false, message: expect.stringMatching(/^season: /) });
	});
});
