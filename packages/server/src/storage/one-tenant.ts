/**
 * Where tables are distributed by tenant, a statement has to be of one tenant: only then is it sent to the one node that
 * has its rows (docs/adr/0007-shards.md). Answers what of a queue can go together with its first entry, in its order.
 */
export function goesWithFirst<Entry>(
	waiting: readonly Entry[],
	tenantOf: (entry: Entry) => string,
	isSharded: boolean,
): readonly Entry[] {
	const [first] = waiting;
	if (!isSharded || first === undefined) return waiting;
	const tenant = tenantOf(first);
	return waiting.filter((entry) => tenantOf(entry) === tenant);
}

/** Takes entries out of a queue. */
export function takeOut<Entry>(waiting: Entry[], taken: readonly Entry[]): void {
	// All from its beginning, as it is without shards: nothing is searched.
	if (taken.at(-1) === waiting[taken.length - 1]) {
		waiting.splice(0, taken.length);
		return;
	}
	const gone = new Set(taken);
	const left = waiting.filter((entry) => !gone.has(entry));
	waiting.splice(0, waiting.length, ...left);
}
