import { REAL_CLOCK } from '../clock/real-clock.ts';
import { type Environment, readConfig } from '../config/config.ts';
import { type DatabaseConnection, externalConnection, openDatabaseConnection } from '../config/database-connection.ts';
import { explainFailure } from '../config/explain-failure.ts';
import { absentApps } from '../demo/demo-data.ts';
import { type OpenedServices, openServices } from '../server.ts';
import { runningConnection } from '../storage/embedded/connect-running.ts';
import type { Terminal } from './terminal.ts';

/** A command needs few, and a server may run beside it. */
const CONNECTIONS = 2;

/** Runs a command on the services of the configured database. Returns the exit code. */
export async function withServices(
	environment: Environment,
	{ printError }: Terminal,
	command: (services: OpenedServices) => Promise<number>,
): Promise<number> {
	const configured = readConfig(environment);
	if (!configured.ok) {
		for (const problem of configured.problems) printError(problem);
		return 1;
	}
	const { databaseUrl, dataDir, mode } = configured.config;
	const ignore = () => {};
	try {
		const database = await findDatabase(databaseUrl, dataDir);
		try {
			const { connection } = database;
			const services = await openServices({
				connection,
				clock: REAL_CLOCK,
				log: ignore,
				connections: CONNECTIONS,
				background: false,
				absentApps: absentApps(mode),
			});
			return await command(services).finally(() => services.close());
		} finally {
			await database.close();
		}
	} catch (error) {
		printError(explainFailure(error));
		return 1;
	}
}

/** The embedded database of a running server is used beside it; where none runs it is started for the command. */
async function findDatabase(databaseUrl: string | null, dataDir: string): Promise<DatabaseConnection> {
	if (databaseUrl !== null) return externalConnection(databaseUrl);
	const connection = await runningConnection(dataDir);
	if (connection !== null) {
		return { connection, description: 'the running embedded database', close: async () => {} };
	}
	const ignore = () => {};
	return openDatabaseConnection({ config: { databaseUrl, dataDir }, log: ignore, onLost: ignore });
}
