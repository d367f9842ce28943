import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Migration, migrate, readMigrations, whyNotMigrated } from '../../src/storage/postgres/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
	database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
	await database.query('DROP SCHEMA public CASCADE');
	await database.query('CREATE SCHEMA public');
});

const ONE: Migration = { number: 1, name: '0001_one.sql', sql: 'CREATE TABLE one (id int)', checksum: 'a' };
const TWO: Migration = { number: 2, name: '0002_two.sql', sql: 'CREATE TABLE two (id int)', checksum: 'b' };

async function applied(): Promise<readonly string[]> {
	const rows = await database.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY number');
	return rows.map(({ name }) => name);
}

describe('migrations', () => {
	it('are applied once, in order, and only what is missing', async () => {
		await migrate(database.connection, [ONE]);
		await migrate(database.connection, [ONE, TWO]);
		await migrate(database.connection, [ONE, TWO]);
		expect(await applied()).toEqual(['0001_one.sql', '0002_two.sql']);
	});

	it('refuse a database that is newer than this binary', async () => {
		await migrate(database.connection, [ONE, TWO]);
		await expect(migrate(database.connection, [ONE])).rejects.toThrow(/newer than this Sendback.*migration 2/);
	});

	it('refuse a database that was made with a different text', async () => {
		await migrate(database.connection, [ONE]);
		await expect(migrate(database.connection, [{ ...ONE, checksum: 'c' }, TWO])).rejects.toThrow(/different 0001_one/);
		expect(await applied()).toEqual(['0001_one.sql']);
	});

	it('leave nothing behind when one fails', async () => {
		const bad: Migration = { ...TWO, sql: 'CREATE TABLE two (id int); SELECT 1/0' };
		await expect(migrate(database.connection, [ONE, bad])).rejects.toThrow(/division by zero/);
		expect(await applied()).toEqual(['0001_one.sql']);
		expect(await database.query(`SELECT to_regclass('two') AS two`)).toEqual([{ two: null }]);
	});

	it('are applied once when several processes start together', async () => {
		const slow: Migration = { ...TWO, sql: `${TWO.sql}; SELECT pg_sleep(0.2)` };
		await Promise.all([1, 2, 3, 4].map(() => migrate(database.connection, [ONE, slow])));
		expect(await applied()).toEqual(['0001_one.sql', '0002_two.sql']);
	});

	it('are applied once even where the advisory lock does not hold', async () => {
		// A pooler in between can give the lock to another connection: here nobody can have it in time.
		const holder = new pg.Client(database.connection);
		await holder.connect();
		await holder.query('SELECT pg_advisory_lock(7363326421)');
		try {
			// Which of them collide, and on what, is up to the server: among many all of it happens.
			await Promise.all(Array.from({ length: 16 }, () => migrate(database.connection, [ONE, TWO])));
		} finally {
			await holder.end();
		}
		expect(await applied()).toEqual(['0001_one.sql', '0002_two.sql']);
	});

	it('say whether the database is ready', async () => {
		const pool = new pg.Pool(database.connection);
		try {
			expect(await whyNotMigrated(pool, [ONE])).toMatch(/schema_migrations/);
			await migrate(database.connection, [ONE]);
			expect(await whyNotMigrated(pool, [ONE])).toBeNull();
			expect(await whyNotMigrated(pool, [ONE, TWO])).toMatch(/0002_two.sql is not applied/);
			expect(await whyNotMigrated(pool, [])).toMatch(/newer/);
		} finally {
			await pool.end();
		}
	});
});

describe('the schema', () => {
	beforeEach(() => migrate(database.connection, readMigrations()));

	it('has tenant_id first in every primary key and index, but for what leads to a tenant', async () => {
		const indexes = await database.query<{ index: string; first: string }>(`
			SELECT c.relname AS index, a.attname AS first
			FROM pg_index AS x
			JOIN pg_class AS c ON c.oid = x.indexrelid
			JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
			JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]`);
		const others = indexes.filter(({ first }) => first !== 'tenant_id').map(({ index }) => index);
		// What is due is looked for in all tenants at once.
		const due = ['outbox_by_time', 'start_waits_by_time', 'waits_by_time'];
		expect(others.sort()).toEqual(['apps_by_id', ...due, 'schema_migrations_pkey', 'upkeep_pkey'].sort());
	});

	it('has a primary key on every table, and neither foreign keys nor triggers', async () => {
		const [row] = await database.query(`
			SELECT
				(SELECT count(*)::int FROM pg_class AS t WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
					AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = t.oid AND k.contype = 'p')) AS without_key,
				(SELECT count(*)::int FROM pg_constraint WHERE contype = 'f') AS foreign_keys,
				(SELECT count(*)::int FROM pg_trigger) AS triggers`);
		expect(row).toEqual({ without_key: 0, foreign_keys: 0, triggers: 0 });
	});
});
