import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitions, flowsOf } from './support/bpmn.ts';
import { openRealServer, type RealServer } from './support/real-server.ts';

let server: RealServer;
beforeAll(async () => {
	server = await openRealServer();
});
afterAll(() => server.close());

async function deploy(flow: string, xml: string, query = '') {
	return server.native('PUT', `applications/demo__c/flows/${flow}${query}`, xml);
}

async function start(flow: string, body: object = {}): Promise<string> {
	const started = await server.native('POST', 'instances', {
		namespace: 'demo__c',
		flow_id: flow,
		initiator_id: '1001',
		...body,
	});
	expect(started.status, JSON.stringify(started.body)).toBe(201);
	return started.body.id;
}

const view = async (instance: string) => (await server.native('GET', `instances/${instance}`)).body;

async function openTask(instance: string, node: string): Promise<string> {
	const { tasks } = await view(instance);
	const task = tasks.find((each: { node_id: string }) => each.node_id === node);
	expect(task, `an open task at ${node}`).toBeDefined();
	return task.id;
}

async function agree(instance: string, node: string, variables: object = {}) {
	const body = { user_id: '1001', decision: 'agree', variables };
	const answer = await server.native('POST', `tasks/${await openTask(instance, node)}/complete`, body);
	expect(answer.status, JSON.stringify(answer.body)).toBe(200);
	return answer.body;
}

describe('messages, timers and signals', () => {
	beforeAll(async () => {
		const deployed = await deploy(
			'order',
			definitions(`<message id="m" name="paid"/><signal id="s" name="closing"/><process id="p" isExecutable="true">
<startEvent id="start"/><userTask id="check" sendback:assignees="1001"/>
<boundaryEvent id="late" attachedToRef="check" cancelActivity="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
<manualTask id="remind"/><endEvent id="reminded"/>
<intermediateCatchEvent id="payment"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
<intermediateCatchEvent id="closed"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
<endEvent id="end"/>${flowsOf('start->check', 'late->remind', 'remind->reminded', 'check->payment', 'payment->closed', 'closed->end')}</process>`),
		);
		expect(deployed, JSON.stringify(deployed.body)).toMatchObject({ status: 200, body: { warnings: [] } });
	});

	test('move an instance to its end, and the history tells what came', async () => {
		const instance = await start('order', { business_key: 'B-1' });
		expect((await view(instance)).marking).toEqual([{ element_id: 'check', scope_id: '0', count: 1 }]);
		await server.native('POST', 'test/clock/advance', { ms: 3_600_000 });
		await agree(instance, 'check');
		expect((await view(instance)).marking).toEqual([{ element_id: 'payment', scope_id: '0', count: 1 }]);

		const message = { name: 'paid', business_key: 'B-1', variables: { amount: 5 } };
		expect(await server.native('POST', 'messages', message)).toEqual({
			status: 200,
			body: { delivered: [instance], started: [], refused: [] },
		});
		expect(await server.native('POST', 'messages', message)).toMatchObject({
			status: 404,
			body: { code: 'message-not-awaited' },
		});
		expect((await view(instance)).variables).toMatchObject({ amount: 5 });
		expect((await server.native('POST', 'signals', { name: 'closing' })).body.delivered).toEqual([instance]);
		expect((await view(instance)).status).toBe('agreed');

		const { items } = (await server.native('GET', `instances/${instance}/history`)).body;
		expect(items.map(({ what, node_id, event }: Record<string, unknown>) => [what, node_id, event])).toEqual([
			['instance_started', null, null],
			['event_caught', 'late', { kind: 'timer', name: null }],
			['task_decided', null, null],
			['event_caught', 'payment', { kind: 'message', name: 'paid' }],
			['event_caught', 'closed', { kind: 'signal', name: 'closing' }],
		]);
	});

	test('a message that is sent again under its key gets the first answer and reaches nothing', async () => {
		const instance = await start('order', { business_key: 'B-2' });
		await agree(instance, 'check');
		const send = () =>
			server.send('POST', '/api/v1/messages', {
				body: { name: 'paid', business_key: 'B-2' },
				headers: { 'idempotency-key': 'payment-2' },
			});
		const first = await send();
		expect(first).toEqual({ status: 200, body: { delivered: [instance], started: [], refused: [] } });
		expect(await send()).toEqual(first);
	});
});

