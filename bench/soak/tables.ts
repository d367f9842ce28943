import type pg from 'pg';

/** What a table of the log of a soak says: does it grow only by what is written, and is the rest cleaned up? */
export interface TableSize {
	readonly table: string;
	readonly heapBytes: number;
	readonly indexBytes: number;
	readonly liveRows: number;
	readonly deadRows: number;
}

/** Partitions by themselves; without those that are empty. */
export async function tableSizes(client: pg.ClientBase): Promise<readonly TableSize[]> {
	const { rows } = await client.query<Record<keyof TableSize, string>>(
		`SELECT relname AS table, pg_table_size(relid) AS "heapBytes", pg_indexes_size(relid) AS "indexBytes",
			n_live_tup AS "liveRows", n_dead_tup AS "deadRows"
		FROM pg_stat_user_tables
		WHERE n_live_tup + n_dead_tup > 0
		ORDER BY pg_total_relation_size(relid) DESC`,
	);
	return rows.map(({ table, ...numbers }) => ({
		table,
		heapBytes: Number(numbers.heapBytes),
		indexBytes: Number(numbers.indexBytes),
		liveRows: Number(numbers.liveRows),
		deadRows: Number(numbers.deadRows),
	}));
}
