import { readdirSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/storage/postgres/connect.ts';
import { migrate, readMigrations } from '../../src/storage/postgres/migrate.ts';
import { SQL_DIRECTORY, statement } from '../../src/storage/postgres/statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const NAMES = readdirSync(`${SQL_DIRECTORY}statements`).map((file) => file.slice(0, -'.sql'.length));

/** What leads to a tenant: keys of one column, and what is due, whoever's it is. */
const ACROSS_TENANTS =
	/Index (Only )?Scan using (apps_by_id|tenants_pkey|waits_by_time|start_waits_by_time|outbox_by_time)/;

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

/** The plan that the services' own connections make, once and for all parameters. */
async function planOf(name: string): Promise<string> {
	const client = await database.pool.connect();
	try {
		await client.query(`PREPARE planned AS ${statement(name).text}`);
		const { rows: found } = await client.query<{ types: readonly string[] }>(
			`SELECT parameter_types::text[] AS types FROM pg_prepared_statements WHERE name = 'planned'`,
		);
		// An instance of the undated log: where the number is null, a plan shows no partition at all.
		const values = (found[0]?.types ?? []).map((type) => (type === 'bigint' ? '1' : 'NULL'));
		const given = values.length === 0 ? '' : `(${values.join()})`;
		const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) EXECUTE planned ${given}`);
		await client.query('DEALLOCATE planned');
		return rows.map((row) => row['QUERY PLAN']).join('\n');
	} finally {
		client.release();
	}
}

/** Index scans with their conditions, one text each. */
function indexScans(plan: string): readonly string[] {
	return plan.match(/Index (Only )?Scan.*\n\s+Index Cond: .*/g) ?? [];
}

/** What is wrong with a plan, if anything. */
function faultsOf(plan: string): readonly string[] {
	const scans = plan.match(/.*(Seq Scan|Bitmap|Hash Join|Merge Join).*/g) ?? [];
	// The tenant alone would be a scan of all that the tenant has.
	const whole = indexScans(plan).filter(
		(scan) => !ACROSS_TENANTS.test(scan) && !/\(\(tenant_id = .*\) AND \(/.test(scan),
	);
	return [...scans, ...whole];
}

async function faults(): Promise<readonly string[]> {
	const found = [];
	for (const name of NAMES) found.push(...faultsOf(await planOf(name)).map((fault) => `${name}: ${fault}`));
	return found;
}

const WRITTEN = [
	'instances_pkey',
	'tasks_pkey',
	'assignments_pkey',
	'copies_of_instance',
	'waits_pkey',
	'jobs_of_token',
	'jobs_of_rollback',
];

async function expectIndexes(name: string, ...indexes: readonly string[]): Promise<void> {
	const used = [...(await planOf(name)).matchAll(/Index (?:Only )?Scan (?:Backward )?using (\w+)/g)].map(
		([, index]) => index,
	);
	expect([...new Set(used)].sort(), name).toEqual([...indexes].sort());
}

describe('the plan of every statement', () => {
	it('is lookups by key and ranges of an index while the tables are empty and have no statistics', async () => {
		const found = await faults();
		// Here two indexes cost the same; the first few users bring the statistics that tell them apart.
		expect(found.filter((fault) => !fault.startsWith('find-user-by-email'))).toEqual([]);
	});

	it('is the same when the tables have grown', async () => {
		await test.query(`
			INSERT INTO instances SELECT 'acme', n, 1, 'in_process', '{}', 'demo__c', 'two', 1, 'ann', NULL, n, NULL
			FROM generate_series(1, 5000) AS n`);
		await test.query(
			`INSERT INTO steps SELECT 'acme', n % 50, n, n, 'ann', 'x', NULL, '[]' FROM generate_series(1, 5000) AS n`,
		);
		await test.query(`
			INSERT INTO tasks SELECT 'acme', n, n % 50, 'a', 'agreed', false, n, n, 'bob', 1, 1, NULL, '[]', '[]'
			FROM generate_series(1, 5000) AS n`);
		await test.query(`
			INSERT INTO assignments SELECT 'acme', n, 'bob', n % 50, 'demo__c', 'two', 'ann', 'agreed', n
			FROM generate_series(1, 5000) AS n`);
		await test.query(`
			INSERT INTO users SELECT 'acme', n::text, 'N', n || '@example.org', NULL, '{}', NULL, NULL
			FROM generate_series(1, 2000) AS n`);
		await test.query(`
			INSERT INTO waits
			SELECT 'acme', n, 1, CASE n % 3 WHEN 0 THEN 'timer' WHEN 1 THEN 'message' ELSE 'signal' END,
				CASE n % 3 WHEN 0 THEN NULL ELSE 'name ' || n % 100 END, NULL, n, n FROM generate_series(1, 5000) AS n`);
		await test.query(`
			INSERT INTO jobs (tenant_id, id, instance_id, node_id, topic, token_id, rollback_id, compensates, retries, created_at)
			SELECT 'acme', n, n, 'a', 'topic ' || n % 20, n, n, 1, 3, n FROM generate_series(1, 5000) AS n`);
		await test.query(`
			INSERT INTO start_waits
			SELECT 'acme', 'demo__c', 'flow ' || n, 'a', 1, 'signal', 'name ' || n % 100 FROM generate_series(1, 5000) AS n`);
		await test.query(`
			INSERT INTO outbox SELECT 'acme', n, 1, 'event-thrown', '{}', n, n, NULL, n FROM generate_series(1, 5000) AS n`);
		await test.query('ANALYZE');
		expect(await faults()).toEqual([]);
	});

	it('uses the index that its file says', async () => {
		await expectIndexes('commit-batch', ...WRITTEN);
		await expectIndexes('fetch-jobs', 'jobs_ready', 'jobs_compensating', 'jobs_pkey');
		await expectIndexes('jobs-of-instance', 'jobs_of_token', 'jobs_compensating');
		await expectIndexes('jobs-at-rest', 'jobs_at_rest');
		await expectIndexes('claim-timers', 'waits_by_time', 'waits_pkey');
		await expectIndexes('find-signal-waits', 'waits_by_name');
		await expectIndexes('find-wait', 'waits_pkey');
		await expectIndexes('find-message-waits', 'waits_by_name', 'waits_pkey', 'instances_by_business_key');
		await expectIndexes('read-logs', 'tasks_pkey', 'tasks_of_loop', 'steps_undated_pkey');
		await expectIndexes('latest-flow-versions', 'flows_pkey');
		await expectIndexes('read-log-since', 'steps_undated_pkey');
		await expectIndexes('next-due', 'waits_by_time', 'start_waits_by_time', 'outbox_by_time');
		await expectIndexes('find-assigned-tasks', 'assignments_pending', 'assignments_archived');
		await expectIndexes('find-started-tasks', 'assignments_open_from', 'assignments_archived_from', 'tasks_pkey');
		await expectIndexes('find-copied-tasks', 'copies_open', 'copies_pkey', 'tasks_pkey');
		await expectIndexes('tasks-of-instance', 'instances_pkey', 'tasks_of_instance');
		await expectIndexes('find-task-instances', 'tasks_pkey');
		await expectIndexes('read-steps', 'steps_undated_pkey');
		await expectIndexes('undoings-of', 'steps_undated_that_undo');
		await expectIndexes('find-user-by-email', 'users_by_email');
	});

	it('finds the winners of a batch by a hashed subplan for each of its tables', async () => {
		expect((await planOf('commit-batch')).match(/hashed SubPlan/g)?.length).toBe(19);
	});
});
