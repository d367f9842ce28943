/** The tables on shards: Citus, with the tenant as distribution column. See docs/adr/0007-shards.md. */
import pg from 'pg';

/** The shards cannot be made. The message says what is missing. */
export class DistributeError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'DistributeError';
	}
}

const HAS_CITUS = `SELECT FROM pg_extension WHERE extname = 'citus'`;

/**
 * Tables of tenants that Citus does not have yet. Citus takes partitions along with their table. Of apps the tenant is
 * looked up by the app, and tenants are walked: both stay where they are, on the coordinator.
 */
const NOT_DISTRIBUTED = `SELECT c.relname AS name
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
	AND c.relname NOT IN ('apps', 'tenants')
	AND c.oid NOT IN (SELECT logicalrelid FROM pg_dist_partition)
ORDER BY c.relname`;

/**
 * Distributes every table of tenants, those with rows too; what is distributed already stays as it is, so that it can be
 * begun again. All tables have the same distribution column and type, which is what keeps a tenant's rows on one node.
 *
 * @returns the names of the tables
 */
export async function distribute(connection: pg.ClientConfig): Promise<readonly string[]> {
	// A connection without the pool's limits: rows are copied, and that takes as long as it takes.
	const client = new pg.Client(connection);
	client.on('error', () => undefined);
	await client.connect();
	try {
		if (!(await hasCitus(client)))
			throw new DistributeError(
				'The database has no Citus. Install it on every node, put it into shared_preload_libraries, and run ' +
					'CREATE EXTENSION citus in this database.',
			);
		const { rows } = await client.query<{ name: string }>(NOT_DISTRIBUTED);
		for (const { name } of rows) await client.query(`SELECT create_distributed_table($1, 'tenant_id')`, [name]);
		return rows.map(({ name }) => name);
	} finally {
		await client.end();
	}
}

export async function isDistributed(pool: pg.Pool): Promise<boolean> {
	if (!(await hasCitus(pool))) return false;
	const { rowCount } = await pool.query(`SELECT FROM pg_dist_partition WHERE logicalrelid = 'instances'::regclass`);
	return rowCount !== 0;
}

async function hasCitus(database: pg.Pool | pg.Client): Promise<boolean> {
	return (await database.query(HAS_CITUS)).rowCount !== 0;
}
