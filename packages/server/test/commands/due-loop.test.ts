import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL_CLOCK } from '../../src/clock/real-clock.ts';
import { type OpenedServices, openServices } from '../../src/server.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { accepted, flow, TENANT, userTask } from '../support/services.ts';

const FLOW = flow(
	`<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT0.2S</timeDuration></timerEventDefinition></intermediateCatchEvent>
	<intermediateThrowEvent id="tell"><signalEventDefinition signalRef="s"/></intermediateThrowEvent>
	<parallelGateway id="split"/><intermediateCatchEvent id="hear"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
	${userTask('last=ann')}<endEvent id="end"/><endEvent id="told"/>`,
	`start > split > wait > tell > told
	split > hear > last > end`,
	'<signal id="s" name="now"/>',
);

let database: TestDatabase;
const processes: OpenedServices[] = [];
beforeAll(async () => {
	database = await createTestDatabase();
	for (const _ of [1, 2]) {
		const { connection } = database;
		processes.push(await openServices({ connection, clock: REAL_CLOCK, log: () => undefined, connections: 3 }));
	}
});
afterAll(async () => {
	for (const services of processes) await services.close();
	await database.drop();
});

describe('the loop in the background', () => {
	it('fires timers and delivers what is thrown by itself, each once, in two processes', async () => {
		const [services] = processes;
		if (services === undefined) throw new Error('no process');
		const ann = { id: 'ann', name: 'Ann', email: null, managerId: null, departments: [], outOfOffice: null };
		await services.directory.putUser(TENANT, ann);
		expect(await services.flows.deploy(TENANT, 'demo__c', 'timed', FLOW)).toMatchObject({ ok: true });
		const request = { tenant: TENANT, namespace: 'demo__c', flowId: 'timed', initiator: 'ann', variables: {} };
		const started = await Promise.all(
			Array.from({ length: 20 }, () => services.commands.start({ ...request, businessKey: null, idempotency: null })),
		);
		const openTasks = async () =>
			(await Promise.all(started.map((answer) => services.tasks.ofInstance(TENANT, accepted(answer).instance)))).map(
				(tasks) => tasks.filter(({ node }) => node === 'last').length,
			);
		await expect.poll(openTasks, { timeout: 10_000 }).toEqual(started.map(() => 1));
	});
});
