import { describe, expect, test } from 'vitest';
import { isSynthetic } from '../../src/bpmn/synthetic-ids.ts';
import { file, processFile, taskFile } from './bpmn-file.ts';
import { nodeOf, read } from './read-model.ts';

describe('a model', () => {
	test('of several executable processes is the one that has the id of the flow', async () => {
		const start = '<startEvent id="';
		const two = file(`<process id="p" isExecutable="true">${start}s"/></process>
<process id="q" isExecutable="true">${start}t"/></process>`);
		expect((await read(two, 'q')).id).toBe('q');
		expect((await read(two, 'p')).id).toBe('p');
		// The only executable one is meant, whatever the flow is called.
		expect((await read(file(`<process id="p" isExecutable="true">${start}s"/></process>`), 'leave')).id).toBe('p');
	});

	test('is read with its names, lines and connections', async () => {
		const model = await read(`<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sb="urn:sendback:bpmn:1">
  <b:process id="leave" name="Leave &amp; absence" isExecutable="true" sb:rollbackRange="previous">
    <b:startEvent id="start"><b:outgoing>a</b:outgoing></b:startEvent>
    <b:sequenceFlow id="a" sourceRef="start" targetRef="ask"/>
    <b:userTask id="ask" name="请假申请"/>
    <b:sequenceFlow id="b" sourceRef="ask" targetRef="end"/>
    <b:endEvent id="end"/>
  </b:process>
</b:definitions>`);
		expect(model).toStrictEqual({
			id: 'leave',
			name: 'Leave & absence',
			rollbackRange: 'previous',
			nodes: {
				start: {
					id: 'start',
					name: 'start',
					parent: 'leave',
					kind: 'startEvent',
					line: 4,
					trigger: null,
					interrupting: true,
					incoming: [],
					outgoing: ['a'],
				},
				ask: {
					...{
						id: 'ask',
						name: '请假申请',
						parent: 'leave',
						kind: 'userTask',
						line: 6,
						incoming: ['a'],
						outgoing: ['b'],
					},
					...{
						loop: null,
						assignees: [],
						mode: 'all',
						onReject: 'end',
						rollbackRange: null,
						formKey: null,
						dueDate: null,
					},
				},
				end: {
					...{ id: 'end', name: 'end', parent: 'leave', kind: 'endEvent', throws: null, line: 8 },
					...{ incoming: ['b'], outgoing: [] },
				},
			},
			flows: {
				a: { id: 'a', source: 'start', target: 'ask', condition: null },
				b: { id: 'b', source: 'ask', target: 'end', condition: null },
			},
			warnings: [],
		});
	});

	test('is plain JSON', async () => {
		const { warnings: _, ...model } = await read(
			taskFile('<userTask id="t" camunda:assignee="a_${x.y}" sendback:rollbackRange="none" flowable:dueDate="= d"/>'),
		);
		expect(JSON.parse(JSON.stringify(model))).toStrictEqual(model);
		expectPlain(model);
	});

	test.each([
		['<task id="t"/>', 'passThrough'],
		['<manualTask id="t"/>', 'passThrough'],
		['<intermediateThrowEvent id="t"/>', 'passThrough'],
		['<userTask id="t"/>', 'userTask'],
		['<exclusiveGateway id="t"/>', 'exclusiveGateway'],
		['<inclusiveGateway id="t" default="g"/>', 'inclusiveGateway'],
		['<parallelGateway id="t" gatewayDirection="Diverging"/>', 'parallelGateway'],
		['<receiveTask id="t"/>', 'receiveTask'],
		['<scriptTask id="t" scriptFormat="feel"><script>1</script></scriptTask>', 'scriptTask'],
		['<serviceTask id="t" sendback:topic="x"/>', 'serviceTask'],
		['<callActivity id="t" calledElement="x"/>', 'callActivity'],
		[
			'<subProcess id="t"><startEvent id="u"/><task id="v"/><sequenceFlow sourceRef="u" targetRef="v"/></subProcess>',
			'subProcess',
		],
	])('reads %s as %s', async (xml, kind) => {
		const model = await read(taskFile(xml));
		expect(model.nodes.t?.kind).toBe(kind);
		expect(model.warnings).toEqual([]);
	});

	test('reads a terminate end event', async () => {
		const terminate = '<endEvent id="x"><terminateEventDefinition/></endEvent>';
		const model = await read(
			processFile(`<startEvent id="s"/>${terminate}<sequenceFlow id="f" sourceRef="s" targetRef="x"/>`),
		);
		expect(model.nodes.x?.kind).toBe('terminateEndEvent');
	});

	test('ignores what only describes: lanes, data, notes, documentation, other processes of the picture', async () => {
		const model = await read(
			file(`<collaboration id="c"><participant id="q" processRef="p"/><participant id="r" processRef="o"/>
				<messageFlow id="m" sourceRef="q" targetRef="r"/></collaboration>
				<message id="msg"/><itemDefinition id="i" structureRef="xsd:string"/>
				<process id="p" isExecutable="true">
				<documentation>Why</documentation>
				<laneSet id="ls"><lane id="l"><flowNodeRef>s</flowNodeRef></lane></laneSet>
				<dataObject id="d" itemSubjectRef="xsd:string"/><dataObjectReference id="dr" dataObjectRef="d"/>
				<textAnnotation id="ta"><text>note</text></textAnnotation>
				<association id="as" sourceRef="s" targetRef="ta"/><group id="gr"/>
				<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process>
				<process id="o" isExecutable="false"><serviceTask id="other"/></process>`),
		);
		expect(Object.keys(model.nodes)).toEqual(['s', 'e']);
		expect(model.warnings).toEqual([]);
	});

	test('names flows that have no id after their source', async () => {
		const model = await read(
			processFile(
				`<startEvent id="s"/><sequenceFlow sourceRef="s" targetRef="g"/><parallelGateway id="g"/>
				<sequenceFlow sourceRef="g" targetRef="e"/><sequenceFlow sourceRef="g" targetRef="e"/><endEvent id="e"/>`,
			),
		);
		expect(Object.keys(model.flows)).toEqual(['s:flow:1', 'g:flow:1', 'g:flow:2']);
		expect(model.nodes.e?.incoming).toEqual(['g:flow:1', 'g:flow:2']);
	});
});

