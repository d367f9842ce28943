import type pg from 'pg';
import { type BatchLoader, createBatchLoader, type LoaderKey } from './batch-loader.ts';
import { run } from './connect.ts';

/**
 * A batch loader of a statement whose first parameter numbers the keys, and whose rows say in `index` of which of them they are.
 *
 * @param parameters those of the statement from the second one on
 */
export function createRowLoader<Key extends LoaderKey, Row extends { readonly index: number }>(
	pool: pg.Pool,
	statement: string,
	parameters: (keys: readonly Key[]) => readonly unknown[],
	isSharded: boolean,
): BatchLoader<Key, Row> {
	return createBatchLoader<Key, Row>(async (keys) => {
		const rowsOf = keys.map((): Row[] => []);
		const values = [keys.map((_, index) => index), ...parameters(keys)];
		for (const row of await run<Row>(pool, statement, values)) rowsOf[row.index]?.push(row);
		return rowsOf;
	}, isSharded);
}
