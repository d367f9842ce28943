import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn } from './bpmn.ts';
import { instance, startInstance } from './instance.ts';
import { type Answer, type Json, type Server, startServer } from './server.ts';

let server: Server;

beforeAll(async () => {
	server = await startServer();
	const modes = { all: 'all', first: 'first', orderly: 'orderly' };
	for (const [id, mode] of Object.entries(modes)) {
		const attributes = `sendback:assignees="1002,1003,1004" sendback:decisionMode="${mode}"`;
		const xml = bpmn({
			id,
			tasks: [{ id: 'vote', attributes }, 'next'],
			flows: [
				['start', 'vote'],
				['vote', 'next'],
				['next', 'end'],
			],
		});
		expect((await server.deploy(id, xml)).status).toBe(200);
	}
});

afterAll(() => server?.close());

interface Vote {
	readonly instance: string;
	readonly task: string;
	/** A Feishu call on the task; answers `ok` or the code of the refusal. */
	act(call: string, body: Json): Promise<string>;
	/** `user:status` of each part in the task. */
	parts(): Promise<string[]>;
	status(): Promise<string>;
}

async function vote(flowId: string): Promise<Vote> {
	const started = await startInstance(server, flowId);
	const { vote: task = '' } = await started.open();
	const current = async () => (await started.view()).tasks.find((entry: Json) => entry.id === task);
	return {
		instance: started.id,
		task,
		act: async (call, body) => {
			const kind = /agree|reject|transfer|add_assignee/.test(call) ? 'approval_tasks' : 'user_tasks';
			return outcome(await server.feishu(`/apaas/v1/${kind}/${task}/${call}`, body));
		},
		parts: async () => (await current()).assignments.map((entry: Json) => `${entry.user_id}:${entry.status}`),
		status: async () => (await current()).status,
	};
}

function outcome(answer: Answer): string {
	if (answer.json.code === 0) return 'ok';
	return answer.json.error.details?.find((entry: Json) => entry.key === 'code')?.value ?? String(answer.json.code);
}

async function list(body: Json): Promise<{ readonly count: string; readonly ids: string[] }> {
	const answer = await server.feishu('/apaas/v1/user_task/query', body);
	expect(answer.json.code, answer.text).toBe(0);
	return { count: answer.json.data.count, ids: answer.json.data.tasks.map((entry: Json) => entry.task_id) };
}

describe('decision modes', () => {
	test('all: everybody, each once, and one rejection ends it', async () => {
		const one = await vote('all');
		expect(await one.act('agree', { user_id: '1003' })).toBe('ok');
		expect(await one.act('agree', { user_id: '1003' })).toBe('not-an-assignee');
		expect(await one.act('agree', { user_id: '1002' })).toBe('ok');
		expect(await one.status()).toBe('in_process');
		expect(await one.act('agree', { user_id: '1004' })).toBe('ok');
		expect(await one.status()).toBe('agreed');
		const other = await vote('all');
		expect(await other.act('agree', { user_id: '1002' })).toBe('ok');
		expect(await other.act('reject', { user_id: '1003' })).toBe('ok');
		expect(await other.parts()).toEqual(['1002:agreed', '1003:rejected', '1004:closed']);
		expect((await server.native(`/instances/${other.instance}`)).json.status).toBe('rejected');
		expect(await other.act('agree', { user_id: '1004' })).toBe('instance-not-open');
	});

	test('first: one is enough, the others are too late', async () => {
		const one = await vote('first');
		expect(await one.act('agree', { user_id: '1003' })).toBe('ok');
		expect(await one.parts()).toEqual(['1002:closed', '1003:agreed', '1004:closed']);
		expect(await one.act('agree', { user_id: '1002' })).toBe('task-not-open');
	});

	test('orderly: one after the other', async () => {
		const one = await vote('orderly');
		expect(await one.act('agree', { user_id: '1003' })).toBe('not-your-turn');
		expect((await list({ kunlun_user_id: '1003', type: 'pending' })).ids).not.toContain(one.task);
		for (const user of ['1002', '1003', '1004']) {
			expect((await list({ kunlun_user_id: user, type: 'pending' })).ids).toContain(one.task);
			expect(await one.act('agree', { user_id: user })).toBe('ok');
		}
		expect(await one.status()).toBe('agreed');
	});

	test('votes of before a rollback count no more', async () => {
		const one = await vote('all');
		const started = instance(server, one.instance);
		await one.act('agree', { user_id: '1002' });
		const start = (await started.view()).tasks.find((entry: Json) => entry.is_start).id;
		const back = { operator_user_id: '1003', to_task_id: start, opinion: 'again' };
		expect(await one.act('rollback', { ...back, operator_user_id: '1002' })).toBe('not-an-assignee');
		expect(await one.act('rollback', back)).toBe('ok');
		expect(await one.status()).toBe('rollback');
		await started.agree('start');
		const { vote: fresh } = await started.open();
		expect(fresh).not.toBe(one.task);
		const view = await started.view();
		const parts = view.tasks.find((entry: Json) => entry.id === fresh).assignments;
		expect(parts.map((entry: Json) => `${entry.user_id}:${entry.status}`)).toEqual([
			'1002:pending',
			'1003:pending',
			'1004:pending',
		]);
	});
});

