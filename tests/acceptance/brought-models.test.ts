/** Models as teams bring them from other engines: their spellings, several processes in a file, handlers within handlers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startInstance } from './instance.ts';
import { type Server, startServer } from './server.ts';

let server: Server;
beforeAll(async () => {
	server = await startServer();
}, 60_000);
afterAll(() => server.close());

const definitions = (content: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="urn:test">${content}</definitions>`;
const flows = (...paths: string[]) =>
	paths
		.flatMap((path) => {
			const nodes = path.split(' ');
			return nodes.slice(1).map((to, index) => `<sequenceFlow sourceRef="${nodes[index]}" targetRef="${to}"/>`);
		})
		.join('');
const when = (from: string, to: string, condition: string) =>
	`<sequenceFlow sourceRef="${from}" targetRef="${to}"><conditionExpression xsi:type="tFormalExpression"><![CDATA[${condition}]]></conditionExpression></sequenceFlow>`;
const task = (id: string, who = '1001') => `<userTask id="${id}" camunda:assignee="${who}"/>`;

async function deploy(id: string, xml: string) {
	const answer = await server.deploy(id, xml);
	expect(answer.status, answer.text).toBe(200);
}

describe('a file with a process and the one that it calls', () => {
	const both = definitions(`
		<process id="purchase" isExecutable="true"><startEvent id="start"/>
			<callActivity id="check" calledElement="budget">
				<extensionElements><camunda:in source="amount" target="sum"/><camunda:out source="ok" target="approved"/></extensionElements>
			</callActivity>${task('order')}<endEvent id="end"/>${flows('start check order end')}
		</process>
		<process id="budget" isExecutable="true"><startEvent id="begin"/>${task('examine', '1002')}<endEvent id="done"/>
			${flows('begin examine done')}
		</process>`);

	test('is deployed once for each, and runs as one instance; sending back crosses the call', async () => {
		await deploy('budget', both);
		await deploy('purchase', both);
		const run = await startInstance(server, 'purchase', { amount: 70 });
		expect(await run.marking()).toEqual(['check', 'examine']);
		const examine = await run.agree('examine', { ok: true });
		expect((await run.view()).variables).toMatchObject({ amount: 70, approved: true });
		const order = (await run.open()).order as string;
		expect((await run.rollback(order, examine)).status).toBe(200);
		expect(await run.marking()).toEqual(['check', 'examine']);
		await run.agree('examine', { ok: false });
		await run.agree('order');
		expect(await run.view()).toMatchObject({ status: 'agreed', variables: { approved: false } });
	});

	test('needs to be told which, where the flow has another name', async () => {
		const answer = await server.deploy('buying', both);
		expect(answer.status).toBe(422);
		expect(answer.json.errors).toMatchObject([{ code: 'process-many', element_id: 'budget' }]);
	});
});

describe('conditions in JUEL', () => {
	test('look into lists and texts, and choose', async () => {
		await deploy(
			'sort',
			definitions(`<process id="sort" isExecutable="true"><startEvent id="start"/><exclusiveGateway id="which" default="rest"/>
				${task('first')}${task('many')}${task('other', "${urgent ? '1002' : '1003'}")}
				${when('which', 'first', '${items[0].price >= 100}')}${when('which', 'many', "${items.size() > 2 && tags.contains('bulk')}")}
				<sequenceFlow id="rest" sourceRef="which" targetRef="other"/>${flows('start which')}</process>`),
		);
		const item = (price: number) => ({ price });
		const cases = [
			[{ items: [item(100)], tags: [] }, 'first', '1001'],
			[{ items: [item(1), item(2), item(3)], tags: ['bulk'] }, 'many', '1001'],
			[{ items: [item(1), item(2), item(3)], tags: [], urgent: true }, 'other', '1002'],
			[{ items: [], tags: ['bulk'] }, 'other', '1003'],
		] as const;
		for (const [variables, node, user] of cases) {
			const { tasks } = await (await startInstance(server, 'sort', variables)).view();
			const open = tasks.find((each: { status: string }) => each.status === 'in_process');
			expect([open.node_id, open.assignments[0].user_id]).toEqual([node, user]);
		}
	});
});

describe('an escalation that its handler passes on', () => {
	test('reaches the boundary of the subprocess, once', async () => {
		const escalation = '<escalationEventDefinition escalationRef="late"/>';
		await deploy(
			'pass-on',
			definitions(`<escalation id="late" escalationCode="LATE"/>
				<process id="pass-on" isExecutable="true"><startEvent id="start"/>
				<subProcess id="work"><startEvent id="s"/><intermediateThrowEvent id="warn">${escalation}</intermediateThrowEvent>
					${task('do')}<endEvent id="e"/>${flows('s warn do e')}
					<subProcess id="handler" triggeredByEvent="true"><startEvent id="warned" isInterrupting="false">${escalation}</startEvent>
						${task('note')}<endEvent id="further">${escalation}</endEvent>${flows('warned note further')}</subProcess>
				</subProcess>
				<boundaryEvent id="outside" attachedToRef="work" cancelActivity="false">${escalation}</boundaryEvent>
				${task('tell')}<endEvent id="told"/><endEvent id="end"/>${flows('start work end', 'outside tell told')}</process>`),
		);
		const run = await startInstance(server, 'pass-on');
		expect(Object.keys(await run.open()).sort()).toEqual(['do', 'note']);
		const note = await run.agree('note');
		expect(Object.keys(await run.open()).sort()).toEqual(['do', 'tell']);
		const { tell } = await run.open();
		expect((await run.rollback(tell as string, note)).status).toBe(200);
		expect(Object.keys(await run.open()).sort()).toEqual(['do', 'note']);
		await run.agree('note');
		await run.agree('tell');
		await run.agree('do');
		expect((await run.view()).status).toBe('agreed');
	});
});
