import { describe, expect, test } from 'vitest';
import { evaluateTree } from '../../src/expressions/evaluate-tree.ts';
import type { Expression } from '../../src/expressions/expression.ts';
import { parseExpression } from '../../src/expressions/parse-expression.ts';
import type { Value, Variables } from '../../src/terms.ts';

function compiled(text: string, defaultLanguage: 'feel' | null = null): Expression {
	const parsed = parseExpression(text, defaultLanguage);
	if (!parsed.ok) expect.fail(parsed.message);
	return parsed.expression;
}

function refusal(text: string, defaultLanguage: 'feel' | null = null): string {
	const parsed = parseExpression(text, defaultLanguage);
	if (parsed.ok) expect.fail(`${text} was accepted`);
	return parsed.message;
}

function result(text: string, variables: Variables = {}): Value {
	const { tree } = compiled(text);
	if (tree === null) expect.fail(`${text} has no compiled form`);
	return evaluateTree(tree, (name) => variables[name]);
}

describe('the language of an expression', () => {
	test.each([
		['= a > 1', null, 'feel', 'a > 1'],
		['  =a > 1 ', null, 'feel', 'a > 1'],
		['${ a > 1 }', null, 'juel', 'a > 1'],
		['#{a}', null, 'juel', 'a'],
		['a > 1', 'feel', 'feel', 'a > 1'],
		['${a}', 'feel', 'juel', 'a'],
	] as const)('%s (by default %s) is %s', (text, defaultLanguage, language, source) => {
		expect(compiled(text, defaultLanguage)).toMatchObject({ language, source });
	});

	test('is not guessed', () => {
		expect(refusal('a > 1')).toContain('no mark of its language');
	});
});

describe('plain FEEL is compiled:', () => {
	test.each<[string, Value, Variables?]>([
		['= 1 + 2 * 3 - 4 / 2', 5],
		['= (1 + 2) * 3', 9],
		['= -a - -2', 1, { a: 1 }],
		['= .5 + 1.5', 2],
		['= 10 - 2 - 3', 5],
		['= a.b.c', 7, { a: { b: { c: 7 } } }],
		['= items.price', [1, 2], { items: [{ price: 1 }, { price: 2 }] }],
		['= 金额 >= 1000 and not(done)', true, { 金额: 1000, done: false }],
		['= "a\\"\\\\\\n" = x', true, { x: 'a"\\\n' }],
		['= a = 1 or b', null, { a: 2 }],
		['= a = 1 or b', true, { a: 1 }],
		['= a = 1 and b', false, { a: 2 }],
		['= a = null', true],
		['= a != null', true, { a: 0 }],
		['= a != 1', null, { a: '1' }],
		['= not(a)', null],
		['= a > 1', null],
		['= a > 1', null, { a: '5' }],
		['= "b" > "a"', true],
		['= a + "y"', 'xy', { a: 'x' }],
		['= 1 / 0', null],
		['= constructor.name', null],
		['= a.__proto__.x', null, { a: {} }],
		['= a.length', null, { a: 'text' }],
	])('%s is %j of %j', (text, value, variables) => {
		expect(result(text, variables)).toEqual(value);
	});

	test.each([
		['= if a then 1 else 2'],
		['= count(a) > 1'],
		['= a[1]'],
		['= [1, 2]'],
		['= {a: 1}'],
		['= a in (> 5)'],
		['= a between 1 and 2'],
		['= every x in a satisfies x > 1'],
		['= date("2026-01-01") < date(a)'],
		['= 1 < a < 3'],
		['= a ** 2'],
		['= monthly salary > 10'],
		['= a // comment'],
		['= "\\u4e2d"'],
		['= date'],
	])('%s needs the whole of FEEL', (text) => {
		expect(compiled(text).tree).toBeNull();
	});

	test.each([
		['= ', 'character 1'],
		['= a >', 'character 4, this is not FEEL'],
		['= (a', 'this is not FEEL'],
		['= a)', 'character 2'],
		["= 'a'", 'this is not FEEL'],
		['= a && b', 'this is not FEEL'],
		['= !a', 'this is not FEEL'],
		['= a ? b : c', 'this is not FEEL'],
		['= a == 1', 'FEEL compares with `=`'],
		['= a <> 1', 'FEEL compares with `=`'],
		['= a eq 1', 'no operator `eq`'],
		['= not a', 'no operator `not`'],
		['= a and not b', 'no operator `not`'],
		['= x mod 2 = 1', 'no operator `mod`'],
		['= 1e3', 'without an exponent'],
		['= duration("P1D") * 2', 'neither multiplied nor divided'],
		['= a / @"PT1H"', 'neither multiplied nor divided'],
		['= date("2024-01-01") < "2024-02-01"', 'not compared with a text'],
		['= "P1D" = duration("P1D")', 'not compared with a text'],
		['= count(a) > 1 and b < true', 'no order'],
		[`= ${'['.repeat(60)}${']'.repeat(60)}`, 'nested too deeply'],
		[`= [${'1,'.repeat(2_500)}1]`, 'at most 4000 characters'],
		[`= ${'a'.repeat(10_001)}`, 'at most 10000 characters'],
	])('%s is refused, for its author did not mean what it says', (text, message) => {
		expect(refusal(text)).toContain(message);
	});
});