describe('handing over and adding', () => {
	test('transfer moves the part, and only to whoever has none yet', async () => {
		const one = await vote('all');
		expect(await one.act('transfer', { user_id: '1002', to_user_ids: ['1003'] })).toBe('already-an-assignee');
		expect(await one.act('transfer', { user_id: '1002', to_user_ids: [] })).toBe('nobody-given');
		expect(await one.act('transfer', { user_id: '1002', to_user_ids: ['ghost'] })).toBe('user-unknown');
		expect(await one.act('transfer', { user_id: '1008', to_user_ids: ['1005'] })).toBe('not-an-assignee');
		expect(await one.act('transfer', { user_id: '1002', from_user_ids: ['1003'], to_user_ids: ['1005'] })).toBe(
			'not-permitted',
		);
		expect(await one.act('transfer', { user_id: '1002', to_user_ids: ['1005', '1006'] })).toBe('ok');
		expect((await one.parts()).sort()).toEqual([
			'1002:transferred',
			'1003:pending',
			'1004:pending',
			'1005:pending',
			'1006:pending',
		]);
		expect(await one.act('agree', { user_id: '1002' })).toBe('not-an-assignee');
		for (const user of ['1003', '1004', '1005', '1006']) expect(await one.act('agree', { user_id: user })).toBe('ok');
		expect(await one.status()).toBe('agreed');
	});

	test('beside and after, and nobody twice', async () => {
		const one = await vote('orderly');
		const add = (approvers: string[], more: Json = {}) =>
			one.act('add_assignee', { user_id: '1002', approvers, ...more });
		expect(await add(['1003'])).toBe('already-an-assignee');
		expect(await add([])).toBe('nobody-given');
		expect(await add(['1005'], { add_assignee_type: 'beforeAddAssign' })).toBe('99992402');
		expect(await add(['1005'], { add_assignee_type: 'afterAndAddAssign' })).toBe('ok');
		expect(await add(['1006'], { add_assignee_type: 'currentAndAddAssign' })).toBe('ok');
		expect(await one.parts()).toEqual(['1002:pending', '1006:pending', '1005:waiting', '1003:waiting', '1004:waiting']);
		for (const user of ['1002', '1006', '1005', '1003', '1004'])
			expect(await one.act('agree', { user_id: user })).toBe('ok');
		expect(await one.status()).toBe('agreed');
	});
});

