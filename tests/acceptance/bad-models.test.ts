import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from './answer-shapes.ts';
import { bpmn } from './bpmn.ts';
import { type Json, type Server, startServer, tenantToken } from './server.ts';

const namespaces =
	'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:sendback="urn:sendback:bpmn:1" targetNamespace="t"';
const step = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/><userTask id="u"/>';

function definitions(inside: string): string {
	return `<definitions ${namespaces}>${inside}</definitions>`;
}

function process(inside: string): string {
	return definitions(`<process id="p" isExecutable="true">${inside}</process>`);
}

/** A condition on one of two flows of a gateway. */
function condition(text: string): string {
	return process(
		`${step}<exclusiveGateway id="g" default="f3"/><sequenceFlow id="f2" sourceRef="u" targetRef="g"/><endEvent id="e"/>
		<sequenceFlow id="f3" sourceRef="g" targetRef="e"/><sequenceFlow id="f4" sourceRef="g" targetRef="u">
		<conditionExpression xsi:type="tFormalExpression">${text}</conditionExpression></sequenceFlow>`,
	);
}

const entityBomb = `<!DOCTYPE d [<!ENTITY a0 "ha">${Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n + 1} "&a${n};&a${n};">`).join('')}]>${process(`${step}<textAnnotation><text>&a30;</text></textAnnotation>`)}`;

/** A model, and the codes of which the answer's errors have to have one. */
const models: readonly (readonly [name: string, xml: string | Uint8Array, codes: readonly string[]])[] = [
	['no XML', 'hello', ['xml-invalid']],
	['a file cut off', process(step).slice(0, -30), ['xml-invalid']],
	['crossed tags', '<definitions><a></definitions></a>', ['xml-invalid', 'not-bpmn']],
	['an attribute twice', process(`${step}<userTask id="a" id="b"/>`), ['xml-invalid']],
	['an unknown prefix', process(`${step}<foo:userTask id="a"/>`), ['xml-invalid', 'not-bpmn', 'element-not-supported']],
	['an unknown entity', process(`${step}<userTask id="a" name="&foo;"/>`), ['xml-invalid']],
	['a second root', `${process(step)}<x/>`, ['xml-invalid']],
	['another root', '<html/>', ['not-bpmn']],
	['a document type', `<!DOCTYPE definitions>${process(step)}`, ['xml-doctype']],
	[
		'an external entity',
		`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>${process(`${step}<userTask id="a" name="&x;"/>`)}`,
		['xml-doctype'],
	],
	['an entity bomb', entityBomb, ['xml-doctype']],
	['a document type behind a comment', `<!-- x --><!DOCTYPE definitions>${process(step)}`, ['xml-doctype']],
	[
		'2 MB of nesting',
		process(`${step}${'<documentation>'.repeat(120_000)}`),
		['model-too-large', 'xml-invalid', 'not-bpmn'],
	],
	[
		'nesting that is closed',
		process(`${step}${'<laneSet><lane>'.repeat(9_000)}${'</lane></laneSet>'.repeat(9_000)}`),
		['model-too-large'],
	],
	['too many elements', process(`${step}${'<manualTask/>'.repeat(25_000)}`), ['model-too-large']],
	[
		'too many attributes',
		process(`${step}<userTask id="a" ${Array.from({ length: 500 }, (_, n) => `a${n}="1"`).join(' ')}/>`),
		['model-too-large'],
	],
	['a comment of 3 MB', process(`${step}<!--${'x'.repeat(3_000_000)}-->`), ['model-too-large']],
	['a long id', process(`${step}<userTask id="${'a'.repeat(300)}"/>`), ['id-invalid']],
	['a duplicate id', process(`${step}<userTask id="u"/>`), ['id-duplicate']],
	[
		'an id of Object',
		process(`${step}<userTask id="__proto__"/><userTask id="__proto__"/>`),
		['id-duplicate', 'id-invalid'],
	],
	['a node without id', process(`${step}<userTask/>`), ['id-missing']],
	['an unknown element', process(`${step}<foo id="x"/>`), ['element-not-supported', 'not-bpmn']],
	[
		'a script that is not FEEL',
		process(`${step}<scriptTask id="x" scriptFormat="javascript"><script>process.exit()</script></scriptTask>`),
		['script-language'],
	],
	['a subprocess without a start', process(`${step}<subProcess id="x"/>`), ['start-missing']],
	['an ad-hoc subprocess', process(`${step}<adHocSubProcess id="x"/>`), ['element-not-supported']],
	[
		'a boundary event of nothing',
		process(`${step}<boundaryEvent id="x" attachedToRef="nowhere"/>`),
		['reference-unresolved', 'boundary-invalid'],
	],
	[
		'multi-instance without a number of runs',
		process(`${step}<userTask id="x"><multiInstanceLoopCharacteristics/></userTask>`),
		['loop-invalid'],
	],
	[
		'two executable processes',
		definitions(`<process id="p" isExecutable="true">${step}</process><process id="q" isExecutable="true"/>`),
		['process-many'],
	],
	['no process', definitions(''), ['process-missing']],
	['no start', process('<userTask id="u"/>'), ['start-missing']],
	['two starts', process(`${step}<startEvent id="s2"/>`), ['start-many']],
	[
		'a flow to nowhere',
		process(`${step}<sequenceFlow id="g" sourceRef="u" targetRef="nowhere"/>`),
		['flow-end-invalid', 'reference-unresolved'],
	],
	[
		'a flow to a flow',
		process(`${step}<sequenceFlow id="g" sourceRef="u" targetRef="f"/>`),
		['flow-end-invalid', 'reference-unresolved'],
	],
	[
		'a flow into the start',
		process(`${step}<sequenceFlow id="g" sourceRef="u" targetRef="s"/>`),
		['incoming-not-allowed'],
	],
	['a typing error of ours', process(`${step}<userTask id="a" sendback:asignees="1001"/>`), ['sendback-unknown']],
	['a wrong mode', process(`${step}<userTask id="a" sendback:decisionMode="some"/>`), ['attribute-invalid']],
	['an assignee without prefix', process(`${step}<userTask id="a" assignee="1001"/>`), ['attribute-without-namespace']],
	[
		'a listener',
		process(
			`${step}<userTask id="a"><extensionElements><camunda:taskListener class="x" event="create"/></extensionElements></userTask>`,
		),
		['extension-not-supported'],
	],
	[
		'a script condition',
		process(
			`${step}<endEvent id="e"/><sequenceFlow id="g" sourceRef="u" targetRef="e"><conditionExpression language="groovy" xsi:type="tFormalExpression">x</conditionExpression></sequenceFlow>`,
		),
		['condition-language'],
	],
	['a broken condition', condition('= a >'), ['expression-invalid', 'xml-invalid']],
	['code in a condition', condition('${execution.getVariable("a")}'), ['expression-invalid']],
	[
		'nested parentheses',
		condition(`= ${'('.repeat(4_000)}1${')'.repeat(4_000)} &gt; 0`),
		['expression-invalid', 'model-too-large'],
	],
	[
		'a condition without end',
		condition(`= a &gt; 1${' or a &gt; 1'.repeat(9_000)}`),
		['expression-invalid', 'model-too-large'],
	],
	['an unmarked condition', condition('a &gt; 1'), ['expression-invalid', 'condition-language']],
	[
		'another encoding',
		`<?xml version="1.0" encoding="UTF-16"?>${process(`${step}<userTask id="a" name="退"/>`)}`,
		['xml-encoding'],
	],
];

let server: Server;
let authorization: string;

beforeAll(async () => {
	server = await startServer();
	authorization = `Bearer ${await tenantToken(server.request, 'cli_demo', 'demo_secret')}`;
});

afterAll(() => server?.close());

test.each(models)('%s is refused by code, element and line, and is not stored', async (_name, xml, codes) => {
	const from_ms = performance.now();
	const answer = await server.deploy('bad', xml as string);
	expect(performance.now() - from_ms).toBeLessThan(3_000);
	expectProblem(answer, 'deployment', ['model-invalid']);
	const errors: Json[] = answer.json.errors;
	expect(errors.length).toBeGreaterThan(0);
	expect(errors.length).toBeLessThanOrEqual(100);
	for (const error of errors) {
		expect(Object.keys(error).sort()).toEqual(['code', 'element_id', 'line', 'message']);
		expect(error.message.length).toBeLessThan(2_000);
		expect(error.line === null || error.line >= 1).toBe(true);
	}
	const seen = errors.map((error) => error.code);
	expect(
		codes.some((code) => seen.includes(code)),
		`${codes} in ${JSON.stringify(errors).slice(0, 500)}`,
	).toBe(true);
	expectProblem(await server.native('/applications/demo__c/flows/bad'), 'flow', ['flow-unknown']);
});

test.each([
	['10 MB', 'application/xml', process('<a>'.repeat(3_500_000)), 'body-too-large'],
	['no UTF-8', 'application/xml', new Uint8Array([0x3c, 0xff, 0xfe]), 'malformed-body'],
	['a NUL', 'application/xml', `${process(step)}\0`, 'malformed-body'],
	['nothing', 'application/xml', '', 'invalid-request'],
	['JSON', 'application/json', '{}', 'unsupported-media-type'],
	['no type', 'x', process(step), 'unsupported-media-type'],
])('a body of %s is refused before it is read', async (_name, type, body, code) => {
	const answer = await server.request('/api/v1/applications/demo__c/flows/bad', {
		method: 'PUT',
		headers: { authorization, 'content-type': type },
		body,
	});
	expectProblem(answer, 'deployment', [code]);
});

test.each(['a b', '../x', '%00', 'é', 'x'.repeat(300), '__proto__', '-'])(
	'a flow named %s is refused or served, never a fault',
	async (name) => {
		const path = `/api/v1/applications/demo__c/flows/${encodeURIComponent(name)}`;
		const answer = await server.request(path, {
			method: 'PUT',
			headers: { authorization, 'content-type': 'application/xml' },
			body: process(step),
		});
		if (answer.status !== 200) expectProblem(answer, name);
		else expect((await server.request(path, { headers: { authorization } })).status).toBe(200);
	},
);

test('a refused version leaves the one before it in force', async () => {
	const good = bpmn({
		id: 'kept',
		tasks: ['one'],
		flows: [
			['start', 'one'],
			['one', 'end'],
		],
	});
	expect((await server.deploy('kept', good)).json.version).toBe(1);
	expect((await server.deploy('kept', good)).json.version).toBe(1);
	expect((await server.deploy('kept', good.replace('</process>', '<foo/></process>'))).status).toBe(422);
	const flow = await server.native('/applications/demo__c/flows/kept');
	expect(flow.json.version).toBe(1);
	expect(flow.json.xml).toBe(good);
	expect((await server.deploy('kept', good.replace('Task one', 'Task 1'))).json.version).toBe(2);
	expect((await server.native('/applications/demo__c/flows/kept?version=1')).json.xml).toBe(good);
	for (const version of ['3', '0', '-1', 'x', '1.5', '99999999999999999999']) {
		expectProblem(await server.native(`/applications/demo__c/flows/kept?version=${version}`), version);
	}
});

test('an expression that costs too much fails its own command, and nobody else waits for it', async () => {
	const slow = condition('= matches(v, "^(a+)+$") and v != null');
	const deployed = await server.deploy('slow', slow);
	expect(deployed.status, deployed.text).toBe(200);
	const started = await server.native('/instances', {
		namespace: 'demo__c',
		flow_id: 'slow',
		initiator_id: '1001',
		variables: { v: `${'a'.repeat(40)}!` },
	});
	expect(started.status, started.text).toBe(201);
	const complete = server.native(`/tasks/${started.json.tasks[0].id}/complete`, { user_id: '1001', decision: 'agree' });
	let longest_ms = 0;
	for (let index = 0; index < 50; index++) {
		const from_ms = performance.now();
		expect((await server.feishu('/apaas/v1/user_task/query', { kunlun_user_id: '1001' })).status).toBe(200);
		longest_ms = Math.max(longest_ms, performance.now() - from_ms);
	}
	expect(longest_ms).toBeLessThan(1_000);
	expectProblem(await complete, 'complete', ['condition-failed']);
	expect((await server.native(`/instances/${started.json.id}`)).json.tasks[0].status).toBe('in_process');
});

test('a loop without a task is refused at deployment or stopped at the limit', async () => {
	const xml = process(
		'<startEvent id="s"/><exclusiveGateway id="g"/><exclusiveGateway id="h"/><sequenceFlow id="a" sourceRef="s" targetRef="g"/><sequenceFlow id="b" sourceRef="g" targetRef="h"/><sequenceFlow id="c" sourceRef="h" targetRef="g"/>',
	);
	const deployed = await server.deploy('spin', xml);
	if (deployed.status !== 200) return expectProblem(deployed, 'deployment', ['model-invalid']);
	expectProblem(
		await server.native('/instances', { namespace: 'demo__c', flow_id: 'spin', initiator_id: '1001' }),
		'start',
		['run-limit'],
	);
});
