/**
 * What the tables need for being distributed by tenant, held against every statement on plain PostgreSQL. The rules are
 * those of Citus: docs.citusdata.com, "SQL Support and Workarounds" (a statement of one tenant may do everything but what
 * is listed there under "General") and "Common Error Messages" (functions in updates).
 */
import { readdirSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/storage/postgres/connect.ts';
import { distribute, isDistributed } from '../../src/storage/postgres/distribute.ts';
import { migrate, readMigrations } from '../../src/storage/postgres/migrate.ts';
import { SQL_DIRECTORY, statement } from '../../src/storage/postgres/statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const NAMES = readdirSync(`${SQL_DIRECTORY}statements`).map((file) => file.slice(0, -'.sql'.length));

/** Looks for what is due, whoever's it is: sent to every shard. Whom a find belongs to is handled one by one. */
const POLLERS = ['claim-timers', 'claim-timer-starts', 'claim-thrown', 'next-due'];
/** Tables that stay on the coordinator: what leads to a tenant, and what is of none. */
const ON_COORDINATOR = ['claim-upkeep', 'enable-app', 'find-app', 'list-tenants', 'next-id-block', 'set-app-ticket'];
/** Their tenant comes in arrays. On shards all of one statement are of one tenant (one-tenant.ts). */
const BATCHES = [
	'commit-batch',
	'find-answers',
	'find-task-instances',
	'latest-decision-versions',
	'latest-flow-versions',
	'load-instances',
	'read-logs',
];

/** Comments name things too. */
const textOf = (name: string) => statement(name).text.replaceAll(/--.*$/gm, '');

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
	test = await createTestDatabase();
	await migrate(test.connection, readMigrations());
	const connection = test.connection as pg.PoolConfig;
	database = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
});
afterAll(async () => {
	await database.close();
	await test.drop();
});

/** The distributed tables that a statement reads or changes, as often as it names them. */
function tablesOf(text: string, tables: readonly string[]): readonly string[] {
	const named = text.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(\w+)/g);
	return [...named].map(([, table]) => table ?? '').filter((table) => tables.includes(table));
}

/** Conditions and values that say of which tenant a row is: a parameter, or the same as another row's. */
function tenantsOf(text: string): number {
	const conditions = text.match(/\btenant_id = (?:\$1|\w+\.tenant_id|tenants\[\w+\.write\])/g) ?? [];
	const inserted = text.match(/INSERT INTO \w+(?: AS \w+)? \(\s*tenant_id\b/g) ?? [];
	return conditions.length + inserted.length;
}

async function distributedTables(): Promise<readonly string[]> {
	const rows = await test.query<{ name: string }>(`
		SELECT c.relname AS name
		FROM pg_class AS c
		JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('apps', 'tenants')`);
	return rows.map(({ name }) => name);
}

describe('on shards, every statement', () => {
	it('says for each table that it names of which tenant the rows are', async () => {
		const tables = await distributedTables();
		const wrong = NAMES.filter((name) => ![...POLLERS, ...ON_COORDINATOR].includes(name)).filter(
			(name) => tenantsOf(textOf(name)) < tablesOf(textOf(name), tables).length,
		);
		expect(wrong).toEqual([]);
	});

	it('is of the tenant that is its first parameter, or of the one of a batch', () => {
		const first = /\btenant_id = \$1\b|\(\s*tenant_id,[^)]*\)\s*(VALUES \(|SELECT )\$1\b/;
		const others = NAMES.filter((name) => !first.test(textOf(name)));
		expect(others.sort()).toEqual([...POLLERS, ...ON_COORDINATOR, ...BATCHES].sort());
	});

	it('locks rows only where it looks for work, and does not rely on it', () => {
		const locking = NAMES.filter((name) => /FOR (NO KEY )?(UPDATE|SHARE)/.test(textOf(name)));
		expect(locking.sort()).toEqual(['claim-thrown', 'claim-timer-starts', 'claim-timers', 'fetch-jobs']);
		// What was found is compared again where it is changed.
		for (const name of locking) expect(textOf(name), name).toMatch(/RETURNING/);
		for (const name of locking) expect(textOf(name), name).toMatch(/(try_at|locked_until) <= \$\d[\s\S]*RETURNING/);
	});

	it('finds conflicts by a key that has the tenant', () => {
		for (const name of NAMES.filter((each) => !ON_COORDINATOR.includes(each))) {
			for (const [, columns] of textOf(name).matchAll(/ON CONFLICT \(([^)]*)\)/g)) {
				expect(columns, name).toMatch(/^tenant_id, /);
			}
		}
	});

	it('never moves a row to another tenant', () => {
		for (const name of NAMES) expect(textOf(name), name).not.toMatch(/\bSET\s+tenant_id\b|,\s*tenant_id = excluded/);
	});

	it('calls no function whose result is not the same on every node', () => {
		const volatile = /\b(now|clock_timestamp|statement_timestamp|random|gen_random_uuid|nextval|current_timestamp)\b/i;
		expect(NAMES.filter((name) => volatile.test(textOf(name)))).toEqual(['next-id-block']);
	});

	it('casts no document of a row in an update', () => {
		const casting = NAMES.filter((name) => /\bSET\b[^;]*?\w\.\w+::json[^;]*?\b(FROM|WHERE)\b/.test(textOf(name)));
		expect(casting).toEqual([]);
	});
});

describe('distributing', () => {
	it('says what is missing where there is no Citus', async () => {
		expect(await isDistributed(database.pool)).toBe(false);
		await expect(distribute(test.connection)).rejects.toThrow(/CREATE EXTENSION citus/);
	});

	it.skipIf(process.env.CITUS_URL === undefined)('distributes every table of tenants, once', async () => {
		const connection = { connectionString: process.env.CITUS_URL };
		await migrate(connection, readMigrations());
		const first = await distribute(connection);
		expect([...first].sort()).toEqual((await distributedTables()).filter((table) => !/^steps_/.test(table)).sort());
		expect(await distribute(connection)).toEqual([]);
	});
});
