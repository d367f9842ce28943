import { startEmbeddedPostgres } from '../storage/embedded/embedded-postgres.ts';
import type { PoolOptions } from '../storage/postgres/connect.ts';
import type { Config } from './config.ts';

/** Where the database is, and how to let go of it. */
export interface DatabaseConnection {
	readonly connection: PoolOptions;
	/** For people, without a password. */
	readonly description: string;
	/** Stops the database where it was started for this process. */
	close(): Promise<void>;
}

export interface DatabaseConnectionOptions {
	readonly config: Pick<Config, 'databaseUrl' | 'dataDir'>;
	readonly log: (message: string, details?: object) => void;
	/** The embedded database could not be kept running. */
	readonly onLost: (reason: string) => void;
	/** The embedded database starts in processes of its own: there is time for other things. Called more than once. */
	readonly onWaiting?: () => void;
}

/** Starts the embedded database, or names the one of `DATABASE_URL` without connecting to it. */
export async function openDatabaseConnection(options: DatabaseConnectionOptions): Promise<DatabaseConnection> {
	const { config, log, onLost, onWaiting = () => {} } = options;
	if (config.databaseUrl !== null) return externalConnection(config.databaseUrl);
	const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log, onUnexpectedExit: onLost, onWaiting });
	return {
		connection: embedded.connection,
		description: `embedded PostgreSQL ${embedded.serverVersion} in ${config.dataDir}`,
		close: () => embedded.stop(),
	};
}

export function externalConnection(databaseUrl: string): DatabaseConnection {
	const { hostname, port, pathname } = new URL(databaseUrl);
	return {
		connection: { connectionString: databaseUrl },
		description: `PostgreSQL at ${hostname}:${port === '' ? '5432' : port}${pathname}`,
		close: async () => {},
	};
}