describe('what BPMN leaves unsaid', () => {
	const flow = (id: string, target: string, condition = '') =>
		`<sequenceFlow id="${id}" sourceRef="t" targetRef="${target}">${
			condition === '' ? '' : `<conditionExpression>${condition}</conditionExpression>`
		}</sequenceFlow>`;
	const fork = (flows: string, attributes = '') =>
		processFile(
			`<startEvent id="s"/><sequenceFlow id="in" sourceRef="s" targetRef="t"/>
			<userTask id="t" ${attributes}/>${flows}<endEvent id="a"/><endEvent id="b"/>`,
		);

	test('several flows behind a task are a parallel split', async () => {
		const model = await read(fork(flow('x', 'a') + flow('y', 'b')));
		expect(model.nodes.t?.outgoing).toEqual(['t:out:flow']);
		expect(model.nodes['t:out']).toStrictEqual({
			...{ id: 't:out', name: 't', parent: 'p', kind: 'parallelGateway', line: 4 },
			...{ incoming: ['t:out:flow'], outgoing: ['x', 'y'] },
		});
		expect(model.flows.x?.source).toBe('t:out');
		expect(isSynthetic('t:out') && !isSynthetic('t')).toBe(true);
	});

	test.each([
		['one conditional flow', flow('x', 'a', '${ok}'), '', null],
		['a conditional and a plain flow', flow('x', 'a', '${ok}') + flow('y', 'b'), '', null],
		['a conditional and a default flow', flow('x', 'a', '${ok}') + flow('y', 'b'), 'default="y"', 'y'],
		['a plain and a default flow', flow('x', 'a') + flow('y', 'b'), 'default="y"', 'y'],
	])('%s behind a task are an inclusive split', async (_, flows, attributes, defaultFlow) => {
		const model = await read(fork(flows, attributes));
		expect(nodeOf(model, 't:out', 'inclusiveGateway')).toMatchObject({ defaultFlow, incoming: ['t:out:flow'] });
		expect(model.nodes.t?.outgoing).toEqual(['t:out:flow']);
	});

	test('a lone default flow behind a task is just a flow', async () => {
		const model = await read(fork(flow('x', 'a'), 'default="x"'));
		expect(model.nodes.t?.outgoing).toEqual(['x']);
	});

	test('conditions behind a start event are an inclusive split, with a warning', async () => {
		const model = await read(
			processFile(
				`<startEvent id="t"/>${flow('x', 'a', '${n == 1}')}
				${flow('y', 'b', '${n == 2}')}<userTask id="a"/><userTask id="b"/>`,
			),
		);
		expect(model.nodes['t:out']?.kind).toBe('inclusiveGateway');
		expect(model.warnings).toEqual(['condition-on-start x:3', 'condition-on-start y:4']);
	});

	test('a task that nothing follows ends its path, silently; a gateway or start event, with a warning', async () => {
		const task = await read(fork(''));
		expect(task.nodes.t?.outgoing).toEqual(['t:end:flow']);
		expect(task.nodes['t:end']).toMatchObject({
			kind: 'endEvent',
			incoming: ['t:end:flow'],
			outgoing: [],
			parent: 'p',
		});
		expect(task.warnings.filter((warning) => warning.startsWith('outgoing-missing'))).toEqual([]);

		const gateway = await read(
			processFile('<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/>\n<exclusiveGateway id="g"/>'),
		);
		expect(gateway.nodes['g:end']?.kind).toBe('endEvent');
		expect(gateway.warnings).toEqual(['outgoing-missing g:4']);
	});

	test('every node but a gateway has exactly one outgoing flow, an end event none', async () => {
		const model = await read(fork(flow('x', 'a', '${ok}') + flow('y', 'b') + flow('z', 't')));
		for (const node of Object.values(model.nodes)) {
			if (node.kind.endsWith('Gateway')) continue;
			expect(node.outgoing).toHaveLength(node.kind === 'endEvent' ? 0 : 1);
		}
	});
});

function expectPlain(value: unknown): void {
	if (value === null || typeof value !== 'object') return;
	expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
	for (const part of Object.values(value)) expectPlain(part);
}
