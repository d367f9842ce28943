import { goesWithFirst, takeOut } from '../one-tenant.ts';

/** Loads by key; the keys asked for while loads are under way go together in one statement. */
export type BatchLoader<Value> = (tenant: string, key: string) => Promise<Value | null>;

export interface LoaderKey {
	readonly tenant: string;
	readonly key: string;
}

const LOADS_IN_FLIGHT = 2;
const MAX_KEYS = 256;

/**
 * @param load answers in the order of the keys; null where there is nothing
 * @param isSharded true where a statement has to be of one tenant
 */
export function createBatchLoader<Value>(
	load: (keys: readonly LoaderKey[]) => Promise<readonly (Value | null)[]>,
	isSharded = false,
): BatchLoader<Value> {
	interface Waiting {
		readonly key: LoaderKey;
		readonly resolve: (value: Value | null) => void;
		readonly reject: (error: unknown) => void;
	}
	const waiting: Waiting[] = [];
	let inFlight = 0;

	function pump(): void {
		while (inFlight < LOADS_IN_FLIGHT && waiting.length > 0) {
			inFlight++;
			const batch = goesWithFirst(waiting, ({ key }) => key.tenant, isSharded).slice(0, MAX_KEYS);
			takeOut(waiting, batch);
			void loadTogether(batch);
		}
	}

	async function loadTogether(batch: readonly Waiting[]): Promise<void> {
		try {
			const values = await load(batch.map(({ key }) => key));
			for (const [index, { resolve }] of batch.entries()) resolve(values[index] ?? null);
		} catch (error) {
			for (const { reject } of batch) reject(error);
		} finally {
			inFlight--;
			pump();
		}
	}

	return (tenant, key) =>
		new Promise((resolve, reject) => {
			waiting.push({ key: { tenant, key }, resolve, reject });
			pump();
		});
}
