import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitions, flowsOf } from './support/bpmn.ts';
import { openRealServer, type RealServer } from './support/real-server.ts';

/** What models of other engines do, over HTTP. */
let server: RealServer;
beforeAll(async () => {
	server = await openRealServer();
});
afterAll(() => server.close());

const deploy = (flow: string, xml: string) => server.native('PUT', `applications/demo__c/flows/${flow}`, xml);

const begin = (flow: string, variables: object = {}) =>
	server.native('POST', 'instances', { namespace: 'demo__c', flow_id: flow, initiator_id: '1001', variables });

async function start(flow: string, variables: object = {}): Promise<string> {
	const started = await begin(flow, variables);
	expect(started.status, JSON.stringify(started.body)).toBe(201);
	return started.body.id;
}

const view = async (instance: string) => (await server.native('GET', `instances/${instance}`)).body;

describe('an event subprocess of the process', () => {
	test('gets the message whose name is a variable of the start', async () => {
		const deployed = await deploy(
			'waits-by-name',
			definitions(`<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="a" sendback:assignees="1001"/>
<endEvent id="e"/><subProcess id="sub" triggeredByEvent="true"><startEvent id="came" isInterrupting="false">
<messageEventDefinition flowable:messageExpression="$\{order}"/></startEvent><userTask id="b" sendback:assignees="1001"/>
<endEvent id="e2"/>${flowsOf('came->b', 'b->e2')}</subProcess>${flowsOf('s->a', 'a->e')}</process>`),
		);
		expect(deployed.status, JSON.stringify(deployed.body)).toBe(200);
		const instance = await start('waits-by-name', { order: 'order-7' });
		const sent = await server.native('POST', 'messages', { name: 'order-7' });
		expect(sent).toMatchObject({ status: 200, body: { delivered: [instance] } });
		const { tasks } = await view(instance);
		expect(tasks.map(({ node_id }: { node_id: string }) => node_id).sort()).toEqual(['a', 'b']);
	});
});

describe('the assignee of a task', () => {
	const flow = (assignee: string) =>
		definitions(`<process id="p" isExecutable="true"><startEvent id="s"/>
<userTask id="a" flowable:assignee="${assignee}"/><endEvent id="e"/>${flowsOf('s->a', 'a->e')}</process>`);

	test('is the initiator where a modeler wrote $INITIATOR', async () => {
		expect((await deploy('by-initiator', flow('$INITIATOR'))).status).toBe(200);
		const { tasks } = await view(await start('by-initiator'));
		expect(tasks[0].assignments).toMatchObject([{ user_id: '1001', status: 'pending' }]);
		const done = await server.native('POST', `tasks/${tasks[0].id}/complete`, { user_id: '1001', decision: 'agree' });
		expect(done.status).toBe(200);
	});

	test('is never somebody whom no call could name', async () => {
		const errors = [{ code: 'assignee-invalid', element_id: 'a', line: 4 }];
		expect(await deploy('by-name', flow('张三'))).toMatchObject({ status: 422, body: { errors } });
		expect((await deploy('by-expression', flow('${who}'))).status).toBe(200);
		expect(await begin('by-expression', { who: '张三' })).toMatchObject({
			status: 422,
			body: { code: 'assignee-invalid', details: { node: 'a', value: '"张三"' } },
		});
	});
});

describe('a rollback past work that cannot be undone', () => {
	test('is refused, and a dry run says what stands in the way', async () => {
		const xml =
			definitions(`<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="a" sendback:assignees="1001"/>
<serviceTask id="pay" name="Pay" sendback:topic="foreign-pay"/><userTask id="b" sendback:assignees="1001"/><endEvent id="e"/>
${flowsOf('s->a', 'a->pay', 'pay->b', 'b->e')}</process>`);
		expect((await deploy('barred', xml)).status).toBe(200);
		const instance = await start('barred');
		const a = (await view(instance)).tasks[0].id;
		await server.native('POST', `tasks/${a}/complete`, { user_id: '1001', decision: 'agree' });
		const fetched = await server.native('POST', 'jobs/fetch', {
			worker_id: 'w',
			topics: ['foreign-pay'],
			lock_ms: 1000,
			limit: 1,
		});
		await server.native('POST', `jobs/${fetched.body.items[0].id}/complete`, { worker_id: 'w' });
		const { id: b } = (await view(instance)).tasks[0];
		const rollback = { user_id: '1001', to_task_id: a };
		expect(await server.native('POST', `tasks/${b}/rollback`, { ...rollback, dry_run: true })).toEqual({
			status: 200,
			body: {
				id: null,
				reopened: [],
				closed: [],
				undone: [],
				kept: [],
				barriers: [{ node_id: 'pay', node_name: 'Pay' }],
				compensations: [],
			},
		});
		expect(await server.native('POST', `tasks/${b}/rollback`, rollback)).toMatchObject({
			status: 409,
			body: { code: 'rollback-barrier', details: { nodes: 'pay' } },
		});
		expect((await view(instance)).tasks[0].id).toBe(b);
		const other = { ...rollback, to_task_id: '12345', dry_run: true };
		expect(await server.native('POST', `tasks/${b}/rollback`, other)).toMatchObject({ status: 404 });
	});
});