describe('JUEL is compiled:', () => {
	test.each<[string, Value, Variables?]>([
		['${a > 1}', true, { a: 2 }],
		['${a gt 1 && b lt 2}', true, { a: 2, b: 1 }],
		['${a ge 1 and (b le 2 or c)}', true, { a: 1, b: 3, c: true }],
		['${a == \'x\' || a eq "y"}', true, { a: 'y' }],
		['${a ne b}', true, { a: 1, b: 2 }],
		['${!a}', true, { a: false }],
		['${not empty a}', true, { a: [1] }],
		['${empty a}', true, { a: {} }],
		['${empty a.b.c}', true],
		['${1 + 2 * 3 - 4 div 2}', 5],
		['${10 - 2 - 3}', 5],
		['${-a}', -3, { a: 3 }],
		["${a == 'it\\'s'}", true, { a: "it's" }],
		['${order.total >= 1000}', true, { order: { total: 1000 } }],
		['${true}', true],
		['${null == a}', true],
		["${vars:equals(decision, 'up')}", true, { decision: 'up' }],
		["${variables:notEquals('decision', 'up')}", true, { decision: 'down' }],
		['${var:gte(n, 3) && vars:lt(n, 5)}', true, { n: 3 }],
		['${vars:isEmpty(a)}', true],
		['${vars:notEmpty(a)}', true, { a: 'x' }],
		['${vars:exists(a)}', false],
		['${vars:get(a)}', 1, { a: 1 }],
	])('%s is %j of %j', (text, value, variables) => {
		expect(result(text, variables)).toEqual(value);
	});

	test.each<[string, Value, Variables?]>([
		['a number in text', true, { a: '1500' }],
		['text', null, { a: 'much' }],
		['nothing', false, { a: null }],
		['the empty text', false, { a: '' }],
	])('coerces as JUEL does: %s compared with a number', (_, value, variables) => {
		expect(result('${a > 1000}', variables)).toBe(value);
	});

	test.each<[string, Value, Variables?]>([
		['${!a}', true],
		['${!(a > 1)}', true],
		['${!a}', false, { a: 'TRUE' }],
		['${!a}', null, { a: 1 }],
		['${a && b}', false, { b: true }],
		['${a || b}', true, { b: true }],
		['${a == 1}', true, { a: '1' }],
		['${a == true}', true, { a: 'true' }],
		['${a != 1}', true],
		['${a + 1}', 1],
		['${a + 1}', 3, { a: '2' }],
		['${a + 1}', null, { a: 'x' }],
		['${a <= b}', true],
		['${a < b}', true, { a: '10', b: '9' }],
		['${a / 0}', null, { a: 1 }],
		['${a == b}', true, { a: [1, { x: 1 }], b: [1, { x: 1 }] }],
	])('coerces as JUEL does: %s is %j of %j', (text, value, variables) => {
		expect(result(text, variables)).toBe(value);
	});

	const ORDERS = { orders: [{ price: 90, tags: ['a'] }, { price: 120 }], i: 1, name: 'price' };
	test.each<[string, Value, Variables?]>([
		['${orders[1].price}', 120],
		['${orders[i - 1].price < 100}', true],
		["${orders[1]['price']}", 120],
		['${orders[0][name]}', 90],
		['${orders[2].price}', null],
		['${orders[0].missing.deeper}', null],
		['${orders.get(0).tags[0]}', 'a'],
		['${orders.size()}', 2],
		['${orders[0].tags.contains("a") && !orders[0].tags.contains("b")}', true],
		['${orders.isEmpty()}', false],
		['${name.length() == 5 and name.contains("ric")}', true],
		['${name.equals("price")}', true],
		['${missing.size()}', null],
		['${i % 2 == 1}', true],
		['${7 mod 4}', 3],
		['${i % 0}', null],
		["${i > 1 ? 'many' : i == 1 ? 'one' : 'none'}", 'one'],
		['${(missing ? 1 : 2) + 1}', 3],
		["${empty missing ? 'x' : missing}", 'x'],
	])('reads members, methods that only look, and choices: %s is %j', (text, value) => {
		expect(result(text, ORDERS)).toEqual(value);
	});

	test.each([
		['${}', 'a value is missing'],
		['${a >}', 'character 4, a value is missing'],
		['${(a}', '`)` is missing'],
		['${a b}', 'nothing more was expected'],
		['${bean.go()}', 'calling `.go(…)` is not supported'],
		["${execution.getVariable('a')}", 'calling `.getVariable(…)` is not supported'],
		['${go()}', 'calling `go(…)` is not supported'],
		['${fn:trim(a)}', 'calling `fn:trim(…)` is not supported'],
		["${vars:contains(a, 'b')}", 'calling `vars:contains(…)` is not supported'],
		['${a ? 1}', '`:` is missing'],
		['${a[0}', '`]` is missing'],
		['${a.add(1)}', 'calling `.add(…)` is not supported'],
		['${a.size(1)}', '`)` is missing'],
		[`\${${'a ? b : '.repeat(300)}c}`, 'nested too deeply'],
		[`\${a${'[0]'.repeat(300)}}`, 'nested too deeply'],
		['${a instanceof b}', '`instanceof` is not supported'],
		['${a = 1}', '`=` is not understood'],
		['${a} and ${b}', 'is not understood'],
		['${a == "b}', '`"` is not understood'],
		[`\${${'('.repeat(300)}a${')'.repeat(300)}}`, 'nested too deeply'],
		[`\${${'!'.repeat(300)}a}`, 'nested too deeply'],
		[`\${${'a+'.repeat(300)}a}`, 'nested too deeply'],
	])('%s is refused, by what is not supported', (text, message) => {
		expect(refusal(text)).toContain(message);
	});
});
