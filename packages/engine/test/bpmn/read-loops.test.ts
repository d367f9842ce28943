import { describe, expect, test } from 'vitest';
import type { Loop } from '../../src/model/process-model.ts';
import { taskFile } from './bpmn-file.ts';
import { errorsOf, read } from './read-model.ts';

const several = (content: string, attributes = '') =>
	`<multiInstanceLoopCharacteristics ${attributes}>${content}</multiInstanceLoopCharacteristics>`;
const count = (text: string) => `<loopCardinality>${text}</loopCardinality>`;
const loop = (content: string, attributes = '') =>
	`<standardLoopCharacteristics ${attributes}>${content}</standardLoopCharacteristics>`;
const userTask = (content: string) => taskFile(`<userTask id="t">\n${content}</userTask>`);
const variable = (name: string) => ({ tree: { kind: 'path', names: [name] } });
const EXTENSIONS =
	'<extensionElements><zeebe:loopCharacteristics inputCollection="= list" inputElement="each"/></extensionElements>';

async function loopOf(xml: string): Promise<Loop | null> {
	const node = (await read(xml)).nodes.t;
	return node !== undefined && 'loop' in node ? node.loop : expect.fail(`${node?.kind} cannot be repeated`);
}

describe('several instances', () => {
	const none = { cardinality: null, collection: null, elementVariable: null, completionCondition: null };
	const each = { kind: 'parallel', cardinality: null, collection: variable('list'), elementVariable: 'each' };

	test.each([
		[
			'a number',
			several(count('3')),
			{ ...none, kind: 'parallel', cardinality: { tree: { kind: 'literal', value: 3 } } },
		],
		['one after the other', several(count('3'), 'isSequential="true"'), { kind: 'sequential' }],
		['at once', several(count('3'), 'isSequential="false"'), { kind: 'parallel' }],
		['an expression', several(count('${n}')), { ...none, kind: 'parallel', cardinality: variable('n') }],
		['FEEL', several(count('= n')), { cardinality: variable('n') }],
		['a variable', several('', 'flowable:collection="list" flowable:elementVariable="each"'), each],
		['an expression for a list', several('', 'camunda:collection="${list}" camunda:elementVariable="each"'), each],
		['a list of Activiti', several('', 'activiti:collection="${list}" activiti:elementVariable="each"'), each],
		[
			'a list without a name for its elements',
			several('', 'camunda:collection="list"'),
			{ ...each, elementVariable: null },
		],
		['Camunda 8', several(EXTENSIONS), each],
		['BPMN', several('<loopDataInputRef>list</loopDataInputRef><inputDataItem id="i" name="each"/>'), each],
		[
			'BPMN with an expression',
			several('<loopDataInputRef>${list}</loopDataInputRef><inputDataItem id="each"/>'),
			each,
		],
		[
			'an end before the last',
			several(`${count('3')}<completionCondition>\${nrOfCompletedInstances == 2}</completionCondition>`),
			{ completionCondition: { source: 'nrOfCompletedInstances == 2' } },
		],
		[
			'the number under its own name',
			several(count('3'), 'flowable:elementIndexVariable="loopCounter"'),
			{ kind: 'parallel' },
		],
	])('%s', async (_, content, expected) => {
		expect(await loopOf(userTask(content))).toMatchObject(expected);
	});

	test.each([
		['user task', '<userTask id="t">#</userTask>'],
		['service task', '<serviceTask id="t" sendback:topic="x">#</serviceTask>'],
		['send task of a worker', '<sendTask id="t" sendback:topic="x">#</sendTask>'],
		['receive task', '<receiveTask id="t">#</receiveTask>'],
		['script', '<scriptTask id="t" scriptFormat="feel">#<script>1</script></scriptTask>'],
		['call', '<callActivity id="t" calledElement="x">#</callActivity>'],
		['subprocess', '<subProcess id="t">#<startEvent id="u"/></subProcess>'],
	])('of a %s', async (_, xml) => {
		expect(await loopOf(taskFile(xml.replace('#', several(count('2')))))).toMatchObject({ kind: 'parallel' });
		expect(await loopOf(taskFile(xml.replace('#', loop('', 'loopMaximum="2"'))))).toMatchObject({ kind: 'standard' });
		expect(await loopOf(taskFile(xml.replace('#', '')))).toBeNull();
	});

	test.each([
		['neither number nor list', several(''), 'loop-invalid t:4'],
		['an empty number', several(count(' ')), 'loop-invalid t:4'],
		['both', several(count('2'), 'camunda:collection="list"'), 'loop-invalid t:4'],
		['a number in words', several(`\n${count('two')}`), 'expression-invalid t:5'],
		['a broken list', several('', 'camunda:collection="${list"'), 'expression-invalid t:4'],
		['a list of a bean', several('', 'camunda:collection="${bean.list()}"'), 'expression-invalid t:4'],
		['a list that is no name', several('', 'camunda:collection="a.b"'), 'expression-invalid t:4'],
		[
			'an element that is no name',
			several('', 'camunda:collection="a" camunda:elementVariable="b c"'),
			'expression-invalid t:4',
		],
		[
			'a completion condition without a mark',
			several(`${count('2')}\n<completionCondition>a</completionCondition>`),
			'expression-invalid t:5',
		],
		[
			'a number of another name',
			several(count('2'), 'flowable:elementIndexVariable="i"'),
			'extension-not-supported t:4',
		],
		['events of the instances', several(count('2'), 'behavior="One"'), 'attribute-not-supported t:4'],
		['neither yes nor no', several(count('2'), 'isSequential="maybe"'), 'attribute-invalid t:4'],
		['results', several(`${count('2')}\n<outputDataItem id="o"/>`), 'element-not-supported o:5'],
		[
			'results of Camunda 8',
			several(
				'<extensionElements><zeebe:loopCharacteristics inputCollection="= a" outputCollection="b"/></extensionElements>',
			),
			'extension-not-supported t:4',
		],
		[
			'results of Flowable',
			several(`<extensionElements>\n<flowable:variableAggregation/></extensionElements>${count('2')}`),
			'extension-not-supported t:5',
		],
		[
			'a list from Java',
			several('<extensionElements>\n<flowable:collection flowable:class="a.B"/></extensionElements>'),
			'extension-not-supported t:5',
		],
	])('are refused: %s', async (_, content, problem) => {
		expect(await errorsOf(userTask(content))).toContain(problem);
	});

	test('an attribute of several instances elsewhere is refused', async () => {
		expect(await errorsOf(taskFile('<userTask id="t" camunda:collection="a"/>'))).toEqual([
			'extension-not-supported t:3',
		]);
	});
});

describe('a loop', () => {
	const again = '<loopCondition>${again}</loopCondition>';

	test.each([
		['a condition', loop(again), { kind: 'standard', condition: variable('again'), testBefore: false, maximum: null }],
		['a test before', loop(again, 'testBefore="true"'), { testBefore: true }],
		['a maximum', loop('', 'loopMaximum="5"'), { condition: null, maximum: 5 }],
		['both', loop(again, 'loopMaximum="5"'), { condition: variable('again'), maximum: 5 }],
	])('with %s', async (_, content, expected) => {
		expect(await loopOf(userTask(content))).toMatchObject(expected);
	});

	test.each([
		['neither', loop(''), 'loop-invalid t:4'],
		['a maximum that is no number', loop('', 'loopMaximum="x"'), 'attribute-invalid t:4'],
		['a maximum of none', loop('', 'loopMaximum="0"'), 'attribute-invalid t:4'],
		['a condition without a mark', loop('\n<loopCondition>again</loopCondition>'), 'expression-invalid t:5'],
	])('is refused with %s', async (_, content, problem) => {
		expect(await errorsOf(userTask(content))).toContain(problem);
	});
});
