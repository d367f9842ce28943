import { describe, expect, test } from 'vitest';
import { parseDecision } from '../../src/dmn/parse-decision.ts';
import { dmnFile, errorsOf, input, output, readDecision, rule, tableFile, warningsOf } from './dmn-file.ts';

const VALID = input('a') + output('x') + rule('1 => 2');
const requires = (id: string) => `<informationRequirement>\n<requiredDecision href="${id}"/></informationRequirement>`;
const literal = (id: string, text: string, before = '') =>
	`<decision id="${id}" name="${id}">${before}<literalExpression>\n<text>${text}</text></literalExpression></decision>`;

describe('a file', () => {
	test.each([
		'http://www.omg.org/spec/DMN/20151101',
		'http://www.omg.org/spec/DMN/20151130',
		'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
		'http://www.omg.org/spec/DMN/20180521/MODEL/',
		'https://www.omg.org/spec/DMN/20191111/MODEL/',
		'https://www.omg.org/spec/DMN/20211108/MODEL/',
		'https://www.omg.org/spec/DMN/20230324/MODEL/',
	])('of the version %s is read', async (namespace) => {
		const model = await readDecision(dmnFile(literal('d', '1'), '', namespace));
		expect(model).toMatchObject({ id: 'd', name: 'd', decisions: [{ id: 'd', logic: { kind: 'literalExpression' } }] });
	});

	test('gives the decision of the id it is deployed as, and only what that requires', async () => {
		const xml = dmnFile(literal('a', '1') + literal('d', 'a', requires('#a')) + literal('e', '${x}'));
		expect((await readDecision(xml)).decisions.map(({ id }) => id)).toEqual(['a', 'd']);
		expect((await readDecision(xml, 'a')).decisions.map(({ id }) => id)).toEqual(['a']);
	});

	test('gives the only decision that no other requires where none has the id', async () => {
		const xml = dmnFile(literal('a', '1') + literal('b', 'a', requires('#a')));
		expect((await readDecision(xml, 'rates')).id).toBe('b');
	});

	test('is taken whole into data that survives JSON', async () => {
		const model = await readDecision(tableFile(VALID + rule('date("2026-01-01") => [1, 2]')));
		expect(JSON.parse(JSON.stringify(model))).toEqual(model);
	});
});

test('a file of another namespace is refused by its name', async () => {
	const parsed = await parseDecision(dmnFile(literal('d', '1'), '', 'http://www.omg.org/spec/DMN/20991231'), 'd');
	expect(parsed.ok ? '' : parsed.errors[0]?.message).toContain('`http://www.omg.org/spec/DMN/20991231`');
});

