import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/storage/postgres/connect.ts';
import { withSessionOptions } from '../../src/storage/postgres/session-options.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
	test = await createTestDatabase();
});
afterAll(() => test.drop());

/** The URL of the test's database. */
function urlOf(more: Readonly<Record<string, string>>): string {
	const { host = '', port = '', user = '', password = '', database = '' } = test.connection;
	const parameters = { host, port: String(port), user, password: String(password), ...more };
	const given = Object.entries(parameters).filter(([, value]) => value !== '');
	return `postgres:///${database}?${new URLSearchParams(given)}`;
}

const SETTINGS = ['plan_cache_mode', 'enable_seqscan', 'work_mem', 'application_name', 'statement_timeout'];

async function settingsOf(connectionString: string, pool: 'pool' | 'commits' = 'pool'): Promise<object> {
	const database = connect({
		connection: { connectionString },
		batchesInFlight: 1,
		connections: 1,
		log: () => undefined,
	});
	try {
		const { rows } = await database[pool].query<{ name: string; value: string }>(
			'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name',
			[[...SETTINGS, 'lock_timeout']],
		);
		return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
	} finally {
		await database.close();
	}
}

describe('the settings of a connection', () => {
	it('are ours, and those of the URL beside them', async () => {
		const url = urlOf({ options: '-c work_mem=5MB', application_name: "it's us & them", statement_timeout: '7' });
		expect(await settingsOf(url)).toMatchObject({
			plan_cache_mode: 'force_generic_plan',
			enable_seqscan: 'off',
			work_mem: '5MB',
			application_name: "it's us & them",
			statement_timeout: '10s',
		});
	});

	it('are those of the URL where it names one of ours', async () => {
		const url = urlOf({ options: '-c plan_cache_mode=auto' });
		expect(await settingsOf(url)).toMatchObject({ plan_cache_mode: 'auto', enable_seqscan: 'off' });
	});

	it('are for commits their own, whatever the URL says', async () => {
		expect(await settingsOf(urlOf({ lock_timeout: '0' }), 'commits')).toMatchObject({ lock_timeout: '1500ms' });
	});

	it.each([
		'postgres://app:p%40ss@db.example.org:5433/approvals?sslmode=require',
		'postgres:///approvals?host=/tmp/a%20b',
		'/var/run/postgresql approvals',
	])('leave %s as it is', (connectionString) => {
		expect(withSessionOptions<pg.ClientConfig>({ connectionString }).connectionString).toBe(connectionString);
	});
});
