import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_MODEL_FILE } from '../../src/demo/demo-data.ts';
import { findRollbackExample } from '../../src/demo/rollback-example.ts';
import { seedDemo } from '../../src/demo/seed-demo.ts';
import { issueToken } from '../../src/http/tokens/access-token.ts';
import { openRealServer, type RealServer } from './support/real-server.ts';

let server: RealServer;
beforeAll(async () => {
	server = await openRealServer();
});
afterAll(() => server.close());

const START = { namespace: 'demo__c', flow_id: 'expense', initiator_id: '1001' };

async function startExpense(amount = 8000): Promise<string> {
	const started = await server.native('POST', 'instances', { ...START, variables: { amount } });
	expect(started.status, JSON.stringify(started.body)).toBe(201);
	return started.body.id;
}

async function instanceOf(id: string, tasks: 'open' | 'all' = 'open') {
	return (await server.native('GET', `instances/${id}?tasks=${tasks}`)).body;
}

async function openTask(instance: string, node: string): Promise<string> {
	const { tasks } = await instanceOf(instance);
	const task = tasks.find((candidate: { node_id: string }) => candidate.node_id === node);
	expect(task, `an open task at ${node}`).toBeDefined();
	return task.id;
}

async function agree(instance: string, node: string, user: string): Promise<string> {
	const task = await openTask(instance, node);
	const answer = await server.feishu(`approval_tasks/${task}/agree`, { user_id: user, opinion: '同意' });
	expect(answer, node).toEqual({ status: 200, body: { code: 0, msg: 'success', data: {} } });
	return task;
}

/** Manager and finance have agreed; legal is open. */
async function atLegal() {
	const instance = await startExpense();
	const manager = await agree(instance, 'manager', '1002');
	const finance = await agree(instance, 'finance', '1004');
	return { instance, manager, finance, legal: await openTask(instance, 'legal') };
}

