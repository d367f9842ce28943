/** The months of the log: partitions of `steps` by ranges of ids, which carry their day (dated-ids.ts). */
import type { TimeMs } from '@sendback/engine/terms.ts';
import pg from 'pg';
import { firstIdOn } from '../storage/dated-ids.ts';
import { isHeldUp } from '../storage/postgres/server-errors.ts';

/** Months that are there before they begin: as long may nobody have time for it. */
const MONTHS_AHEAD = 2;

/** A partition of `steps` with bounds. `from` is null for the undated one, which has no lower bound. */
export interface LogPartition {
	readonly name: string;
	readonly from: number | null;
	/** The first id after it. */
	readonly to: number;
	readonly bytes: number;
}

const LIST = `SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds,
	pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'steps'::regclass
ORDER BY c.relname`;

/** In the order of their ids; without steps_rest, which takes what has no other place. */
export async function listPartitions(pool: pg.Pool): Promise<readonly LogPartition[]> {
	const { rows } = await pool.query<{ name: string; bounds: string; bytes: number }>(LIST);
	const bounded = rows.flatMap(({ name, bounds, bytes }) => {
		const [, from, to] = /FROM \((.+)\) TO \('(\d+)'\)/.exec(bounds) ?? [];
		if (to === undefined) return [];
		return [{ name, from: from === 'MINVALUE' ? null : Number(from?.replaceAll("'", '')), to: Number(to), bytes }];
	});
	return bounded.sort((a, b) => a.to - b.to);
}

/** Makes this month's partition and the next ones where they are missing. Any number of processes can do it at once. */
export async function makeMonths(pool: pg.Pool, now: TimeMs): Promise<void> {
	const there = new Set((await listPartitions(pool)).map(({ name }) => name));
	for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
		const month = monthOf(now, ahead);
		if (month.from < month.to && !there.has(month.name))
			await inTransaction(pool, (client) => makeMonth(client, month));
	}
}

type Month = Omit<LogPartition, 'bytes' | 'from'> & { readonly from: number };

function monthOf(time: TimeMs, ahead: number): Month {
	const date = new Date(time);
	const start = (more: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead + more, 1);
	const name = `steps_${new Date(start(0)).toISOString().slice(0, 7).replace('-', '_')}`;
	return { name, from: firstIdOn(start(0)), to: firstIdOn(start(1)) };
}

/**
 * Attaching waits for no reader or writer of other partitions, as CREATE TABLE … PARTITION OF would. Rows that came while
 * the month was missing move from steps_rest; one that comes in between makes the attaching fail, and the next try moves
 * it too.
 */
async function makeMonth(client: pg.PoolClient, { name, from, to }: Month): Promise<void> {
	try {
		await client.query(`CREATE TABLE ${name} (LIKE steps) WITH (autovacuum_freeze_min_age = 0)`);
	} catch (error) {
		// duplicate_table, or its row in the catalog: another process makes it.
		if (error instanceof pg.DatabaseError && ['42P07', '23505'].includes(error.code ?? '')) return;
		throw error;
	}
	await client.query(
		`WITH moved AS (DELETE FROM steps_rest WHERE instance_id >= ${from} AND instance_id < ${to} RETURNING *)
		INSERT INTO ${name} SELECT * FROM moved`,
	);
	await client.query(`ALTER TABLE steps ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
}

/** Instances of any tenant with an id in a range. Tenant by tenant, as their ids are the second part of the key. */
const IN_USE = `WITH RECURSIVE tenant AS (
	(SELECT tenant_id FROM instances ORDER BY tenant_id LIMIT 1)
	UNION ALL
	SELECT (SELECT i.tenant_id FROM instances AS i WHERE i.tenant_id > t.tenant_id ORDER BY i.tenant_id LIMIT 1)
	FROM tenant AS t
	WHERE t.tenant_id IS NOT NULL
)
SELECT 1
FROM tenant AS t
CROSS JOIN LATERAL (SELECT FROM instances AS i WHERE i.tenant_id = t.tenant_id AND i.id >= $1 AND i.id < $2 LIMIT 1) AS i
LIMIT 1`;

/** Nobody can write to the partition meanwhile. */
const LOOK_TIMEOUT = `SET LOCAL statement_timeout = '10s'`;

/**
 * Drops a partition, unless an instance of its range is there. While it looks nobody can write to the partition, and what
 * comes after it is gone goes to steps_rest.
 *
 * @returns `held` where a transaction that has read the log is open, as that of a dump, or where looking takes too long: it can
 *   be dropped another time
 */
export async function dropUnused(
	pool: pg.Pool,
	{ name, from, to }: LogPartition,
): Promise<'dropped' | 'kept' | 'held'> {
	try {
		return await inTransaction(pool, async (client) => {
			await client.query(LOOK_TIMEOUT);
			await client.query(`LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE`);
			const { rowCount } = await client.query(IN_USE, [from ?? 0, to]);
			if (rowCount !== 0) return 'kept';
			await client.query(`DROP TABLE ${name}`);
			return 'dropped';
		});
	} catch (error) {
		// undefined_table: another process was faster.
		if (error instanceof pg.DatabaseError && error.code === '42P01') return 'kept';
		if (isHeldUp(error)) return 'held';
		throw error;
	}
}

/** Whoever waits for a lock lets nobody pass who comes later: better to fail, and to try again another time. */
const LOCK_TIMEOUT = `SET LOCAL lock_timeout = '1s'`;

async function inTransaction<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
	const client = await pool.connect();
	let broken = true;
	try {
		await client.query('BEGIN');
		await client.query(LOCK_TIMEOUT);
		const result = await work(client);
		await client.query('COMMIT');
		broken = false;
		return result;
	} finally {
		// A connection with a transaction that failed is thrown away with it.
		client.release(broken);
	}
}
