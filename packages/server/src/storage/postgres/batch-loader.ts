import type { TenantId } from '../../services.ts';
import { createBatches } from '../batches.ts';

/** Answers the rows of a key. What is asked for in one turn of the event loop, or while loads are under way, is asked together. */
export type BatchLoader<Key, Row> = (key: Key) => Promise<readonly Row[]>;

export interface LoaderKey {
	readonly tenant: TenantId;
}

const LOADS_IN_FLIGHT = 2;
const MAX_KEYS = 256;

/**
 * @param load answers the rows of each key, in the order of the keys
 * @param isSharded true where a statement has to be of one tenant
 */
export function createBatchLoader<Key extends LoaderKey, Row>(
	load: (keys: readonly Key[]) => Promise<readonly (readonly Row[])[]>,
	isSharded = false,
): BatchLoader<Key, Row> {
	interface Waiting {
		readonly key: Key;
		readonly resolve: (rows: readonly Row[]) => void;
		readonly reject: (error: unknown) => void;
	}
	const ask = createBatches<Waiting>({
		stage: 'read',
		inFlight: LOADS_IN_FLIGHT,
		tenantOf: ({ key }) => key.tenant,
		isSharded,
		size: () => MAX_KEYS,
		async work(batch) {
			try {
				const rows = await load(batch.map(({ key }) => key));
				for (const [index, { resolve }] of batch.entries()) resolve(rows[index] ?? []);
			} catch (error) {
				for (const { reject } of batch) reject(error);
			}
		},
	});

	return (key) => new Promise((resolve, reject) => ask({ key, resolve, reject }));
}