test.each<[string, string, ...string[]]>([
	['a document type', '<!DOCTYPE a>\n<a/>', 'xml-doctype null:1'],
	['BPMN', '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', 'not-dmn null:1'],
	['an element DMN has not', tableFile(`${VALID}<rulez id="r"/>`), 'not-dmn r:7'],
	['an id twice', dmnFile(`${literal('d', '1')}\n${literal('d', '1')}`), 'id-duplicate d:4'],
	['no decision', dmnFile('<inputData id="i" name="i"/>'), 'decision-missing defs:1'],
	['several that could be meant', dmnFile(literal('a', '1') + literal('b', '1')), 'decision-missing defs:1'],
	['a decision that says nothing', dmnFile('<decision id="d" name="d"/>'), 'decision-invalid d:2'],
	['a decision that requires itself', dmnFile(literal('d', '1', requires('#d'))), 'decision-invalid d:2'],
	[
		'decisions that require each other',
		dmnFile(`${literal('d', '1', requires('#e'))}\n${literal('e', '1', requires('#d'))}`),
		'decision-invalid d:2',
	],
	['a decision of nowhere', dmnFile(literal('d', '1', requires('#no'))), 'reference-unresolved d:2'],
	['a decision of another file', dmnFile(literal('d', '1', requires('other#d'))), 'reference-unresolved d:2'],
	[
		'a function',
		dmnFile(literal('d', '1', '\n<knowledgeRequirement id="k"><requiredKnowledge href="#b"/></knowledgeRequirement>')),
		'element-not-supported k:3',
	],
	[
		'an invocation',
		dmnFile('<decision id="d" name="d">\n<invocation id="i"/></decision>'),
		'element-not-supported i:3',
		'decision-invalid d:2',
	],
	['JUEL', dmnFile(literal('d', '${a}')), 'expression-invalid d:2'],
	[
		'JUEL by its name',
		tableFile(VALID, 'id="t"').replace('<inputExpression', '<inputExpression expressionLanguage="juel"'),
		'expression-language t:4',
	],
	[
		'a language of the whole file',
		dmnFile(literal('d', '1'), 'expressionLanguage="https://example.com/js"'),
		'expression-language d:2',
	],
	['half an expression', dmnFile(literal('d', 'a +')), 'expression-invalid d:2'],
	['half a test', tableFile(input('a') + output('x') + rule('> => 1')), 'expression-invalid d:6'],
	['a hit policy of its own', tableFile(VALID, 'id="t" hitPolicy="BEST"'), 'attribute-invalid t:3'],
	['an aggregation of one', tableFile(VALID, 'id="t" aggregation="SUM"'), 'decision-invalid t:3'],
	[
		'an aggregation of two outputs',
		tableFile(`${output('x')}${output('y')}`, 'id="t" hitPolicy="COLLECT" aggregation="SUM"'),
		'decision-invalid t:3',
	],
	['no output', tableFile(input('a'), 'id="t"'), 'decision-invalid t:3'],
	['an input without an expression', tableFile(`<input id="i"/>${output('x')}`), 'decision-invalid i:4'],
	['several outputs without names', tableFile(`${output('x')}<output id="o"/>`), 'decision-invalid o:5'],
	['several outputs of one name', tableFile(`${output('x')}<output id="o" name="x"/>`), 'decision-invalid o:5'],
	['a rule with a cell too many', tableFile(`${VALID}<rule id="r"><inputEntry/></rule>`), 'decision-invalid r:7'],
	['a priority without an order', tableFile(VALID, 'hitPolicy="PRIORITY"'), 'decision-invalid d:5'],
	[
		'a priority that has to be computed',
		tableFile(output('x', { values: 'a + 1' }), 'hitPolicy="OUTPUT ORDER"'),
		'decision-invalid d:4',
	],
	[
		'a name for the tested value',
		tableFile(VALID.replace('<input>', '<input id="i" camunda:inputVariable="v">')),
		'extension-not-supported i:4',
	],
	['too much of it', dmnFile('<a/>'.repeat(20_001)), 'model-too-large null:2'],
])('%s is refused by element and line', async (_, xml, ...expected) => {
	expect(await errorsOf(xml)).toEqual(expected);
});

test('decisions that require one another in a long row are refused', async () => {
	const chain = Array.from({ length: 60 }, (_, n) => literal(`d${n}`, '1', n === 59 ? '' : requires(`#d${n + 1}`)));
	expect(await errorsOf(dmnFile(chain.join('')), 'd0')).toContainEqual(expect.stringMatching(/^model-too-large/));
});

test('what is not used is a warning, once for each kind', async () => {
	const xml = tableFile(
		`<input id="i" other:width="1"><inputExpression><text>a</text></inputExpression><inputValues><text>"x"</text></inputValues></input>
<output id="o" other:width="2" name="x"><outputValues><text>"y"</text></outputValues></output>${rule('1 => 2')}`,
		'foo="1"',
	);
	expect([...(await warningsOf(xml))].sort()).toEqual([
		'allowed-values-ignored i:4',
		'allowed-values-ignored o:5',
		'attribute-unknown d:3',
		'extension-ignored i:4',
	]);
});

test('a large table is read in a moment, and one of too much FEEL is refused', async () => {
	const rules = (test: string, count: number) => Array.from({ length: count }, () => rule(`${test} => 1`)).join('');
	expect(await parseDecision(tableFile(input('a') + output('x') + rules('[1..20], 5', 2_000)), 'd')).toMatchObject({
		ok: true,
	});
	const much = tableFile(
		input('a') + output('x') + rules('contains(?, "a long text of fifty characters or something")', 600),
	);
	expect(await errorsOf(much)).toContainEqual(expect.stringMatching(/^model-too-large/));
});
