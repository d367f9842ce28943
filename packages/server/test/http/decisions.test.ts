import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildOnce } from '../support/build.ts';
import { openRealServer, type RealServer } from './support/real-server.ts';

let server: RealServer;
beforeAll(async () => {
	buildOnce();
	server = await openRealServer();
});
afterAll(() => server.close());

/** A table that gives a level by an amount and, with `since`, by a date, which takes the whole of FEEL. */
const table = (limit: number, since: string | null = null) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="Levels" namespace="urn:test">
<decision id="level" name="Level"><decisionTable id="table" hitPolicy="FIRST">
<input id="amount"><inputExpression><text>amount</text></inputExpression></input>
${since === null ? '' : '<input id="day"><inputExpression typeRef="date"><text>day</text></inputExpression></input>'}
<output id="out" name="level"/>
<rule id="r1"><inputEntry><text>&gt;= ${limit}</text></inputEntry>${since === null ? '' : `<inputEntry><text>&gt;= date("${since}")</text></inputEntry>`}<outputEntry><text>"director"</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry>${since === null ? '' : '<inputEntry><text>-</text></inputEntry>'}<outputEntry><text>"manager"</text></outputEntry></rule>
</decisionTable></decision></definitions>`;

const FLOW = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sendback="urn:sendback:bpmn:1" id="d" targetNamespace="urn:test">
<process id="p" isExecutable="true"><startEvent id="start"/><userTask id="ask" sendback:assignees="1001"/>
<businessRuleTask id="rule" sendback:decision="level" sendback:resultVariable="level"/>
<exclusiveGateway id="gate" default="gate_manager"/>
<userTask id="director" sendback:assignees="1001"/><userTask id="manager" sendback:assignees="1001"/><endEvent id="end"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="rule"/>
<sequenceFlow id="f3" sourceRef="rule" targetRef="gate"/>
<sequenceFlow id="gate_director" sourceRef="gate" targetRef="director"><conditionExpression>= level = "director"</conditionExpression></sequenceFlow>
<sequenceFlow id="gate_manager" sourceRef="gate" targetRef="manager"/>
<sequenceFlow id="f4" sourceRef="director" targetRef="end"/><sequenceFlow id="f5" sourceRef="manager" targetRef="end"/>
</process></definitions>`;

const path = (decision: string) => `applications/demo__c/decisions/${decision}`;
const view = async (instance: string) => (await server.native('GET', `instances/${instance}`)).body;

async function start(flow: string): Promise<string> {
	const body = { namespace: 'demo__c', flow_id: flow, initiator_id: '1001' };
	const started = await server.native('POST', 'instances', body);
	expect(started.status, JSON.stringify(started.body)).toBe(201);
	return started.body.id;
}

async function task(instance: string, node: string): Promise<string> {
	const { tasks } = (await server.native('GET', `instances/${instance}?tasks=all`)).body;
	return tasks.findLast((each: { node_id: string }) => each.node_id === node).id;
}

async function agree(instance: string, node: string, variables: object = {}) {
	const body = { user_id: '1001', decision: 'agree', variables };
	return server.native('POST', `tasks/${await task(instance, node)}/complete`, body);
}

const openNodes = async (instance: string) =>
	(await view(instance)).tasks.map(({ node_id }: { node_id: string }) => node_id);

describe('a decision', () => {
	test('is deployed in versions, the same again is the same version, and each can be read', async () => {
		const first = await server.native('PUT', path('versions'), table(1000));
		expect(first).toEqual({
			status: 200,
			body: { namespace: 'demo__c', decision_id: 'versions', version: 1, warnings: [] },
		});
		expect((await server.native('PUT', path('versions'), table(1000))).body.version).toBe(1);
		expect((await server.native('PUT', path('versions'), table(10))).body.version).toBe(2);
		const latest = await server.native('GET', path('versions'));
		expect(latest.body).toMatchObject({ decision_id: 'versions', version: 2, name: 'Level', xml: table(10) });
		const earlier = await server.native('GET', `${path('versions')}?version=1`);
		expect(earlier.body).toMatchObject({
			version: 1,
			xml: table(1000),
			definition: [{ id: 'level', hit_policy: 'FIRST', inputs: ['amount'], outputs: ['level'], rules: 2 }],
		});
		for (const unknown of ['nothing', 'versions?version=3']) {
			expect(await server.native('GET', path(unknown))).toMatchObject({
				status: 404,
				body: { code: 'decision-unknown' },
			});
		}
	});

	test('is refused whole, by element and line', async () => {
		const wrong = table(1000).replace('hitPolicy="FIRST"', 'hitPolicy="BEST"').replace('"manager"', 'a +');
		expect(await server.native('PUT', path('wrong'), wrong)).toMatchObject({
			status: 422,
			body: {
				code: 'model-invalid',
				errors: [
					{ code: 'attribute-invalid', element_id: 'table', line: 3 },
					{ code: 'expression-invalid', element_id: 'r2', line: 8 },
				],
			},
		});
		const entity = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>';
		expect((await server.native('PUT', path('wrong'), entity)).body.errors[0].code).toBe('xml-doctype');
		expect((await server.native('GET', path('wrong'))).status).toBe(404);
	});

	test('deployed many times at once has each content in one version', async () => {
		const limits = [1, 2, 3, 4];
		const deployed = await Promise.all(limits.map((limit) => server.native('PUT', path('race'), table(limit))));
		expect(deployed.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4]);
	});
});

