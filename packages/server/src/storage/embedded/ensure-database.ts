import pg from 'pg';

export const DATABASE = 'sendback';
/** Owns its database and nothing else: a statement of ours can do no more than that. */
export const DATABASE_USER = 'sendback';
const SUPERUSER = 'postgres';

/** Makes our role and database where they are missing. Returns the version of the server, for example `18.4`. */
export async function ensureDatabase(host: string, port: number): Promise<string> {
	const client = new pg.Client({ host, port, user: SUPERUSER, database: 'postgres', ssl: false });
	await client.connect();
	try {
		const found = await client.query<{ version: string; role: boolean; database: boolean }>(
			`SELECT current_setting('server_version') AS version,
				EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
				EXISTS (SELECT FROM pg_database WHERE datname = $2) AS database`,
			[DATABASE_USER, DATABASE],
		);
		const state = found.rows[0];
		if (state?.role !== true) await client.query(`CREATE ROLE ${DATABASE_USER} LOGIN`);
		if (state?.database !== true) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE_USER}`);
		return state?.version ?? 'unknown';
	} finally {
		await client.end();
	}
}