describe('cc, urging, chat groups, cancelling', () => {
	test('each is for those who have to do with the task', async () => {
		const one = await vote('all');
		expect(await one.act('cc', { operator_user_id: '1008', cc_user_ids: ['1009'] })).toBe('not-permitted');
		expect(await one.act('cc', { operator_user_id: '1002', cc_user_ids: ['1009', '1009'] })).toBe('ok');
		expect(await list({ kunlun_user_id: '1009', source: 'CCMe' })).toEqual({ count: '1', ids: [one.task] });
		expect(await one.act('agree', { user_id: '1009' })).toBe('not-an-assignee');
		expect(await one.act('expediting', { operator_user_id: '1001', expediting_user_ids: ['1009'] })).toBe(
			'not-an-assignee',
		);
		expect(
			await one.act('expediting', { operator_user_id: '1001', expediting_user_ids: ['1002'], opinion: '快' }),
		).toBe('ok');
		const path = `/apaas/v1/user_tasks/${one.task}/chat_group`;
		const made = await server.feishu(path, { operator_user_id: '1001', invite_user_ids: ['1002'], chat_id: '' });
		expect(made.json.data.chat_id).toMatch(/^oc_[0-9a-f]{32}$/);
		expect((await server.feishu(path, { operator_user_id: '1001', chat_id: 'oc_mine' })).json.data).toEqual({
			chat_id: 'oc_mine',
		});
		const cancel = (user_id: string) =>
			server.feishu(`/apaas/v1/approval_instances/${one.instance}/cancel`, { user_id, opinion: 'x' });
		expect(outcome(await cancel('1002'))).toBe('not-permitted');
		expect(outcome(await cancel('1001'))).toBe('ok');
		expect(outcome(await cancel('1001'))).toBe('instance-not-open');
		expect(await one.parts()).toEqual(['1002:closed', '1003:closed', '1004:closed']);
		expect((await server.native(`/instances/${one.instance}`)).json).toMatchObject({
			status: 'canceled',
			tasks: [],
			marking: [],
		});
		const history = await instance(server, one.instance).history();
		expect(history.map((entry) => `${entry.what} ${entry.user_id} ${entry.user_ids}`)).toEqual([
			'instance_started 1001 ',
			'task_copied 1002 1009',
			'task_urged 1001 1002',
			'chat_group_linked 1001 1002',
			'chat_group_linked 1001 ',
			'instance_ended 1001 ',
		]);
	});
});

describe('query', () => {
	test('pages without gaps or repeats, newest first, and counts them all', async () => {
		await server.deploy(
			'paged',
			bpmn({
				id: 'paged',
				tasks: [{ id: 'only', attributes: 'sendback:assignees="1007"' }],
				flows: [
					['start', 'only'],
					['only', 'end'],
				],
			}),
		);
		const from_ms = Date.now();
		const ids: string[] = [];
		for (let index = 0; index < 7; index++)
			ids.unshift((await (await startInstance(server, 'paged')).open()).only ?? '');
		const base = { kunlun_user_id: '1007', type: 'pending', source: 'assignMe', api_ids: ['paged'] };
		expect(await list(base)).toEqual({ count: '7', ids });
		const pages = [];
		for (const offset of ['0', '3', '6', '9']) pages.push(await list({ ...base, limit: '3', offset }));
		expect(pages.flatMap((page) => page.ids)).toEqual(ids);
		expect(pages.map((page) => page.count)).toEqual(['7', '7', '7', '7']);
		expect((await list({ ...base, api_ids: ['all'] })).count).toBe('0');
		expect((await list({ ...base, type: 'archived' })).count).toBe('0');
		expect((await list({ kunlun_user_id: '1001', source: 'fromMe', type: 'pending', api_ids: ['paged'] })).count).toBe(
			'7',
		);
		expect((await list({ kunlun_user_id: '1007', source: 'fromMe', api_ids: ['paged'] })).count).toBe('0');
		expect((await list({ ...base, end_time: String(from_ms - 1) })).count).toBe('0');
		expect((await list({ ...base, start_time: String(from_ms), end_time: String(Date.now()) })).count).toBe('7');
		const [third = ''] = ids.slice(4);
		const opened = (await server.feishu('/apaas/v1/user_task/query', base)).json.data.tasks.find(
			(entry: Json) => entry.task_id === third,
		).task_start_time;
		expect((await list({ ...base, start_time: opened, end_time: opened })).ids).toContain(third);
		expect(outcome(await server.feishu(`/apaas/v1/approval_tasks/${third}/agree`, { user_id: '1007' }))).toBe('ok');
		expect((await list(base)).ids).toEqual(ids.filter((id) => id !== third));
		expect(await list({ ...base, type: 'archived' })).toEqual({ count: '1', ids: [third] });
	});
});