describe('a flow with a business rule task', () => {
	beforeAll(async () => {
		expect((await server.native('PUT', 'applications/demo__c/flows/levels', FLOW)).body.warnings).toEqual([]);
	});

	test('refuses what needs a decision that is not there, and goes on when it is', async () => {
		const instance = await start('levels');
		expect(await agree(instance, 'ask', { amount: 5 })).toMatchObject({
			status: 422,
			body: { code: 'decision-not-found', details: { node: 'rule', decision: 'level' } },
		});
		await server.native('PUT', path('level'), table(1000));
		expect((await agree(instance, 'ask', { amount: 5 })).status).toBe(200);
		expect(await openNodes(instance)).toEqual(['manager']);
	});

	test.each([
		['plain', table(1000), {}],
		['dated', table(1000, '2026-01-01'), { day: '2026-05-01' }],
	])('goes by its decision (%s), and by another one after a return with other data', async (_, xml, more) => {
		const { version } = (await server.native('PUT', path('level'), xml)).body;
		const instance = await start('levels');
		await agree(instance, 'ask', { amount: 5000, ...more });
		expect([await openNodes(instance), (await view(instance)).variables.level]).toEqual([['director'], 'director']);

		const back = { user_id: '1001', to_task_id: await task(instance, 'ask') };
		const returned = await server.native('POST', `tasks/${await task(instance, 'director')}/rollback`, back);
		expect(returned.status, JSON.stringify(returned.body)).toBe(200);
		expect((await view(instance)).variables).not.toHaveProperty('level');
		await agree(instance, 'ask', { amount: 5, ...more });
		expect([await openNodes(instance), (await view(instance)).variables.level]).toEqual([['manager'], 'manager']);

		const { items } = (await server.native('GET', `instances/${instance}/history`)).body;
		const decided = items.flatMap(({ events }: { events: { decided?: object; undone_by: string | null }[] }) =>
			events.filter((event) => event.decided !== undefined).map((event) => [event.decided, event.undone_by !== null]),
		);
		expect(decided).toEqual([
			[{ decision_id: 'level', version }, true],
			[{ decision_id: 'level', version }, false],
		]);
	});

	test('refuses what its decision cannot decide, and says why', async () => {
		await server.native('PUT', path('level'), table(1000, '2026-01-01'));
		const instance = await start('levels');
		expect(await agree(instance, 'ask', { amount: 5000, day: 'soon' })).toMatchObject({
			status: 422,
			body: { code: 'decision-failed', details: { reason: expect.stringContaining('`soon`, which is no date') } },
		});
		expect(await openNodes(instance)).toEqual(['ask']);
	});

	test('does not wait for a decision without end, and the server lives on', async () => {
		const endless = `matches(text, "^(a+)+$")`;
		const xml = table(1000).replace('<text>amount</text>', `<text>${endless}</text>`);
		expect((await server.native('PUT', path('level'), xml)).status).toBe(200);
		const instance = await start('levels');
		expect(await agree(instance, 'ask', { text: `${'a'.repeat(40)}b` })).toMatchObject({
			status: 422,
			body: { code: 'decision-failed', details: { reason: expect.stringContaining('took longer') } },
		});
		await server.native('PUT', path('level'), table(1000));
		expect((await agree(instance, 'ask', { amount: 1 })).status).toBe(200);
	});
});

test('of what is deployed at once, more than may wait is told to come again', async () => {
	const answers = await Promise.all(Array.from({ length: 80 }, () => server.native('PUT', path('many'), '<nothing/>')));
	const codes = new Set(answers.map(({ status, body }) => `${status} ${body.code}`));
	expect([...codes].sort()).toEqual(['422 model-invalid', '429 too-busy']);
});
