import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@sendback/server/storage/embedded/embedded-postgres.ts';
import pg from 'pg';

/** The PostgreSQL that everything is measured on, each side in a database of its own. */
export interface BenchPostgres {
	readonly version: string;
	readonly kind: 'embedded' | 'external';
	/** Its settings that the figures depend on. */
	readonly settings: Readonly<Record<string, string>>;
	/** Asks it, as the role that made the databases. */
	query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
	/** Makes an empty database and answers how to reach it. */
	createDatabase(name: string): Promise<string>;
	dropDatabase(name: string): Promise<void>;
	stop(): Promise<void>;
}

/** What has to be on: a commit that is answered before it is on disk would make every figure a lie. */
const DURABILITY = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;
const SHOWN = [...DURABILITY, 'shared_buffers', 'max_wal_size', 'wal_compression', 'max_connections'] as const;
const EMBEDDED_USER = 'sendback';

/**
 * @param url of a role that may create databases; null: the embedded one, in a temporary folder
 * @param preload libraries that the embedded one has to load at its start
 */
export async function openPostgres(url: string | null, preload?: string): Promise<BenchPostgres> {
	const { admin, urlOf, owner, stop } = url === null ? await embedded(preload) : external(url);
	const client = new pg.Client(admin);
	await client.connect();
	const close = async () => {
		await client.end();
		await stop();
	};
	try {
		const { rows } = await client.query<{ name: string; value: string }>(
			'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name',
			[[...SHOWN, 'server_version']],
		);
		const { server_version: version = '', ...settings } = Object.fromEntries(
			rows.map(({ name, value }) => [name, value]),
		);
		const off = DURABILITY.filter((name) => ['off', 'local'].includes(settings[name] ?? 'off'));
		if (off.length > 0) throw new Error(`Measured is only what is durable, and here ${off.join(' and ')} is off.`);
		const dropDatabase = async (name: string) => {
			await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
		};
		return {
			version,
			kind: url === null ? 'embedded' : 'external',
			settings,
			createDatabase: async (name) => {
				await dropDatabase(name);
				await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}${owner}`);
				return urlOf(name);
			},
			dropDatabase,
			query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
				(await client.query<Row>(sql, [...values])).rows,
			stop: close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

interface Place {
	readonly admin: pg.ClientConfig;
	readonly urlOf: (database: string) => string;
	/** Of the databases that are made. */
	readonly owner: string;
	readonly stop: () => Promise<void>;
}

async function embedded(preload: string | undefined): Promise<Place> {
	const folder = await mkdtemp(join(tmpdir(), 'sendback-bench-'));
	// The server may run as another user, who has to get through.
	await chmod(folder, 0o711);
	const onUnexpectedExit = (reason: string) => {
		throw new Error(`PostgreSQL ended: ${reason}`);
	};
	const start = () => startEmbeddedPostgres({ dataDir: folder, log: () => undefined, onUnexpectedExit });
	let server = await start();
	if (preload !== undefined) {
		// The settings of an operator, which are there from the first start on and count from the second.
		await server.stop();
		await writeFile(join(folder, 'cluster', 'custom.conf'), `shared_preload_libraries = '${preload}'\n`);
		server = await start();
	}
	const { host, port } = server.connection;
	return {
		admin: { host, port, user: 'postgres', database: 'postgres', ssl: false },
		urlOf: (database) => `postgres://${EMBEDDED_USER}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
		owner: ` OWNER ${EMBEDDED_USER}`,
		stop: async () => {
			await server.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

function external(url: string): Place {
	return {
		admin: { connectionString: url },
		urlOf: (database) => {
			const of = new URL(url);
			of.pathname = `/${database}`;
			return of.href;
		},
		owner: '',
		stop: async () => undefined,
	};
}
