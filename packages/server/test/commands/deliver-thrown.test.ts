import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock } from '../../src/clock/test-clock.ts';
import { type DeliveryDependencies, deliverThrown } from '../../src/events/deliver-thrown.ts';
import { refuse } from '../../src/refusals.ts';
import { connect, type Database } from '../../src/storage/postgres/connect.ts';
import { StorageUnavailable } from '../../src/storage/storage-errors.ts';
import { flow, type Stage, setStage, userTask } from '../support/services.ts';

const NOW = Date.UTC(2030, 0, 1);
const LATE = '<signalEventDefinition signalRef="late"/>';
const ROOTS = '<signal id="late" name="late"/>';
const [start, end] = ['<startEvent id="start"/>', '<endEvent id="end"/>'];
const FLOWS = {
	waits: flow(
		`${start}<intermediateCatchEvent id="wait">${LATE}</intermediateCatchEvent>${userTask('work=bob')}${end}`,
		'start > wait > work > end',
		ROOTS,
	),
	tells: flow(
		`${start}<intermediateThrowEvent id="tell">${LATE}</intermediateThrowEvent>${userTask('rest=bob')}${end}`,
		'start > tell > rest > end',
		ROOTS,
	),
};

let stage: Stage;
let database: Database;
beforeAll(async () => {
	stage = await setStage(FLOWS, createTestClock(NOW));
	const { connection } = stage.database;
	database = connect({ connection, batchesInFlight: 1, connections: 2, log: () => undefined });
});
afterAll(async () => {
	await database.close();
	await stage.close();
});

const BUSY = { ok: false, refusal: { ...refuse('too-busy'), retryAfterSeconds: 1 } } as const;

describe('a thrown event that was tried often before', () => {
	it.each([
		['busy', async () => BUSY, 1_000],
		[
			'out of reach',
			async () => {
				throw new StorageUnavailable('locked', null);
			},
			10_000,
		],
	])('is not given up because its recipients are %s', async (_, submit, later) => {
		const waiting = await stage.start('waits');
		const { instance } = await stage.start('tells');
		await stage.database.query('UPDATE outbox SET tries = 9 WHERE instance_id = $1', [instance]);
		const { commands, clock } = stage.services;
		const deps = { pool: database.pool, clock, log: () => undefined, load: async () => null };
		await deliverThrown({ ...deps, commands: { start: commands.start, submit } } satisfies DeliveryDependencies);
		const query = 'SELECT tries, try_at::float8 AS at FROM outbox WHERE sent_at IS NULL AND instance_id = $1';
		expect(await stage.database.query(query, [instance])).toEqual([{ tries: 9, at: NOW + later }]);
		await stage.database.query('UPDATE outbox SET try_at = 0 WHERE instance_id = $1', [instance]);
		await stage.services.runDueWork();
		expect(await stage.openNodes(waiting.instance)).toEqual(['work']);
	});
});
