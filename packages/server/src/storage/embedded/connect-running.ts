import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { DATABASE, DATABASE_USER } from './ensure-database.ts';
import { findHomeDirectory } from './home-directory.ts';
import { findOwner } from './owner-lock.ts';
import { runtimeDirectoryOf } from './runtime-directory.ts';
import { SOCKET_PORT } from './server-settings.ts';

/** How to reach the embedded database while a Sendback runs on this data folder; null where none does. */
export async function runningConnection(dataDir: string): Promise<EmbeddedPostgres['connection'] | null> {
	// What cannot be looked at keeps nobody running; why it cannot, its start says, and the doctor.
	const home = await findHomeDirectory(dataDir).catch(() => undefined);
	if (home === undefined) return null;
	const host = runtimeDirectoryOf(home.path);
	// A folder that is not there yet has no owner.
	const owner = await findOwner(host).catch(() => undefined);
	return owner === undefined ? null : { host, port: SOCKET_PORT, user: DATABASE_USER, database: DATABASE, ssl: false };
}
