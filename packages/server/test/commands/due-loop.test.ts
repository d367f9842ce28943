import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL_CLOCK } from '../../src/clock/real-clock.ts';
import { type OpenedServices, openServices } from '../../src/server.ts';
import { DueLoop } from '../../src/timers/due-loop.ts';
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

/** Each signal starts an instance, which throws the next. */
const ENDLESS = flow(
	`<startEvent id="start"><signalEventDefinition signalRef="s"/></startEvent>
	<endEvent id="end"><signalEventDefinition signalRef="s"/></endEvent>`,
	'start > end',
	'<signal id="s" name="again"/>',
);

const LOUD = '<signal id="s" name="loud"/>';
const HEARS = flow(
	`<startEvent id="start"/><intermediateCatchEvent id="hear"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
	${userTask('heard=ann')}<endEvent id="end"/>`,
	'start > hear > heard > end',
	LOUD,
);
const TELLS = flow(
	`<startEvent id="start"/><intermediateThrowEvent id="tell"><signalEventDefinition signalRef="s"/></intermediateThrowEvent>
	${userTask('told=ann')}<endEvent id="end"/>`,
	'start > tell > told > end',
	LOUD,
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

const ANN = { id: 'ann', name: 'Ann', email: null, managerId: null, departments: [], outOfOffice: null };
const REQUEST = { tenant: TENANT, namespace: 'demo__c', flowId: 'timed', initiator: 'ann', variables: {} };

async function deploy(services: OpenedServices, flows: Readonly<Record<string, string>>): Promise<void> {
	await services.directory.putUser(TENANT, ANN);
	for (const [id, xml] of Object.entries(flows)) {
		expect(await services.flows.deploy(TENANT, 'demo__c', id, xml)).toMatchObject({ ok: true });
	}
}

describe('the loop in the background', () => {
	it('fires timers and delivers what is thrown by itself, each once, in two processes', async () => {
		const [services] = processes;
		if (services === undefined) throw new Error('no process');
		await deploy(services, { timed: FLOW });
		const started = await Promise.all(
			Array.from({ length: 20 }, () => services.commands.start({ ...REQUEST, businessKey: null, idempotency: null })),
		);
		const openTasks = async () =>
			(await Promise.all(started.map((answer) => services.tasks.ofInstance(TENANT, accepted(answer).instance)))).map(
				(tasks) => tasks.filter(({ node }) => node === 'last').length,
			);
		await expect.poll(openTasks, { timeout: 10_000 }).toEqual(started.map(() => 1));
	});

	it('fires timers, and stops, while what is thrown throws again without end', async () => {
		const another = await createTestDatabase();
		const { connection } = another;
		const services = await openServices({ connection, clock: REAL_CLOCK, log: () => undefined, connections: 3 });
		await deploy(services, { timed: FLOW, endless: ENDLESS });
		await services.events.broadcast({ tenant: TENANT, name: 'again', variables: {} });
		const thrown = async () =>
			(await another.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE sent_at > 0'))[0]?.n;
		await expect.poll(thrown, { timeout: 10_000 }).toBeGreaterThan(20);

		const started = await services.commands.start({ ...REQUEST, businessKey: null, idempotency: null });
		const { instance } = accepted(started);
		const openTasks = async () => (await services.tasks.ofInstance(TENANT, instance)).map(({ node }) => node);
		await expect.poll(openTasks, { timeout: 10_000 }).toContain('last');
		expect(await Promise.race([services.close(), sleep(10_000, 'still open')])).toBeUndefined();
		await another.drop();
	});

	it('fires timers while something thrown waits to be delivered', async () => {
		const another = await createTestDatabase();
		const { connection } = another;
		const services = await openServices({ connection, clock: REAL_CLOCK, log: () => undefined, connections: 3 });
		await deploy(services, { timed: FLOW, hears: HEARS, tells: TELLS });
		const start = async (flowId: string) =>
			accepted(await services.commands.start({ ...REQUEST, flowId, businessKey: null, idempotency: null })).instance;
		const nodes = async (instance: string) =>
			(await services.tasks.ofInstance(TENANT, instance)).map(({ node }) => node);
		const hearing = await start('hears');
		const holder = new pg.Client(connection);
		await holder.connect();
		await holder.query('BEGIN');
		await holder.query('SELECT FROM instances WHERE id = $1 FOR UPDATE', [hearing]);
		await start('tells');
		const isHeldUp = async () =>
			(await another.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).length > 0;
		await expect.poll(isHeldUp, { timeout: 10_000 }).toBe(true);

		const timed = await start('timed');
		// Sooner than the statement that waits is given up.
		await expect.poll(() => nodes(timed), { timeout: 4_000 }).toContain('last');
		expect(await nodes(hearing)).not.toContain('heard');
		await holder.query('COMMIT');
		await holder.end();
		await expect.poll(() => nodes(hearing), { timeout: 10_000 }).toContain('heard');
		await services.close();
		await another.drop();
	});

	it('goes on at once while anything is due, and ends with the pass that is under way', async () => {
		let [begun, ended] = [0, 0];
		const pass = async () => {
			begun++;
			await sleep(1);
			return ++ended;
		};
		const loop = new DueLoop({ now: Date.now, pass, nextDue: async () => null, log: () => undefined });
		loop.wake(0);
		await expect.poll(() => ended).toBeGreaterThan(3);
		await loop.stop();
		const atStop = begun;
		await sleep(20);
		expect([begun, ended]).toEqual([atStop, atStop]);
	});
});
