import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { CONNECT_TIMEOUT_MS } from './connect.ts';
import { SQL_DIRECTORY } from './statements.ts';

export interface Migration {
	readonly number: number;
	/** The name of its file. */
	readonly name: string;
	readonly sql: string;
	/** SHA-256 of the text, in hex: a migration is frozen once it was applied anywhere. */
	readonly checksum: string;
}

/** What a database went through, as far as it is recorded. */
interface Applied {
	readonly number: number;
	readonly checksum: string;
}

/** The database cannot be brought to where this binary needs it. Stopping is the only right thing. */
export class MigrationError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'MigrationError';
	}
}

/** The migrations of this binary, ascending: sql/migrations/0001_….sql and so on without a gap. */
export function readMigrations(directory = `${SQL_DIRECTORY}migrations/`): readonly Migration[] {
	const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
	return files.sort().map((name, index) => {
		// A checkout may have turned the line ends; that is not a change.
		const sql = readFileSync(`${directory}${name}`, 'utf8').replaceAll('\r\n', '\n');
		const number = index + 1;
		if (!name.startsWith(`${String(number).padStart(4, '0')}_`))
			throw new Error(`bug: ${name} is not migration ${number}`);
		return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
	});
}

/** Any number will do, as long as nobody else uses it. */
const LOCK = 7_363_326_421;
const MAX_RACES = 10;

const CREATE_RECORD = `CREATE TABLE IF NOT EXISTS schema_migrations (
	number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
)`;

/**
 * Applies what is missing, each migration in its own transaction.
 *
 * @throws MigrationError where the database is newer than this binary, or one of its migrations was a different one
 */
export async function migrate(connection: pg.ClientConfig, migrations: readonly Migration[]): Promise<void> {
	// Where nobody answers, a start would wait for ever, and a signal for the start.
	const client = new pg.Client({ ...connection, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
	// A connection that breaks fails the query under way; without a listener it would end the process too.
	client.on('error', () => undefined);
	await client.connect();
	try {
		// Two processes that start together take turns. Only a hint: behind a pooler the lock may be somebody else's.
		await client.query(`SET lock_timeout = '5s'`);
		await client.query('SELECT pg_advisory_lock($1)', [LOCK]).catch(ignoreRace);
		await client.query(CREATE_RECORD).catch(ignoreRace);
		for (let races = 0; races < MAX_RACES; ) {
			const next = nextMigration(migrations, await readApplied(client));
			if (next === null) return;
			await applyMigration(client, next).catch((error: unknown) => {
				ignoreRace(error);
				races++;
			});
		}
		throw new MigrationError('Another process is changing the database, and does not come to an end.');
	} finally {
		await client.end();
	}
}

/** Null when the database is where this binary needs it; otherwise a sentence that says why not. */
export async function whyNotMigrated(pool: pg.Pool, migrations: readonly Migration[]): Promise<string | null> {
	try {
		const next = nextMigration(migrations, await readApplied(pool));
		return next === null ? null : `The migration ${next.name} is not applied.`;
	} catch (error) {
		return error instanceof Error ? error.message : 'The database does not answer.';
	}
}

/**
 * What a start would apply, for a look that changes nothing.
 *
 * @throws MigrationError where it would refuse
 */
export async function missingMigrations(
	client: pg.Client,
	migrations: readonly Migration[],
): Promise<readonly Migration[]> {
	const { rows } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('schema_migrations')`);
	const applied = rows.length === 0 ? [] : await readApplied(client);
	const next = nextMigration(migrations, applied);
	return next === null ? [] : migrations.slice(next.number - 1);
}

async function readApplied(client: pg.Client | pg.Pool): Promise<readonly Applied[]> {
	return (await client.query<Applied>('SELECT number, checksum FROM schema_migrations ORDER BY number')).rows;
}

function nextMigration(migrations: readonly Migration[], applied: readonly Applied[]): Migration | null {
	for (const { number, checksum } of applied) {
		const known = migrations[number - 1];
		if (known === undefined) {
			throw new MigrationError(
				`The database is newer than this Sendback: it has migration ${number}, and this one knows ${migrations.length}. Start the newer version.`,
			);
		}
		if (known.checksum !== checksum) {
			throw new MigrationError(
				`The database was made with a different ${known.name}; a migration may not change once it was applied.`,
			);
		}
	}
	return migrations[applied.length] ?? null;
}

/** The record comes first: a process that does the same waits there, and finds the migration applied. */
async function applyMigration(client: pg.Client, { number, name, checksum, sql }: Migration): Promise<void> {
	await client.query('BEGIN');
	try {
		await client.query('INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)', [
			number,
			name,
			checksum,
		]);
		await client.query(sql);
		await client.query('COMMIT');
	} catch (error) {
		await client.query('ROLLBACK').catch(() => undefined);
		throw error;
	}
}

/**
 * unique_violation, duplicate_table, duplicate_object (the type of a table), lock_not_available, serialization_failure,
 * deadlock_detected: others were there first.
 */
const RACES: ReadonlySet<string> = new Set(['23505', '42P07', '42710', '55P03', '40001', '40P01']);

function ignoreRace(error: unknown): void {
	if (!(error instanceof pg.DatabaseError && RACES.has(error.code ?? ''))) throw error;
}
