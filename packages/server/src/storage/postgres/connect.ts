import pg from 'pg';
import { StorageUnavailable } from '../storage-errors.ts';
import { asUnavailable, isReported } from './server-errors.ts';
import { withSessionOptions } from './session-options.ts';
import { type Statement, statement } from './statements.ts';

/** A page or a batch takes milliseconds; more means that something is wrong, and others wait behind it. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Longer than the server's own limit, for a network that swallows the answer. */
const ANSWER_TIMEOUT_MS = 15_000;
export const CONNECT_TIMEOUT_MS = 5_000;
/** More than PostgreSQL takes to see a deadlock (deadlock_timeout), and than our own changes of tables wait (log-months.ts). */
const COMMIT_LOCK_TIMEOUT_MS = 1_500;
/** Of what has waited before: other processes have a row for milliseconds, and nobody is to wait for more. */
const APART_LOCK_TIMEOUT_MS = 50;
/** Of what nobody waits for: whole instances with a long log are read and removed in one statement. */
const UPKEEP = { statement_timeout: 600_000, query_timeout: 660_000 };
const UPKEEP_LOCK_TIMEOUT_MS = 5_000;

export type PoolOptions = Omit<pg.PoolConfig, 'types' | 'max' | 'options'>;

/** `commits` is for batches only, so that they never wait for readers; `apart` for those that were held up (held-up-writes.ts). */
export interface Database {
	readonly pool: pg.Pool;
	readonly commits: pg.Pool;
	readonly apart: pg.Pool;
	/** For what looks after the tables and may take minutes, one statement at a time. */
	readonly upkeep: pg.Pool;
	/**
	 * Calls this whenever a connection is lost. Behind the next one there may be a standby that took over, and what was read
	 * or answered last may never have come to it.
	 */
	onLost(listener: () => void): void;
	close(): Promise<void>;
}

export interface ConnectOptions {
	readonly connection: PoolOptions;
	readonly batchesInFlight: number;
	readonly connections: number;
	readonly log: (message: string, details?: object) => void;
}

export function connect({ connection, batchesInFlight, connections, log }: ConnectOptions): Database {
	const shared: pg.PoolConfig = {
		...withSessionOptions(connection),
		types: { getTypeParser },
		statement_timeout: STATEMENT_TIMEOUT_MS,
		query_timeout: ANSWER_TIMEOUT_MS,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		keepAlive: true,
	};
	let isClosing = false;
	const pool = new pg.Pool({ ...shared, max: connections });
	const commits = new pg.Pool({ ...shared, max: batchesInFlight, ...lockTimeout(COMMIT_LOCK_TIMEOUT_MS) });
	const apart = new pg.Pool({ ...shared, max: 1, ...lockTimeout(APART_LOCK_TIMEOUT_MS) });
	const upkeep = new pg.Pool({ ...shared, max: 1, ...UPKEEP, ...lockTimeout(UPKEEP_LOCK_TIMEOUT_MS) });
	const all = [pool, commits, apart, upkeep];
	const listeners: (() => void)[] = [];
	function lost(): void {
		if (!isClosing) for (const listener of listeners) listener();
	}
	for (const each of all) {
		// Without listeners a connection that breaks would end the process: the pool's own is for idle ones, and one that
		// was just taken or is about to be given back has none. Whoever uses it learns from the query; the rest make new ones.
		each.on('connect', (client) => client.on('error', lost));
		// Given back with an error: it broke while it was used, or fell silent.
		each.on('release', (error) => {
			if (error) lost();
		});
		each.on('error', (error) => {
			if (!isClosing) log('an idle database connection broke', { error: error.message });
		});
	}
	return {
		pool,
		commits,
		apart,
		upkeep,
		onLost: (listener) => listeners.push(listener),
		close: async () => {
			isClosing = true;
			await Promise.all(all.map((each) => each.end()));
		},
	};
}

/** Said to each new connection, and not as it is opened: poolers refuse there what they do not know. */
function lockTimeout(ms: number): Pick<pg.PoolConfig, 'onConnect'> {
	return {
		onConnect: async (client) => {
			await client.query(`SET lock_timeout = ${ms}`);
		},
	};
}

const INT8 = 20;
const JSON_TEXT = 114;

/** All our bigints (ids, moments, positions) are below 2^53. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') =>
	oid === INT8 ? parseSafeInteger : oid === JSON_TEXT ? asText : pg.types.getTypeParser(oid, format as 'text');

/** Documents are read by whoever knows their type, and often only their length is wanted as well. */
function asText(text: string): string {
	return text;
}

function parseSafeInteger(text: string): number {
	const value = Number(text);
	if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of range: ${text}`);
	return value;
}

/**
 * Runs a named statement that reads, or writes the same when it is repeated.
 *
 * @throws StorageUnavailable where the database cannot be asked
 */
export async function run<Row extends object>(
	pool: pg.Pool,
	name: string,
	values: readonly unknown[],
): Promise<readonly Row[]> {
	try {
		return (await runOn<Row>(pool, statement(name), values)).rows;
	} catch (error) {
		throw isReported(error) ? asUnavailable(error) : new StorageUnavailable('The database cannot be asked.', error);
	}
}

/**
 * Like pool.query, but a connection that broke or fell silent is thrown away rather than reused, and `sent` says when
 * the statement is about to leave: an error before that has changed nothing.
 */
export async function runOn<Row extends object>(
	pool: pg.Pool,
	{ name, text }: Statement,
	values: readonly unknown[],
	sent: () => void = () => undefined,
): Promise<pg.QueryResult<Row>> {
	const client = await pool.connect();
	let broken = true;
	try {
		sent();
		const result = await client.query<Row>({ name, text, values: [...values] });
		broken = false;
		return result;
	} catch (error) {
		broken = !isReported(error);
		throw error;
	} finally {
		client.release(broken);
	}
}
