/** A database of its own for each test file, on a real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.ts';

export interface TestDatabase {
	readonly connection: pg.ClientConfig;
	/** For looking at rows behind the services' back. */
	query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
	drop(): Promise<void>;
}

interface TestServer {
	readonly superuser: pg.ClientConfig;
	stop(): Promise<void>;
}

/** On the PostgreSQL of TEST_DATABASE_URL (a superuser's), or on an embedded one that is started for it. */
export async function createTestDatabase(): Promise<TestDatabase> {
	const server = await startServer();
	const name = `test_${randomBytes(6).toString('hex')}`;
	await onServer(server, `CREATE DATABASE ${name}`);
	const connection: pg.ClientConfig = { ...server.superuser, database: name };
	const client = new pg.Client(connection);
	client.on('error', () => undefined);
	await client.connect();
	return {
		connection,
		query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
			(await client.query<Row>(sql, [...values])).rows,
		drop: async () => {
			await client.end();
			await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
			await server.stop();
		},
	};
}

async function onServer({ superuser }: TestServer, sql: string): Promise<void> {
	const client = new pg.Client({ ...superuser, database: 'postgres' });
	await client.connect();
	try {
		await client.query(sql);
	} finally {
		await client.end();
	}
}

async function startServer(): Promise<TestServer> {
	const url = process.env.TEST_DATABASE_URL;
	if (url !== undefined && url !== '') {
		const { hostname, port, username, password } = new URL(url);
		const superuser = { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password) };
		return { superuser, stop: async () => undefined };
	}
	const dataDir = await mkdtemp('/tmp/sendback-test-');
	// The server may run as another user, who has to get through.
	await chmod(dataDir, 0o711);
	const embedded = await startEmbeddedPostgres({ dataDir, log: () => undefined, onUnexpectedExit: () => undefined });
	return {
		superuser: { ...embedded.connection, user: 'postgres' },
		stop: async () => {
			await embedded.stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}