describe('execute', () => {
	const execute = (body: Json) => server.feishu('/apaas/v1/applications/demo__c/flows/all/execute', body);

	test('takes every documented shape of operator and parameters', async () => {
		const shapes: readonly [Json, Json][] = [
			[{ operator: '{"_id": 1001}', params: '{"a": 1}' }, { a: 1 }],
			[{ operator: '{"_id": "1001"}', params: '[{"api_name":"a","value":[1,{"b":null}]}]' }, { a: [1, { b: null }] }],
			[{ operator: '{"email": "employee@demo.example"}', params: '' }, {}],
			[{ operator: { _id: 1001 }, params: { a: '退' }, is_async: true, loop_masks: ['x'] }, { a: '退' }],
		];
		for (const [body, variables] of shapes) {
			const answer = await execute(body);
			expect(answer.json.code, answer.text).toBe(0);
			const { data } = answer.json;
			expect(data).toMatchObject({ status: 'end', code: '', error_msg: '' });
			expect(JSON.parse(data.out_params)).toEqual([{ api_name: '_flowExecutionID', value: Number(data.execution_id) }]);
			expect((await server.native(`/instances/${data.execution_id}`)).json).toMatchObject({
				initiator_id: '1001',
				variables,
			});
		}
	});

	test('refuses the same idempotent_key a second time, with whatever body, also at the same instant', async () => {
		const body = { operator: '{"_id":1001}', idempotent_key: 'order-1' };
		const answers = await Promise.all(Array.from({ length: 10 }, () => execute(body)));
		expect(answers.map(outcome).sort()).toEqual([...Array(9).fill('idempotency-key-repeated'), 'ok']);
		const other = await execute({ ...body, params: '{"a":1}' });
		expect(outcome(other)).toBe('idempotency-key-repeated');
		expect(other.json.error.details).toContainEqual({ key: 'key', value: 'order-1' });
	});
});

describe('twenty at the same instant', () => {
	const twenty = Array.from({ length: 20 });

	test('rolling one task back: one wins, the others hear that it is gone', async () => {
		for (let round = 0; round < 5; round++) {
			const started = await startInstance(server, 'first');
			const before = await started.view();
			const start = before.tasks.find((entry: Json) => entry.is_start).id;
			const { vote: task = '' } = await started.open();
			const answers = await Promise.all(
				twenty.map((_, index) => started.rollback(task, start, { user_id: ['1002', '1003', '1004'][index % 3] })),
			);
			expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
			for (const answer of answers)
				if (answer.status !== 200) expect([answer.status, answer.json.code]).toEqual([409, 'task-not-open']);
			expect((await started.history()).map((entry) => entry.what)).toEqual(['instance_started', 'rolled_back']);
			expect(Object.keys(await started.open())).toEqual(['start']);
		}
	});

	test('agreeing, rejecting, transferring and rolling back one task: one outcome', async () => {
		for (let round = 0; round < 5; round++) {
			const one = await vote('first');
			const started = instance(server, one.instance);
			const start = (await started.view()).tasks.find((entry: Json) => entry.is_start).id;
			const outcomes = await Promise.all(
				twenty.map((_, index) => {
					const user = ['1002', '1003', '1004'][index % 3];
					if (index % 4 === 0) return one.act('agree', { user_id: user });
					if (index % 4 === 1) return one.act('reject', { user_id: user });
					if (index % 4 === 2) return one.act('rollback', { operator_user_id: user, to_task_id: start, opinion: 'x' });
					return one.act('agree', { user_id: '1002' });
				}),
			);
			expect(outcomes.filter((entry) => entry === 'ok')).toHaveLength(1);
			for (const entry of outcomes) expect(['ok', 'task-not-open', 'instance-not-open']).toContain(entry);
			expect(await started.history()).toHaveLength(2);
		}
	});

	test('the same Idempotency-Key: one effect and one answer', async () => {
		const one = await vote('first');
		const answers = await Promise.all(
			twenty.map(() =>
				server.native(
					`/tasks/${one.task}/complete`,
					{ user_id: '1002', decision: 'agree' },
					{ 'idempotency-key': `once ${one.task}`.replace(' ', '-') },
				),
			),
		);
		expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
		expect(answers.filter((answer) => !answer.json.repeated)).toHaveLength(1);
		expect(new Set(answers.map((answer) => answer.json.opened[0].id)).size).toBe(1);
		expect(await instance(server, one.instance).history()).toHaveLength(2);
	});
});