describe('work for workers', () => {
	beforeAll(async () => {
		const deployed = await deploy(
			'payout',
			definitions(`<process id="p" isExecutable="true">
<startEvent id="start"/><userTask id="ask" sendback:assignees="1001"/>
<serviceTask id="pay" sendback:topic="bank" sendback:effect="compensable" sendback:compensationTopic="bank-back"/>
<userTask id="look" sendback:assignees="1001"/><endEvent id="end"/>
${flowsOf('start->ask', 'ask->pay', 'pay->look', 'look->end')}</process>`),
		);
		expect(deployed.status, JSON.stringify(deployed.body)).toBe(200);
	});

	const fetchWork = async (topic: string) =>
		(await server.native('POST', 'jobs/fetch', { worker_id: 'w', topics: [topic], lock_ms: 60_000, limit: 5 })).body
			.items;

	test('is fetched once, done, undone by a rollback through its compensation, and the rollback taken back', async () => {
		const instance = await start('payout');
		await agree(instance, 'ask');
		const ask = (await server.native('GET', `instances/${instance}?tasks=all`)).body.tasks.find(
			(task: { node_id: string }) => task.node_id === 'ask',
		).id;
		const [job, ...others] = await fetchWork('bank');
		expect(others).toEqual([]);
		expect(job).toMatchObject({ instance_id: instance, node_id: 'pay', topic: 'bank', compensates: null });
		expect(await fetchWork('bank')).toEqual([]);
		const other = await server.native('POST', `jobs/${job.id}/complete`, { worker_id: 'x' });
		expect(other).toMatchObject({ status: 409, body: { code: 'job-not-locked' } });
		const failed = { worker_id: 'w', message: 'closed', retry_after_ms: 1000 };
		expect((await server.native('POST', `jobs/${job.id}/fail`, failed)).status).toBe(200);
		expect(await fetchWork('bank')).toEqual([]);
		await server.native('POST', 'test/clock/advance', { ms: 1000 });
		const [again] = await fetchWork('bank');
		expect(again).toMatchObject({ id: job.id, retries: job.retries - 1 });
		const done = await server.native('POST', `jobs/${job.id}/complete`, { worker_id: 'w', variables: { paid: true } });
		expect(done).toEqual({ status: 200, body: { id: job.id } });

		const look = await openTask(instance, 'look');
		const rollback = { user_id: '1001', to_task_id: ask, opinion: 'x' };
		const dryRun = await server.native('POST', `tasks/${look}/rollback`, { ...rollback, dry_run: true });
		expect(dryRun.body.compensations).toEqual([{ node_id: 'pay', topic: 'bank-back' }]);
		const real = await server.native('POST', `tasks/${look}/rollback`, rollback);
		expect(real.body.compensations).toEqual(dryRun.body.compensations);
		const undone = await server.native('POST', `rollbacks/${real.body.id}/undo`, { user_id: '1001', opinion: 'oops' });
		expect(undone.status, JSON.stringify(undone.body)).toBe(200);
		expect(await openTask(instance, 'look')).toBe(look);
		const { items } = (await server.native('GET', `instances/${instance}/history`)).body;
		expect(items.at(-1)).toMatchObject({ what: 'rollback_undone', rollback_id: real.body.id });
		expect(await fetchWork('bank-back')).toEqual([]);
	});
});

describe('direct return', () => {
	test('says what it kept', async () => {
		const xml = definitions(`<process id="p" isExecutable="true"><startEvent id="start"/>
<userTask id="a" sendback:assignees="1001"/><userTask id="b" sendback:assignees="1001"/>
<userTask id="c" sendback:assignees="1001"/><endEvent id="end"/>${flowsOf('start->a', 'a->b', 'b->c', 'c->end')}</process>`);
		expect((await deploy('three', xml)).status).toBe(200);
		const instance = await start('three');
		const a = await openTask(instance, 'a');
		await agree(instance, 'a');
		const b = await openTask(instance, 'b');
		await agree(instance, 'b');
		const c = await openTask(instance, 'c');
		const sent = await server.native('POST', `tasks/${c}/rollback`, {
			user_id: '1001',
			to_task_id: a,
			resume: 'direct',
		});
		expect(sent.status, JSON.stringify(sent.body)).toBe(200);
		const { resumed } = await agree(instance, 'a');
		expect(resumed).toEqual({
			kept: [{ from_task_id: b, to_task_id: expect.any(String), node_id: 'b' }],
			stopped: null,
		});
		await openTask(instance, 'c');
	});
});

describe('verification', () => {
	const stuck = definitions(`<process id="p" isExecutable="true"><startEvent id="start"/>
<exclusiveGateway id="x" default="x_j"/><userTask id="b" sendback:assignees="1001"/><parallelGateway id="j"/><endEvent id="end"/>
<sequenceFlow id="x_b" sourceRef="x" targetRef="b"><conditionExpression>= n = 1</conditionExpression></sequenceFlow>
${flowsOf('start->x', 'x->j', 'b->j', 'j->end')}</process>`);

	test('refuses a model that can hang where it is strict, and warns otherwise', async () => {
		const strict = await deploy('stuck', stuck, '?strict=true');
		expect(strict).toMatchObject({ status: 422, body: { code: 'model-unsound' } });
		expect((await server.native('GET', 'applications/demo__c/flows/stuck')).status).toBe(404);
		const taken = await deploy('stuck', stuck);
		expect(taken.status).toBe(200);
		expect(taken.body.warnings).toContainEqual(expect.objectContaining({ code: 'possible-deadlock', element_id: 'j' }));
		const { verification } = (await server.native('GET', 'applications/demo__c/flows/stuck')).body;
		expect(verification.complete).toBe(true);
		expect(verification.problems.map(({ code, element_id }: Record<string, unknown>) => [code, element_id])).toEqual([
			['possible-deadlock', 'j'],
			['possible-deadlock', 'j'],
			['dead-node', 'j'],
			['dead-node', 'end'],
		]);
		const [first] = verification.problems;
		expect(first.path).toContainEqual({ kind: 'choose', node_id: 'x', flow_ids: ['x_j'] });
	});

	test('finds nothing wrong with the demo', async () => {
		const { verification } = (await server.native('GET', 'applications/demo__c/flows/expense')).body;
		expect(verification).toEqual({ complete: true, problems: [] });
	});
});