describe('an expense, sent back', () => {
	test('through both APIs: start, agree, points, dry run, rollback, and on to the end', async () => {
		const { instance, manager, finance, legal } = await atLegal();

		const before = await instanceOf(instance);
		expect(before).toMatchObject({
			id: instance,
			flow_id: 'expense',
			version: 1,
			status: 'in_process',
			initiator_id: '1001',
			variables: { amount: 8000 },
			ended_at: null,
		});
		expect(before.marking).toEqual([
			{ element_id: 'legal', scope_id: '0', count: 1 },
			{ element_id: 'join', flow_id: 'finance_to_join', scope_id: '0', count: 1 },
		]);

		const points = await server.native('GET', `tasks/${legal}/rollback-points?user_id=1006`);
		expect(points.body).toEqual({
			items: [
				expect.objectContaining({ id: manager, node_id: 'manager', is_start: false, completed_by: '1002' }),
				expect.objectContaining({ node_id: 'submit', is_start: true, completed_by: '1001' }),
			],
			next_cursor: null,
			truncated: false,
		});
		const wirePoints = await server.feishu(`user_tasks/${legal}/rollback_points`, { operator_user_id: '1006' });
		expect(wirePoints.body.data.tasks).toMatchObject([
			{ id: manager, activity_label: [{ language_code: '2052' }, { language_code: '1033' }], is_start: false },
			{ is_start: true },
		]);

		const dryRun = await server.native('POST', `tasks/${legal}/rollback`, {
			user_id: '1006',
			to_task_id: manager,
			opinion: '退回原因',
			dry_run: true,
		});
		expect(dryRun.body).toMatchObject({
			id: null,
			reopened: [{ id: null, node_id: 'manager', user_ids: ['1002'] }],
			closed: [{ id: legal, node_id: 'legal' }],
			barriers: [],
		});
		expect(dryRun.body.undone.map((task: { id: string }) => task.id).sort()).toEqual([manager, finance].sort());
		expect(await instanceOf(instance)).toEqual(before);

		const rollback = { operator_user_id: 1006, to_task_id: manager, opinion: '退回原因' };
		expect(await server.feishu(`user_tasks/${legal}/rollback`, rollback)).toEqual({
			status: 200,
			body: { code: 0, msg: 'success', data: {} },
		});
		const stale = await server.feishu(`user_tasks/${legal}/rollback`, rollback);
		expect(stale).toMatchObject({ status: 400, body: { code: 2320001, msg: 'param is invalid' } });
		expect(stale.body.error.details).toContainEqual({ key: 'code', value: 'task-not-open' });

		const after = await instanceOf(instance, 'all');
		expect(after.marking).toEqual([{ element_id: 'manager', scope_id: '0', count: 1 }]);
		const statusOf = (id: string) => after.tasks.find((task: { id: string }) => task.id === id)?.status;
		expect(statusOf(legal)).toBe('rollback');
		const again = await openTask(instance, 'manager');
		expect(again).not.toBe(manager);

		const { body: history } = await server.native('GET', `instances/${instance}/history`);
		expect(history.items.map((entry: { what: string }) => entry.what)).toEqual([
			'instance_started',
			'task_decided',
			'task_decided',
			'rolled_back',
		]);
		const [, , , rolledBack] = history.items;
		expect(rolledBack).toMatchObject({
			position: 4,
			at: '2030-01-15T08:30:00.000Z',
			user_id: '1006',
			opinion: '退回原因',
			task_id: legal,
			to_task_id: manager,
			undone_by: null,
		});
		expect(history.items.map((entry: { undone_by: string | null }) => entry.undone_by)).toEqual([
			null,
			rolledBack.rollback_id,
			rolledBack.rollback_id,
			null,
		]);

		await agree(instance, 'manager', '1002');
		await agree(instance, 'legal', '1006');
		await agree(instance, 'finance', '1005');
		await agree(instance, 'director', '1009');
		const ended = await instanceOf(instance);
		expect(ended).toMatchObject({ marking: [], tasks: [], ended_at: '2030-01-15T08:30:00.000Z' });
		expect(['agreed', 'completed']).toContain(ended.status);
		const late = await server.native('POST', `instances/${instance}/cancel`, { user_id: '1001', opinion: 'x' });
		expect(late).toMatchObject({ status: 409, body: { code: 'instance-not-open' } });
	});

	test('natively, with the answer that the dry run promised', async () => {
		const { instance, manager, legal } = await atLegal();
		const body = { user_id: '1006', to_task_id: manager, opinion: 'x', resume: 'replay' };
		const dryRun = await server.native('POST', `tasks/${legal}/rollback`, { ...body, dry_run: true });
		const real = await server.native('POST', `tasks/${legal}/rollback`, body);
		expect(real.status).toBe(200);
		expect(real.body).toMatchObject({ id: expect.stringMatching(/^[0-9]{16}$/), instance_id: instance });
		for (const list of ['closed', 'undone', 'kept']) expect(real.body[list]).toEqual(dryRun.body[list]);
		expect(real.body.reopened).toEqual([{ ...dryRun.body.reopened[0], id: await openTask(instance, 'manager') }]);
	});

	test('of two at once exactly one wins', async () => {
		const { manager, legal } = await atLegal();
		const rollback = () =>
			server.native('POST', `tasks/${legal}/rollback`, { user_id: '1006', to_task_id: manager, opinion: 'x' });
		const answers = await Promise.all([rollback(), rollback()]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
	});

	test('is refused to somebody else, to another instance, and to concurrent work', async () => {
		const { manager, finance, legal } = await atLegal();
		const other = await atLegal();
		const attempt = async (user_id: string, to_task_id: string) =>
			(await server.native('POST', `tasks/${legal}/rollback`, { user_id, to_task_id, opinion: 'x' })).body.code;
		expect(await attempt('1002', manager)).toBe('not-an-assignee');
		expect(await attempt('1006', other.manager)).toBe('rollback-point-unknown');
		expect(await attempt('1006', finance)).toBe('rollback-point-not-in-past');
		expect(await attempt('1006', '1')).toBe('rollback-point-unknown');
	});
});

describe('Feishu calls on a real task', () => {
	test('execute, query, cc, urge, chat group, add assignee, transfer, reject', async () => {
		const started = await server.feishu('applications/demo__c/flows/expense/execute', {
			operator: '{"email": "employee@demo.example"}',
			params: '[{"api_name": "amount", "value": 10}]',
			idempotent_key: 'story',
		});
		const instance = started.body.data.execution_id;
		expect(JSON.parse(started.body.data.out_params)).toEqual([
			{ api_name: '_flowExecutionID', value: Number(instance) },
		]);
		const repeat = await server.feishu('applications/demo__c/flows/expense/execute', {
			operator: '{"email": "employee@demo.example"}',
			params: '[{"api_name": "amount", "value": 10}]',
			idempotent_key: 'story',
		});
		expect(repeat.body).toMatchObject({ code: 2320001 });
		expect(repeat.body.error.details).toContainEqual({ key: 'code', value: 'idempotency-key-repeated' });

		const task = await openTask(instance, 'manager');
		const ok = { status: 200, body: expect.objectContaining({ code: 0 }) };
		const taskCall = (verb: string, body: object) => server.feishu(`user_tasks/${task}/${verb}`, body);
		const approvalCall = (verb: string, body: object) => server.feishu(`approval_tasks/${task}/${verb}`, body);
		expect(await taskCall('cc', { operator_user_id: '1002', cc_user_ids: ['1007', 1008] })).toEqual(ok);
		expect(
			await taskCall('expediting', { operator_user_id: '1001', expediting_user_ids: ['1002'], opinion: '请尽快' }),
		).toEqual(ok);
		const chat = await taskCall('chat_group', {
			operator_user_id: '1002',
			invite_user_ids: ['1001'],
			chat_name: '报销',
		});
		expect(chat.body.data.chat_id).toMatch(/^oc_[0-9a-f]{32}$/);

		const copied = await server.feishu('user_task/query', { kunlun_user_id: '1007', source: 'CCMe' });
		expect(copied.body.data.tasks.map((found: { task_id: string }) => found.task_id)).toContain(task);

		expect(await approvalCall('add_assignee', { user_id: '1002', approvers: ['1003'] })).toEqual(ok);
		expect(await approvalCall('transfer', { user_id: '1003', to_user_ids: ['1010'] })).toEqual(ok);
		const inbox = await server.feishu('user_task/query', {
			kunlun_user_id: '1010',
			type: 'pending',
			source: 'assignMe',
			api_ids: ['expense'],
		});
		expect(inbox.body.data).toMatchObject({
			count: '1',
			tasks: [
				{
					task_id: task,
					workflow_instance: { id: instance, status: 'in_process' },
					initiator: { user_id: '1001', name: '员工 Employee' },
					summarys: [{ file_key: { language_code: '2052', text: 'amount' }, file_value: [{ text: '10' }, {}] }],
				},
			],
		});
		expect(await approvalCall('reject', { user_id: '1002', opinion: '不同意' })).toEqual(ok);
		expect((await instanceOf(instance)).status).toBe('rejected');
	});

	test('cancel by the initiator ends the instance', async () => {
		const instance = await startExpense();
		const answer = await server.feishu(`approval_instances/${instance}/cancel`, { user_id: '1001', opinion: '撤销' });
		expect(answer.body.code).toBe(0);
		expect((await instanceOf(instance)).status).toBe('canceled');
	});

	test('an unknown task, instance, flow or user is 2320001 and says which', async () => {
		const codeOf = async (path: string, body: object) => {
			const answer = await server.feishu(path, body);
			expect(answer).toMatchObject({ status: 400, body: { code: 2320001 } });
			return answer.body.error.details[0].value;
		};
		expect(await codeOf('user_tasks/1234/rollback_points', { operator_user_id: '1' })).toBe('task-unknown');
		expect(await codeOf('approval_tasks/1234/agree', { user_id: '1' })).toBe('task-unknown');
		expect(await codeOf('approval_instances/1234/cancel', { user_id: '1', opinion: 'x' })).toBe('instance-unknown');
		expect(await codeOf('applications/x/flows/y/execute', { operator: '{"_id": 1001}' })).toBe('flow-unknown');
		expect(await codeOf('applications/demo__c/flows/expense/execute', { operator: '{"_id": 1}' })).toBe('user-unknown');
	});
});

describe('deployment and directory', () => {
	const path = 'applications/demo__c/flows/story';

	test('the same XML is the same version, another one the next', async () => {
		const xml = await readFile(DEMO_MODEL_FILE, 'utf8');
		const deploy = async (text: string) => (await server.native('PUT', path, text)).body;
		expect(await deploy(xml)).toMatchObject({ namespace: 'demo__c', flow_id: 'story', version: 1 });
		expect(await deploy(xml)).toMatchObject({ version: 1 });
		expect(await deploy(xml.replace('主管审批', '直属主管'))).toMatchObject({ version: 2 });
		expect((await server.native('GET', path)).body).toMatchObject({ version: 2, name: '报销 Expense' });
		const first = await server.native('GET', `${path}?version=1`);
		expect(first.body.xml).toBe(xml);
		expect(first.body.definition.nodes).toContainEqual(
			expect.objectContaining({ id: 'finance', kind: 'userTask', mode: 'first' }),
		);
		expect(await server.native('GET', `${path}?version=9`)).toMatchObject({ status: 404 });
	});

	test('a model that cannot run is refused whole, by element and line', async () => {
		const xml = (await readFile(DEMO_MODEL_FILE, 'utf8')).replace(
			'<bpmn:parallelGateway id="join">',
			'<bpmn:complexGateway id="join">',
		);
		const answer = await server.native(
			'PUT',
			path,
			xml.replaceAll(
				'</bpmn:parallelGateway>\n    <bpmn:sequenceFlow id="join_to_amount"',
				'</bpmn:complexGateway>\n    <bpmn:sequenceFlow id="join_to_amount"',
			),
		);
		expect(answer).toMatchObject({ status: 422, body: { code: 'model-invalid' } });
		expect(answer.body.errors).toContainEqual({
			code: expect.any(String),
			element_id: 'join',
			line: expect.any(Number),
			message: expect.any(String),
		});
	});

	test('users and groups refer to users that exist', async () => {
		const user = await server.native('PUT', 'users/2001', {
			name: '新员工 New employee',
			email: 'new@demo.example',
			manager_id: '1002',
			departments: ['销售 Sales'],
			out_of_office: { until: '2030-02-01T00:00:00Z', substitute_id: '1003' },
		});
		expect(user).toEqual({
			status: 200,
			body: {
				id: '2001',
				name: '新员工 New employee',
				email: 'new@demo.example',
				manager_id: '1002',
				departments: ['销售 Sales'],
				out_of_office: { until: '2030-02-01T00:00:00.000Z', substitute_id: '1003' },
			},
		});
		const away = { until: '2030-02-30T00:00:00Z', substitute_id: '1003' };
		expect(await server.native('PUT', 'users/2002', { name: 'x', out_of_office: away })).toMatchObject({
			status: 400,
			body: { code: 'invalid-request', errors: [{ field: 'out_of_office.until' }] },
		});
		expect(await server.native('PUT', 'users/2002', { name: 'x', manager_id: '9999' })).toMatchObject({
			status: 404,
			body: { code: 'manager-unknown' },
		});
		expect(await server.native('PUT', 'groups/new', { name: 'New', members: ['2001', '9999'] })).toMatchObject({
			status: 422,
			body: { code: 'group-invalid' },
		});
	});
});

describe('Idempotency-Key', () => {
	test('a repeat is the same instance, another request under the same key is refused', async () => {
		const body = { ...START, variables: { amount: 1 } };
		const start = (variables: object) =>
			server.send('POST', '/api/v1/instances', {
				body: { ...body, variables },
				headers: { 'idempotency-key': 'start-once' },
			});
		const first = await start({ amount: 1 });
		const second = await start({ amount: 1 });
		expect(first.body.repeated).toBe(false);
		expect(second).toMatchObject({ status: 201, body: { id: first.body.id, repeated: true } });
		expect(await start({ amount: 2 })).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
	});
});

describe('tenants', () => {
	test('see nothing of each other', async () => {
		const { instance, manager, legal } = await atLegal();
		const { services } = server;
		const { id } = await services.apps.create({
			tenant: 'other',
			name: 'other',
			scopes: ['app_engine:approval:read', 'app_engine:approval:write', 'app_engine:flow:write', 'sendback:admin'],
			store: false,
		});
		const app = await services.apps.find(id);
		if (app === null) throw new Error('The app was not created.');
		const { token } = issueToken('tenant', app, services.clock.now());
		const get = (url: string) => server.send('GET', url, { token });
		const post = (url: string, body: object) => server.send('POST', url, { token, body });
		expect((await get(`/api/v1/instances/${instance}`)).body.code).toBe('instance-unknown');
		expect((await get(`/api/v1/instances/${instance}/history`)).body.code).toBe('instance-unknown');
		expect((await get(`/api/v1/tasks/${legal}/rollback-points?user_id=1006`)).body.code).toBe('task-unknown');
		expect((await get('/api/v1/applications/demo__c/flows/expense')).body.code).toBe('flow-unknown');
		const rollback = { user_id: '1006', to_task_id: manager, opinion: 'x' };
		expect((await post(`/api/v1/tasks/${legal}/rollback`, rollback)).body.code).toBe('task-unknown');
		expect((await post(`/api/v1/tasks/${legal}/rollback`, { ...rollback, dry_run: true })).body.code).toBe(
			'task-unknown',
		);
		expect((await post('/api/v1/instances', START)).body.code).toBe('flow-unknown');
		const query = await post('/open-apis/apaas/v1/user_task/query', { kunlun_user_id: '1006' });
		expect(query.body.data).toEqual({ count: '0', tasks: [] });
		expect((await instanceOf(instance)).tasks).toHaveLength(1);
	});
});

describe('variables', () => {
	test('come back as they were sent, or are refused; they never make the server fail', async () => {
		const name = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', '审批', 'a.b', ''));
		await fc.assert(
			fc.asyncProperty(fc.dictionary(name, fc.jsonValue({ maxDepth: 4 })), async (variables) => {
				const sent = JSON.stringify({ ...START, variables });
				const started = await server.send('POST', '/api/v1/instances', {
					body: sent,
					headers: { 'content-type': 'application/json' },
				});
				expect([201, 400, 422], JSON.stringify(started.body)).toContain(started.status);
				if (started.status !== 201) return;
				const found = await instanceOf(started.body.id);
				expect(found.variables).toEqual(JSON.parse(JSON.stringify(variables)));
			}),
			{ numRuns: 100 },
		);
	});
});

describe('history', () => {
	test('comes in pages', async () => {
		const { instance } = await atLegal();
		const page = async (query: string) => (await server.native('GET', `instances/${instance}/history${query}`)).body;
		const all = await page('');
		const first = await page('?limit=2');
		expect(first).toEqual({ items: all.items.slice(0, 2), next_cursor: '2' });
		expect(await page(`?limit=2&cursor=${first.next_cursor}`)).toEqual({
			items: all.items.slice(2),
			next_cursor: null,
		});
	});
});

describe('the demo', () => {
	test('has a task to send back at every start, in one instance', async () => {
		const { services } = server;
		const example = await findRollbackExample(services);
		await seedDemo(services);
		expect(await findRollbackExample(services)).toEqual(example);
		if (example === null) throw new Error('The demo has no task to send back.');
		const { user, task, to } = example;
		const rollback = () =>
			server.feishu(`user_tasks/${task}/rollback`, { operator_user_id: user, to_task_id: to, opinion: '退回' });
		expect((await rollback()).body.code).toBe(0);
		const next = await findRollbackExample(services);
		expect(next).not.toBeNull();
		expect(next?.task).not.toBe(task);
		const instances = new Set<string | undefined>();
		for (const each of [task, next?.task ?? '']) {
			instances.add((await services.tasks.find('demo', each))?.instance);
		}
		expect(instances.size).toBe(1);
	});

	test('leaves alone what was changed, and starts on another flow in place of its own', async () => {
		const { services } = server;
		await server.native('PUT', 'users/1007', { name: '改名 Renamed' });
		const xml = (await readFile(DEMO_MODEL_FILE, 'utf8')).replace(
			'camunda:assignee="1002"',
			'camunda:assignee="nobody"',
		);
		expect((await server.native('PUT', 'applications/demo__c/flows/expense', xml)).status).toBe(200);
		await seedDemo(services);
		expect((await services.directory.findUser('demo', '1007'))?.name).toBe('改名 Renamed');
		expect((await services.flows.find('demo', 'demo__c', 'expense', null))?.xml).toBe(xml);

		// Until its own instance has ended, that one still serves.
		for (;;) {
			const example = await findRollbackExample(services);
			if (example === null) break;
			const instance = (await services.tasks.find('demo', example.task))?.instance;
			const canceled = await server.native('POST', `instances/${instance}/cancel`, { user_id: '1001', opinion: 'x' });
			expect(canceled.status).toBe(200);
		}
	});
});
