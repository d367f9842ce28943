import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRealServer, type RealServer } from './support/real-server.ts';

let server: RealServer;
beforeAll(async () => {
	server = await openRealServer();
});
afterAll(() => server.close());

const definitions = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sendback="urn:sendback:bpmn:1"
	id="d" targetNamespace="urn:test"><message id="m" name="paid"/><process id="p" name="Purchase" isExecutable="true">${body}</process></definitions>`;

const task = (id: string, user = '1001') => `<userTask id="${id}" name="Do ${id}" sendback:assignees="${user}"/>`;

function flowsOf(...paths: readonly string[]) {
	const pairs = paths.flatMap((path) => {
		const nodes = path.split(' ');
		return nodes.slice(1).map((target, index) => [nodes[index], target]);
	});
	return pairs.map(([from, to]) => `<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`).join('');
}

const line = (...ids: readonly string[]) =>
	definitions(
		`<startEvent id="start"/>${ids.map((id) => task(id)).join('')}<endEvent id="end"/>${flowsOf(`start ${ids.join(' ')} end`)}`,
	);

let flows = 0;

/** Deploys the versions of a flow; the instance is of the first of them. */
async function startOf(first: string, ...further: readonly string[]): Promise<{ flow: string; instance: string }> {
	const flow = `moving${flows++}`;
	await deploy(flow, first);
	const started = await server.native('POST', 'instances', {
		namespace: 'demo__c',
		flow_id: flow,
		initiator_id: '1001',
		business_key: flow,
	});
	expect(started.status, JSON.stringify(started.body)).toBe(201);
	for (const xml of further) await deploy(flow, xml);
	return { flow, instance: started.body.id };
}

async function deploy(flow: string, xml: string): Promise<void> {
	const deployed = await server.native('PUT', `applications/demo__c/flows/${flow}`, xml);
	expect(deployed.status, JSON.stringify(deployed.body)).toBe(200);
}

const migrate = (instance: string, body: object = {}) => server.native('POST', `instances/${instance}/migrate`, body);
const view = async (instance: string, query = '') => (await server.native('GET', `instances/${instance}${query}`)).body;

async function openTask(instance: string, node: string): Promise<string> {
	const found = (await view(instance)).tasks.find((each: { node_id: string }) => each.node_id === node);
	expect(found, `an open task at ${node}`).toBeDefined();
	return found.id;
}

async function agree(instance: string, node: string) {
	const body = { user_id: '1001', decision: 'agree', variables: {} };
	const answer = await server.native('POST', `tasks/${await openTask(instance, node)}/complete`, body);
	expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

describe('a running instance', () => {
	test('stays on its version until it is moved; then everything about its tasks follows', async () => {
		const { instance } = await startOf(line('first', 'check', 'pay'), line('first', 'review', 'approve', 'pay'));
		await agree(instance, 'first');
		expect(await view(instance)).toMatchObject({ version: 1 });
		const id = await openTask(instance, 'check');

		const moved = await migrate(instance, { node_map: { check: 'review' }, user_id: '1002', opinion: 'new rules' });
		expect(moved).toEqual({
			status: 200,
			body: {
				instance_id: instance,
				status: 'in_process',
				version: 2,
				previous_version: 1,
				moved: [{ from_element_id: 'check', element_id: 'review' }],
				tasks: [{ id, node_id: 'review', node_name: 'Do review' }],
				armed: [],
				canceled: [],
				opened: [],
				repeated: false,
			},
		});
		expect(await view(instance)).toMatchObject({
			version: 2,
			tasks: [{ id, node_id: 'review', node_name: 'Do review', assignments: [{ user_id: '1001', status: 'pending' }] }],
			marking: [{ element_id: 'review' }],
		});
		// What was closed before keeps the name that it had; what the inbox shows is the task as it is now.
		const all = (await view(instance, '?tasks=all')).tasks;
		expect(all.map(({ node_id, node_name }: Record<string, string>) => [node_id, node_name])).toEqual([
			['start', 'start'],
			['first', 'Do first'],
			['review', 'Do review'],
		]);
		const inbox = await server.feishu('user_task/query', {
			kunlun_user_id: '1001',
			type: 'pending',
			limit: '50',
			offset: '0',
		});
		expect(JSON.stringify(inbox)).toContain(id);

		const { items } = (await server.native('GET', `instances/${instance}/history`)).body;
		expect(items.at(-1)).toMatchObject({
			what: 'instance_migrated',
			user_id: '1002',
			opinion: 'new rules',
			events: [{ type: 'instance_migrated', version: 2, previous_version: 1 }],
		});
		await agree(instance, 'review');
		await agree(instance, 'approve');
		await agree(instance, 'pay');
		expect((await view(instance)).status).toBe('agreed');
	});

	test('is moved to a version that is named, and a dry run moves nothing', async () => {
		const { instance } = await startOf(line('a', 'b'), line('a', 'c'), line('x'));
		const dry = await migrate(instance, { version: 2, dry_run: true });
		expect(dry).toMatchObject({ status: 200, body: { version: 2, previous_version: 1 } });
		expect(await view(instance)).toMatchObject({ version: 1 });
		const done = await migrate(instance, { version: 2 });
		expect(done.body).toEqual(dry.body);
		await agree(instance, 'a');
		await openTask(instance, 'c');
	});

	test('is left as it is where it cannot go on, with a reason for each element', async () => {
		const fork = (one: string, two: string) =>
			definitions(
				`<startEvent id="start"/>${task(one)}${task(two)}<parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="end"/>${flowsOf(`start fork ${one} join end`, `fork ${two} join`)}`,
			);
		const { instance } = await startOf(fork('a', 'b'), fork('x', 'y'));
		for (const dry_run of [true, false]) {
			expect(await migrate(instance, { node_map: { a: 'end' }, dry_run })).toMatchObject({
				status: 422,
				body: {
					code: 'migration-impossible',
					errors: [
						{ code: 'kind-differs', element_id: 'a', message: expect.any(String) },
						{ code: 'not-mapped', element_id: 'b', message: expect.any(String) },
					],
				},
			});
		}
		expect(await view(instance)).toMatchObject({ version: 1 });
	});

	test('is not found, has ended, runs the version already, or the version is not there', async () => {
		const { instance } = await startOf(line('a'));
		expect(await migrate('1', {})).toMatchObject({ status: 404, body: { code: 'instance-unknown' } });
		expect(await migrate('no-id', { dry_run: true })).toMatchObject({
			status: 404,
			body: { code: 'instance-unknown' },
		});
		expect(await migrate(instance)).toMatchObject({ status: 409, body: { code: 'version-current' } });
		expect(await migrate(instance, { version: 7 })).toMatchObject({ status: 404, body: { code: 'version-unknown' } });
		expect(await migrate(instance, { version: 0 })).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
		expect(await migrate(instance, { node_map: { a: 1 } })).toMatchObject({ status: 400 });
		expect(await migrate(instance, { version: 7, user_id: 'nobody' })).toMatchObject({
			status: 404,
			body: { code: 'user-unknown' },
		});
		await agree(instance, 'a');
		expect(await migrate(instance, { version: 7 })).toMatchObject({ status: 409, body: { code: 'instance-not-open' } });
	});

	test('answers a repeat of the request under its key with the first answer', async () => {
		const { instance } = await startOf(line('a'), line('a', 'b'));
		const send = () =>
			server.send('POST', `/api/v1/instances/${instance}/migrate`, {
				body: {},
				headers: { 'idempotency-key': `move-${instance}` },
			});
		const first = await send();
		expect(first).toMatchObject({ status: 200, body: { version: 2, repeated: false } });
		expect(await send()).toEqual({ status: 200, body: { ...first.body, repeated: true } });
	});

	test('of several at once exactly one moves it, and a decision that comes at the same time is not lost', async () => {
		const { instance } = await startOf(line('a', 'b'), line('a', 'x', 'b'));
		const id = await openTask(instance, 'a');
		const decided = server.native('POST', `tasks/${id}/complete`, { user_id: '1001', decision: 'agree' });
		const answers = await Promise.all(Array.from({ length: 8 }, () => migrate(instance)));
		expect((await decided).status).toBe(200);
		const codes = answers.map(({ status, body }) => body.code ?? status).sort();
		expect(codes).toEqual([200, ...Array.from({ length: 7 }, () => 'version-current')]);
		const { version, tasks } = await view(instance);
		expect(version).toBe(2);
		expect(['x', 'b']).toContain(tasks[0].node_id);
	});
});

describe('after a migration', () => {
	test('nothing before it can be returned to, also not by a direct return or by taking a rollback back', async () => {
		const { instance } = await startOf(line('a', 'b', 'c'), line('a', 'b', 'x', 'c'));
		await agree(instance, 'a');
		await agree(instance, 'b');
		const pointsOf = async (node: string) => {
			const id = await openTask(instance, node);
			const answer = await server.native('GET', `tasks/${id}/rollback-points?user_id=1001&occurrences=all`);
			return answer.body.items as { id: string; node_id: string }[];
		};
		const [nearest, earlier] = await pointsOf('c');
		const back = async (from: string, to: string | undefined, more: object = {}) =>
			server.native('POST', `tasks/${await openTask(instance, from)}/rollback`, {
				user_id: '1001',
				to_task_id: to,
				...more,
			});
		const done = await back('c', nearest?.id, { resume: 'direct' });
		expect(done.status).toBe(200);

		expect((await migrate(instance)).status).toBe(200);
		expect(await server.native('POST', `rollbacks/${done.body.id}/undo`, { user_id: '1001' })).toMatchObject({
			status: 409,
			body: { code: 'rollback-not-last' },
		});
		expect(await pointsOf('b')).toEqual([]);
		expect(await back('b', earlier?.id)).toMatchObject({ status: 409, body: { code: 'rollback-barrier' } });
		const decision = { user_id: '1001', decision: 'agree' };
		expect(await server.native('POST', `tasks/${await openTask(instance, 'b')}/complete`, decision)).toMatchObject({
			status: 200,
			body: { resumed: { kept: [], stopped: { node_id: 'b', reason: 'migrated' } } },
		});
		await agree(instance, 'x');
		expect((await pointsOf('c')).map(({ node_id }) => node_id)).toEqual(['x', 'b']);
		const [, toB] = await pointsOf('c');
		expect((await back('c', toB?.id)).status).toBe(200);
		expect((await view(instance)).tasks.map(({ node_id }: { node_id: string }) => node_id)).toEqual(['b']);
	});

	test('timers and messages that both versions wait for come, those that are gone do not, new ones do', async () => {
		const event = (id: string, definition: string) =>
			`<boundaryEvent id="${id}" attachedToRef="a" cancelActivity="false">${definition}</boundaryEvent>`;
		const timer = (minutes: number) =>
			`<timerEventDefinition><timeDuration>PT${minutes}M</timeDuration></timerEventDefinition>`;
		const model = (events: string, ...ids: readonly string[]) =>
			definitions(
				`<startEvent id="start"/>${task('a')}${events}${ids.map((id) => task(`after_${id}`)).join('')}<endEvent id="end"/>${flowsOf('start a end', ...ids.map((id) => `${id} after_${id} end`))}`,
			);
		const { flow, instance } = await startOf(
			model(event('kept', timer(2)) + event('gone', timer(1)), 'kept', 'gone'),
			model(event('kept', timer(200)) + event('mail', '<messageEventDefinition messageRef="m"/>'), 'kept', 'mail'),
		);
		expect(await migrate(instance)).toMatchObject({ status: 200, body: { armed: ['mail'], canceled: ['gone'] } });
		await server.native('POST', 'test/clock/advance', { ms: 3 * 60_000 });
		await server.native('POST', 'messages', { name: 'paid', business_key: flow });
		const open = (await view(instance)).tasks.map(({ node_id }: { node_id: string }) => node_id);
		expect(open.sort()).toEqual(['a', 'after_kept', 'after_mail']);
	});

	test('a worker still holds its work, which names the node that it is of now', async () => {
		const service = (id: string) =>
			definitions(
				`<startEvent id="start"/><serviceTask id="${id}" sendback:topic="moving-work"/>${task('a')}<endEvent id="end"/>${flowsOf(`start ${id} a end`)}`,
			);
		const { instance } = await startOf(service('pay'), service('charge'));
		const fetch = (lock_ms: number) =>
			server.native('POST', 'jobs/fetch', { worker_id: 'w', topics: ['moving-work'], lock_ms });
		const [job] = (await fetch(1_000)).body.items;
		expect(job).toMatchObject({ instance_id: instance, node_id: 'pay' });
		expect((await migrate(instance, { node_map: { pay: 'charge' } })).status).toBe(200);
		expect((await fetch(1_000)).body.items).toEqual([]);
		await server.native('POST', 'test/clock/advance', { ms: 2_000 });
		const [again] = (await fetch(60_000)).body.items;
		expect(again).toMatchObject({ id: job.id, node_id: 'charge' });
		expect((await server.native('POST', `jobs/${job.id}/complete`, { worker_id: 'w' })).status).toBe(200);
		await openTask(instance, 'a');
	});
});
