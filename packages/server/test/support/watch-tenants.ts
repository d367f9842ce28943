/** Shards on one machine: a statement that is of more than one tenant fails here, as it could not be sent to one node. */
import pg from 'pg';

let isWatching = false;

/** From now on no statement may be given more than one of these tenants. For all connections of this process. */
export function watchTenants(tenants: readonly string[]): void {
	if (isWatching) return;
	isWatching = true;
	const known = new Set(tenants);
	const { query } = pg.Client.prototype;
	pg.Client.prototype.query = function watched(this: pg.Client, ...parameters: unknown[]) {
		const [config] = parameters;
		const { name = 'a statement', values = [] } = (config ?? {}) as { name?: string; values?: readonly unknown[] };
		const given = new Set(values.flat().filter((value) => typeof value === 'string' && known.has(value)));
		if (given.size > 1) throw new Error(`${name} is of several tenants: ${[...given].join()}`);
		return Reflect.apply(query, this, parameters);
	} as typeof query;
}
