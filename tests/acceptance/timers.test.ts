import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instance, startInstance } from './instance.ts';
import { type Server, startServer } from './server.ts';

let server: Server;
beforeAll(async () => {
	server = await startServer({ env: { SENDBACK_TEST_CLOCK: '1' } });
}, 60_000);
afterAll(() => server.close());

const process = (id: string, content: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sendback="urn:sendback:bpmn:1" targetNamespace="urn:test">
<message id="paid" name="paid"/>
<process id="${id}" isExecutable="true">${content}</process></definitions>`;
const flows = (...paths: string[]) =>
	paths
		.flatMap((path) => {
			const nodes = path.split(' ');
			return nodes.slice(1).map((to, index) => `<sequenceFlow sourceRef="${nodes[index]}" targetRef="${to}"/>`);
		})
		.join('');
const task = (id: string) => `<userTask id="${id}" sendback:assignees="1001"/>`;
const timer = (kind: string, text: string) => `<timerEventDefinition><${kind}>${text}</${kind}></timerEventDefinition>`;

async function deploy(id: string, content: string) {
	const answer = await server.deploy(id, process(id, content));
	expect(answer.status, answer.text).toBe(200);
}
let now = '';
const advance = async (ms: number) => {
	const answer = await server.native('/test/clock/advance', { ms });
	expect(answer.status, answer.text).toBe(200);
	now = answer.json.now;
};
const moveTo = (time: string) => advance(Date.parse(time) - Date.parse(now));

describe('with the test clock', () => {
	test('a timer of no time waits until time is moved, so that a message sent before wins', async () => {
		await deploy(
			'race',
			`<startEvent id="start"/><eventBasedGateway id="first"/>
			<intermediateCatchEvent id="late">${timer('timeDuration', 'PT0S')}</intermediateCatchEvent>
			<intermediateCatchEvent id="payment"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>
			${task('remind')}${task('ship')}<endEvent id="end"/>
			${flows('start first late remind end', 'first payment ship end')}`,
		);
		const won = await startInstance(server, 'race');
		const lost = await startInstance(server, 'race');
		// Longer than the background sleeps: it leaves the timer alone.
		await new Promise((resolve) => setTimeout(resolve, 1_200));
		expect((await server.native('/messages', { name: 'paid', instance_id: won.id })).status).toBe(200);
		await advance(0);
		expect(await won.marking()).toEqual(['ship']);
		expect(await lost.marking()).toEqual(['remind']);
	});

	test('a reminder on the last of the month comes on the last of each month', async () => {
		await moveTo('2030-01-15T00:00:00Z');
		await deploy(
			'monthly',
			`<startEvent id="start"/>${task('work')}${task('report')}<endEvent id="end"/><endEvent id="reported"/>
			<boundaryEvent id="due" attachedToRef="work" cancelActivity="false">${timer('timeCycle', 'R3/2030-01-31T09:00:00Z/P1M')}</boundaryEvent>
			${flows('start work end', 'due report reported')}`,
		);
		const run = await startInstance(server, 'monthly');
		await moveTo('2030-12-31T00:00:00Z');
		const reports = (await run.view()).tasks.filter((each: { node_id: string }) => each.node_id === 'report');
		expect(reports.map((each: { opened_at: string }) => each.opened_at).sort()).toEqual([
			'2030-01-31T09:00:00.000Z',
			'2030-02-28T09:00:00.000Z',
			'2030-03-31T09:00:00.000Z',
		]);
	});

	test('a flow starts on every working day at nine', async () => {
		await moveTo('2031-01-03T10:00:00Z');
		await deploy(
			'daily',
			`<startEvent id="start">${timer('timeCycle', '0 0 9 ? * MON-FRI')}</startEvent>
			<intermediateCatchEvent id="wait"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>
			<endEvent id="end"/>${flows('start wait end')}`,
		);
		await moveTo('2031-01-08T09:00:00Z');
		const { delivered } = (await server.native('/messages', { name: 'paid' })).json;
		const started = await Promise.all(
			delivered.map(async (id: string) => (await instance(server, id).view()).started_at),
		);
		expect(started.sort()).toEqual([
			'2031-01-06T09:00:00.000Z',
			'2031-01-07T09:00:00.000Z',
			'2031-01-08T09:00:00.000Z',
		]);
	});
});
