import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refuse } from '../../src/refusals.ts';
import type { OpenJob } from '../../src/services.ts';
import { START_TIME } from './support/fake-services.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

const INSTANCE = '1816970091484211';

let gateway: Gateway;
beforeAll(async () => {
	gateway = await openGateway();
});
afterAll(() => gateway.http.close());
beforeEach(() => {
	const { world } = gateway;
	world.refusal = null;
	world.resumed = null;
	world.delivery = { delivered: [INSTANCE], started: [] };
	world.jobs = [];
	for (const list of [world.messages, world.signals, world.fetched, world.reported, world.submitted]) list.length = 0;
});

async function post(path: string, payload: object, headers: Record<string, string> = {}) {
	const answer = await gateway.http.inject({
		method: 'POST',
		url: `/api/v1/${path}`,
		headers: { authorization: `Bearer ${gateway.token}`, ...headers },
		payload,
	});
	return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

describe('a message', () => {
	test('says whom it reached and what it started', async () => {
		gateway.world.delivery = { delivered: [INSTANCE], started: ['1816970091484212'] };
		const body = { name: 'paid', business_key: 'B-1', correlation_key: 'C-1', variables: { amount: 1 } };
		expect(await post('messages', body)).toEqual({
			status: 200,
			body: { delivered: [INSTANCE], started: ['1816970091484212'], refused: [] },
		});
		expect(gateway.world.messages).toEqual([
			{
				tenant: 'demo',
				name: 'paid',
				instance: null,
				businessKey: 'B-1',
				key: 'C-1',
				variables: { amount: 1 },
				idempotency: null,
			},
		]);
	});

	test('that reached nothing and started nothing is 404', async () => {
		gateway.world.delivery = { delivered: [], started: [] };
		expect(await post('messages', { name: 'paid' })).toMatchObject({
			status: 404,
			body: { code: 'message-not-awaited', details: { name: 'paid' } },
		});
	});

	test('to an instance: its id is passed on, and what is no id is no instance', async () => {
		await post('messages', { name: 'paid', instance_id: INSTANCE });
		expect(gateway.world.messages).toMatchObject([{ instance: INSTANCE }]);
		expect(await post('messages', { name: 'paid', instance_id: 'abc' })).toMatchObject({
			status: 404,
			body: { code: 'instance-unknown' },
		});
	});

	test.each([{ name: '' }, { name: 'x'.repeat(256) }, { name: 'x', business_key: '' }, { name: 'x', variables: [] }])(
		'%j is refused',
		async (body) => {
			expect(await post('messages', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
		},
	);

	test('and a signal are passed on with their Idempotency-Key', async () => {
		await post('messages', { name: 'paid' }, { 'idempotency-key': 'k' });
		await post('signals', { name: 'closed' }, { 'idempotency-key': 'k' });
		const [message] = gateway.world.messages;
		const [signal] = gateway.world.signals;
		expect(message?.idempotency?.key).toBe(`${gateway.app.id}:k`);
		expect(signal?.idempotency?.key).toBe(`${gateway.app.id}:k`);
		expect(signal?.idempotency?.fingerprint).not.toBe(message?.idempotency?.fingerprint);
	});
});

test('a signal without a listener is no error', async () => {
	gateway.world.delivery = { delivered: [], started: [] };
	expect(await post('signals', { name: 'closed', variables: { why: 'holiday' } })).toEqual({
		status: 200,
		body: { delivered: [], started: [], refused: [] },
	});
	expect(gateway.world.signals).toMatchObject([{ tenant: 'demo', name: 'closed', variables: { why: 'holiday' } }]);
});

test('a signal that some refuse says who, and why', async () => {
	const details = { node: 'fork' };
	gateway.world.delivery = {
		delivered: [INSTANCE],
		started: [],
		refused: [
			{ by: { instance: '1816970091484212' }, code: 'no-flow-selected', details },
			{ by: { namespace: 'demo__c', flowId: 'expense' }, code: 'user-unknown', details: {} },
		],
	};
	const none = { instance_id: null, namespace: null, flow_id: null };
	expect(await post('signals', { name: 'closed' })).toEqual({
		status: 200,
		body: {
			delivered: [INSTANCE],
			started: [],
			refused: [
				{ ...none, code: 'no-flow-selected', details, instance_id: '1816970091484212' },
				{ ...none, code: 'user-unknown', details: {}, namespace: 'demo__c', flow_id: 'expense' },
			],
		},
	});
});

describe('a worker', () => {
	test('takes work by topic', async () => {
		gateway.world.jobs = [
			{
				id: '1234',
				instance: INSTANCE,
				node: 'pay',
				topic: 'bank',
				compensates: null,
				variables: { amount: 1 },
				retries: 3,
				lockedUntil: START_TIME + 5000,
			},
		];
		const body = { worker_id: 'w', topics: ['bank', 'bank', 'mail'], lock_ms: 5000, limit: 2 };
		expect((await post('jobs/fetch', body)).body).toEqual({
			items: [
				{
					id: '1234',
					instance_id: INSTANCE,
					node_id: 'pay',
					topic: 'bank',
					variables: { amount: 1 },
					retries: 3,
					locked_until: '2030-01-15T08:30:05.000Z',
					compensates: null,
				},
			],
		});
		expect(gateway.world.fetched).toEqual([
			{ tenant: 'demo', worker: 'w', topics: ['bank', 'mail'], lockMs: 5000, limit: 2 },
		]);
	});

	test('sees the work at rest, page by page', async () => {
		const job = (id: string, lock: OpenJob['lock']): OpenJob => {
			const [node, topic, failure] = ['pay', 'bank', 'the bank is closed'];
			return { id, instance: INSTANCE, node, topic, compensates: 7, retries: 0, failure, createdAt: START_TIME, lock };
		};
		gateway.world.openJobs = [job('1816970091484213', null), job('1816970091484214', null)];
		const get = async (path: string) => {
			const headers = { authorization: `Bearer ${gateway.token}` };
			return JSON.parse((await gateway.http.inject({ url: `/api/v1/${path}`, headers })).body);
		};
		const view = {
			id: '1816970091484213',
			instance_id: INSTANCE,
			node_id: 'pay',
			topic: 'bank',
			retries: 0,
			compensates: 7,
			failure: 'the bank is closed',
			created_at: '2030-01-15T08:30:00.000Z',
			lock: null,
		};
		expect(await get('jobs/at-rest?limit=1')).toEqual({ items: [view], next_cursor: '1816970091484213' });
		gateway.world.openJobs = [job('1816970091484213', { worker: 'w', until: START_TIME })];
		const lock = { worker_id: 'w', until: '2030-01-15T08:30:00.000Z' };
		expect(await get('jobs/at-rest?cursor=1816970091484212')).toEqual({
			items: [{ ...view, lock }],
			next_cursor: null,
		});
	});

	test.each([
		{ topics: [] },
		{ topics: [''] },
		{ lock_ms: 0 },
		{ lock_ms: 86_400_001 },
		{ limit: 0 },
		{ limit: 101 },
		{ limit: 1.5 },
		{ worker_id: '' },
	])('with %j is refused', async (part) => {
		const answer = await post('jobs/fetch', { worker_id: 'w', topics: ['bank'], ...part });
		expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
	});

	test.each([
		['complete', { worker_id: 'w', variables: { paid: true } }, 'complete', { worker: 'w', variables: { paid: true } }],
		['complete', { worker_id: 'w' }, 'complete', { worker: 'w', variables: {} }],
		['fail', { worker_id: 'w', message: 'm' }, 'fail', { worker: 'w', message: 'm', retries: null, retryAfterMs: 0 }],
		[
			'fail',
			{ worker_id: 'w', message: 'm', retries: 0, retry_after_ms: 7 },
			'fail',
			{ worker: 'w', message: 'm', retries: 0, retryAfterMs: 7 },
		],
		['error', { worker_id: 'w', code: 'c' }, 'throwError', { worker: 'w', code: 'c', variables: {} }],
		['retries', { retries: 3 }, 'setRetries', { retries: 3 }],
	])('reports %s %j', async (path, body, what, report) => {
		expect(await post(`jobs/1234/${path}`, body)).toEqual({ status: 200, body: { id: '1234' } });
		expect(gateway.world.reported).toEqual([{ what, report: { tenant: 'demo', job: '1234', ...report } }]);
	});

	test('whose lock ran out is told so, and work that does not exist is 404', async () => {
		gateway.world.refusal = refuse('job-not-locked');
		expect(await post('jobs/1234/complete', { worker_id: 'w' })).toMatchObject({
			status: 409,
			body: { code: 'job-not-locked' },
		});
		expect(await post('jobs/abc/complete', { worker_id: 'w' })).toMatchObject({
			status: 404,
			body: { code: 'job-unknown' },
		});
	});

	test('is an administrator too, but nobody else', async () => {
		const fetchWith = async (scope: string) => {
			const authorization = `Bearer ${await gateway.tokenOf([scope])}`;
			return (await post('jobs/fetch', { worker_id: 'w', topics: ['x'] }, { authorization })).status;
		};
		expect(await fetchWith('sendback:admin')).toBe(200);
		expect(await fetchWith('app_engine:approval:write')).toBe(403);
		const authorization = `Bearer ${await gateway.tokenOf(['sendback:worker'])}`;
		expect((await post('messages', { name: 'paid' }, { authorization })).status).toBe(403);
	});
});

describe('going back and forth', () => {
	test('a rollback is submitted with its resume, replay without one', async () => {
		const body = { user_id: '1', to_task_id: '2' };
		await post('tasks/1/rollback', body);
		await post('tasks/1/rollback', { ...body, resume: 'direct' });
		expect(gateway.world.submitted.map(({ command }) => command)).toMatchObject([
			{ type: 'roll-back', resume: 'replay' },
			{ type: 'roll-back', resume: 'direct' },
		]);
		expect((await post('tasks/1/rollback', { ...body, resume: 'x' })).body.code).toBe('invalid-request');
	});

	test('the wire always replays', async () => {
		await gateway.http.inject({
			method: 'POST',
			url: '/open-apis/apaas/v1/user_tasks/1/rollback',
			headers: { authorization: `Bearer ${gateway.token}` },
			payload: { operator_user_id: '1', to_task_id: '2', opinion: 'x' },
		});
		expect(gateway.world.submitted).toMatchObject([{ command: { type: 'roll-back', resume: 'replay' } }]);
	});

	test('a rollback that stands in the way of nothing is taken back by its id', async () => {
		const answer = await post('rollbacks/1234/undo', { user_id: '1', opinion: 'oops' });
		expect(answer).toMatchObject({ status: 200, body: { instance_id: INSTANCE } });
		expect(gateway.world.submitted).toEqual([
			{
				tenant: 'demo',
				target: { rollback: '1234' },
				command: { type: 'undo-rollback', user: '1', opinion: 'oops' },
				idempotency: null,
			},
		]);
		expect(await post('rollbacks/abc/undo', { user_id: '1' })).toMatchObject({
			status: 404,
			body: { code: 'rollback-unknown' },
		});
	});

	test('a decision that a direct return followed from says how far it got', async () => {
		const decide = async () => (await post('tasks/1/complete', { user_id: '1', decision: 'agree' })).body;
		expect(await decide()).not.toHaveProperty('resumed');
		gateway.world.resumed = { kept: [{ from: '5', to: '6', node: 'legal' }], stopped: null };
		expect((await decide()).resumed).toEqual({
			kept: [{ from_task_id: '5', to_task_id: '6', node_id: 'legal' }],
			stopped: null,
		});
		gateway.world.resumed = { kept: [], stopped: { node: 'amount', reason: 'changed-choice' } };
		expect((await decide()).resumed).toEqual({
			kept: [],
			stopped: { node_id: 'amount', reason: 'changed-choice' },
		});
	});

	test('a barrier in the way is a conflict, and its details name the nodes', async () => {
		gateway.world.refusal = refuse('rollback-barrier', { nodes: 'pay' });
		expect(await post('tasks/1/rollback', { user_id: '1', to_task_id: '2' })).toMatchObject({
			status: 409,
			body: { code: 'rollback-barrier', details: { nodes: 'pay' } },
		});
	});
});

describe('deployment', () => {
	const deploy = async (query: string) => {
		const answer = await gateway.http.inject({
			method: 'PUT',
			url: `/api/v1/applications/demo__c/flows/expense${query}`,
			headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/xml' },
			payload: '<definitions/>',
		});
		return { status: answer.statusCode, body: JSON.parse(answer.body) };
	};
	const finding = {
		code: 'possible-deadlock',
		elementId: 'join',
		line: 7,
		message: 'Tokens can wait.',
		path: [
			{ kind: 'complete', node: 'a' },
			{ kind: 'choose', node: 'x', flows: ['f'] },
		],
	};
	const shown = {
		code: 'possible-deadlock',
		element_id: 'join',
		line: 7,
		message: 'Tokens can wait.',
		path: [
			{ kind: 'complete', node_id: 'a' },
			{ kind: 'choose', node_id: 'x', flow_ids: ['f'] },
		],
	};

	test('is strict where it is asked to be', async () => {
		gateway.world.deployed.length = 0;
		for (const query of ['', '?strict=false', '?strict=true']) expect((await deploy(query)).status).toBe(200);
		expect(gateway.world.deployed.map(({ strict }) => strict)).toEqual([false, false, true]);
		expect((await deploy('?strict=yes')).body.code).toBe('invalid-request');
	});

	test('tells what the verifier found, as warnings or as what refused the model', async () => {
		gateway.world.deployment = { ok: true, version: 2, warnings: [finding] };
		expect((await deploy('')).body.warnings).toEqual([shown]);
		gateway.world.deployment = { ok: false, by: 'verifier', errors: [finding] };
		expect(await deploy('?strict=true')).toMatchObject({
			status: 422,
			body: { code: 'model-unsound', errors: [shown] },
		});
		gateway.world.deployment = { ok: false, by: 'reader', errors: [finding] };
		expect(await deploy('')).toMatchObject({ status: 422, body: { code: 'model-invalid' } });
	});
});
