import type pg from 'pg';

/**
 * Every statement of ours is a lookup by key or one ordered range of an index. Planned on young tables without statistics
 * it can come out as a scan of the whole, and a prepared plan would be kept while the tables grow: so scans and the joins
 * that need them are switched off, and the one plan that is left is made once.
 */
export const PLANNER_SETTINGS: Readonly<Record<string, string>> = {
	plan_cache_mode: 'force_generic_plan',
	enable_seqscan: 'off',
	enable_bitmapscan: 'off',
	enable_hashjoin: 'off',
	enable_mergejoin: 'off',
};

export const PLANNER_OPTIONS = Object.entries(PLANNER_SETTINGS)
	.map(([name, value]) => `-c ${name}=${value}`)
	.join(' ');

/** Each pool has its own, for what it is for. */
const OURS = ['statement_timeout', 'lock_timeout', 'query_timeout'];

/**
 * A connection with our options. What a URL says wins over everything beside it in the driver, so ours are put into it: in
 * front of those that are there, which win where they name the same setting.
 */
export function withSessionOptions<Connection extends Pick<pg.ClientConfig, 'connectionString'>>(
	connection: Connection,
): Connection & { readonly options: string } {
	const { connectionString } = connection;
	const options = PLANNER_OPTIONS;
	if (connectionString === undefined || !URL.canParse(connectionString)) return { ...connection, options };
	const url = new URL(connectionString);
	const given = url.searchParams.get('options');
	if (given === null && !OURS.some((name) => url.searchParams.has(name))) return { ...connection, options };
	for (const name of OURS) url.searchParams.delete(name);
	if (given !== null) url.searchParams.set('options', `${PLANNER_OPTIONS} ${given}`);
	return { ...connection, connectionString: url.href, options };
}
