import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dropUnused, listPartitions, makeMonths } from '../../src/history/log-months.ts';
import { firstIdOn } from '../../src/storage/dated-ids.ts';
import { connect, type Database } from '../../src/storage/postgres/connect.ts';
import { migrate, readMigrations } from '../../src/storage/postgres/migrate.ts';
import { isRetryable } from '../../src/storage/postgres/server-errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MARCH = Date.UTC(2026, 2, 9);
const MAY = Date.UTC(2026, 4, 9);

let test: TestDatabase;
let first: Database;
let second: Database;
beforeAll(async () => {
	test = await createTestDatabase();
	const connection = test.connection as pg.PoolConfig;
	const options = { connection, batchesInFlight: 1, connections: 2, log: () => undefined };
	[first, second] = [connect(options), connect(options)];
});
afterAll(async () => {
	await first.close();
	await second.close();
	await test.drop();
});
beforeEach(async () => {
	await test.query('DROP SCHEMA public CASCADE');
	await test.query('CREATE SCHEMA public');
});

async function names(): Promise<readonly string[]> {
	return (await listPartitions(first.pool)).map(({ name }) => name);
}

async function addStep(instance: number, position = 1): Promise<void> {
	await test.query(`INSERT INTO steps VALUES ('acme', $1, $2, 1, 'ann', 'x', NULL, '[]')`, [instance, position]);
}

async function addInstance(id: number): Promise<void> {
	await test.query(
		`INSERT INTO instances VALUES ('acme', $1, 1, 'in_process', '{}', 'demo__c', 'two', 1, 'ann', NULL, 1, NULL)`,
		[id],
	);
}

async function whereIs(instance: number): Promise<readonly string[]> {
	const rows = await test.query<{ name: string }>(
		'SELECT tableoid::regclass::text AS name FROM steps WHERE instance_id = $1 ORDER BY position',
		[instance],
	);
	return rows.map(({ name }) => name);
}

describe('a database without months', () => {
	const OLD = readMigrations().slice(0, 2);

	it('keeps its log as it was when it is brought to this version', async () => {
		await migrate(test.connection, OLD);
		const before = 1_000_000_000_000_007;
		await addStep(before);
		await addStep(before, 2);
		await test.query('UPDATE steps SET undone_from = 1 WHERE position = 2');
		await migrate(test.connection, readMigrations());
		await makeMonths(first.pool, MARCH);
		// An older process may still run for a while, and goes on in that block.
		await addStep(before, 3);
		await addStep(before + 1);
		expect(await whereIs(before)).toEqual(['steps_undated', 'steps_undated', 'steps_undated']);
		expect(await whereIs(before + 1)).toEqual(['steps_undated']);
		await expect(addStep(before)).rejects.toThrow(/unique/);
	});
});

describe('the months of the log', () => {
	beforeEach(() => migrate(test.connection, readMigrations()));

	it('are made ahead, follow each other without a gap, and are made once', async () => {
		await makeMonths(first.pool, MARCH);
		await makeMonths(first.pool, MARCH);
		expect(await names()).toEqual(['steps_undated', 'steps_2026_03', 'steps_2026_04', 'steps_2026_05']);
		const [, march, april, may] = await listPartitions(first.pool);
		expect([march?.from, april?.from, may?.from]).toEqual([firstIdOn(Date.UTC(2026, 2, 1)), march?.to, april?.to]);
	});

	it('are made once by processes that begin together, while others write', async () => {
		const writers = new pg.Pool({ ...test.connection, max: 4 });
		const write = (id: number) =>
			writers.query(`INSERT INTO steps VALUES ('acme', $1, 1, 1, 'ann', 'x', NULL, '[]')`, [id]);
		const writing = Array.from({ length: 200 }, (_, index) =>
			write(firstIdOn(MARCH) + index).catch((error: unknown) => {
				if (isRetryable(error)) return write(firstIdOn(MARCH) + index);
				throw error;
			}),
		);
		await Promise.allSettled([first, second, first, second].map(({ pool }) => makeMonths(pool, MARCH)));
		await Promise.all(writing);
		await writers.end();
		// A row that came in between makes a try fail; the next one succeeds.
		await makeMonths(second.pool, MARCH);
		expect(await names()).toEqual(['steps_undated', 'steps_2026_03', 'steps_2026_04', 'steps_2026_05']);
		const [row] = await test.query<{ count: number }>('SELECT count(*)::int AS count FROM steps_2026_03');
		expect(row?.count).toBe(200);
	});

	it('take the place of a month that nobody made: nothing is refused, and what was taken moves', async () => {
		await makeMonths(first.pool, MARCH);
		const late = firstIdOn(Date.UTC(2026, 6, 9));
		await addStep(late);
		expect(await whereIs(late)).toEqual(['steps_rest']);
		await makeMonths(second.pool, MAY);
		expect(await whereIs(late)).toEqual(['steps_2026_07']);
	});

	it('need no room before ids had a day', async () => {
		await makeMonths(first.pool, 1_000_000);
		expect(await names()).toEqual(['steps_undated']);
	});

	it('are dropped when no instance of theirs is left, and not before', async () => {
		await makeMonths(first.pool, MARCH);
		const id = firstIdOn(MARCH);
		await addInstance(id);
		await addStep(id);
		const march = (await listPartitions(first.pool))[1];
		if (march === undefined) throw new Error('there is no March');
		expect(await dropUnused(first.pool, march)).toBe('kept');
		expect(await whereIs(id)).toEqual(['steps_2026_03']);
		await test.query('DELETE FROM instances');
		expect(await dropUnused(first.pool, march)).toBe('dropped');
		expect(await names()).toEqual(['steps_undated', 'steps_2026_04', 'steps_2026_05']);
		await addStep(id);
		expect(await whereIs(id)).toEqual(['steps_rest']);
	});

	it('are left for another time where looking for their instances takes too long', async () => {
		await makeMonths(first.pool, MARCH);
		const march = (await listPartitions(first.pool))[1];
		if (march === undefined) throw new Error('there is no March');
		await test.query('BEGIN');
		await test.query('LOCK TABLE instances');
		const dropping = dropUnused(first.pool, march);
		// As the limit of the statement does.
		await expect
			.poll(() =>
				test.query(
					`SELECT FROM pg_locks WHERE relation = 'instances'::regclass AND NOT granted AND pg_cancel_backend(pid)`,
				),
			)
			.not.toEqual([]);
		await test.query('ROLLBACK');
		expect(await dropping).toBe('held');
		expect(await dropUnused(first.pool, march)).toBe('dropped');
	});
});
