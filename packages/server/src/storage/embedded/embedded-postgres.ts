/**
 * The embedded database: a real PostgreSQL of our own, on a private Unix socket, with all its files in the data folder.
 *
 *     <data folder>/cluster/          what PostgreSQL writes; custom.conf in it is the operator's
 *                   run/              the sockets: PostgreSQL's, and the lock of the Sendback that owns all this
 *                   library-links/    short names of the packaged libraries
 *                   programs-…/       a copy of the programs, only where the package cannot be used in place
 *                   postgres.log      what the server says
 *                   cluster-location  instead of all that, when it had to go elsewhere (see home-directory.ts)
 */
import { prepareCluster } from './create-cluster.ts';
import { EmbeddedPostgresError, fileError } from './embedded-postgres-error.ts';
import { DATABASE, DATABASE_USER, ensureDatabase } from './ensure-database.ts';
import { type HomeDirectory, openHomeDirectory } from './home-directory.ts';
import { stopOrphan } from './orphaned-server.ts';
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
import { findPlatformPackage, type PlatformPackage } from './platform-package.ts';
import { launchPostmaster } from './postmaster.ts';
import { preparePrograms } from './prepare-programs.ts';
import { makeRuntimeDirectory } from './runtime-directory.ts';
import { limitServerLog, serverLogIn } from './server-log.ts';
import { SOCKET_PORT } from './server-settings.ts';
import { type Supervisor, superviseServer } from './supervise-postmaster.ts';

const LOG_CHECK_INTERVAL_MS = 60 * 60_000;

export interface EmbeddedPostgresOptions {
	/** SENDBACK_DATA_DIR; relative to the working folder. */
	dataDir: string;
	log: (message: string, details?: object) => void;
	/** The server could not be kept running. Called once, after the restarts failed. */
	onUnexpectedExit: (reason: string) => void;
	/** A program of PostgreSQL has been started: from now on this process mostly waits. */
	onWaiting?: () => void;
}

export interface EmbeddedPostgres {
	/** Spread it into a pg.PoolConfig. `host` is the folder of the Unix socket. */
	connection: { host: string; port: number; user: string; database: string; ssl: false };
	/** For example `18.4`. */
	serverVersion: string;
	/** Stops the server and frees the data folder. Bounded, and the same promise however often it is called. */
	stop(): Promise<void>;
}

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
	const platformPackage = await findPlatformPackage();
	// 1. Where do the files live, and as whom does the server run?
	const home = await openHomeDirectory(options.dataDir, options.log);
	// 2. Nobody else may use them while we do.
	const { runtimeDirectory, lock } = await takeOwnership(home);
	try {
		return await startOwned(options, platformPackage, home, runtimeDirectory, lock);
	} catch (error) {
		await lock.release();
		throw fileError(error, 'starting PostgreSQL');
	}
}

async function takeOwnership(home: HomeDirectory): Promise<{ runtimeDirectory: string; lock: OwnerLock }> {
	try {
		const runtimeDirectory = await makeRuntimeDirectory(home.path, home.serverUser);
		return { runtimeDirectory, lock: await takeOwnerLock(runtimeDirectory, home.dataDirectory) };
	} catch (error) {
		throw fileError(error, 'taking the lock of the data folder');
	}
}

async function startOwned(
	options: EmbeddedPostgresOptions,
	platformPackage: PlatformPackage,
	home: HomeDirectory,
	runtimeDirectory: string,
	lock: OwnerLock,
): Promise<EmbeddedPostgres> {
	// 3. A server that outlived its Sendback goes first.
	await stopOrphan(home.clusterDirectory, options.log);
	// 4. Programs that run, and a cluster for them.
	const programs = await preparePrograms(platformPackage, { ...home, homeDirectory: home.path });
	const { majorVersion } = platformPackage;
	const onWaiting = options.onWaiting ?? (() => {});
	await prepareCluster({ ...home, homeDirectory: home.path }, programs, majorVersion, onWaiting);
	// 5. The server itself, kept running.
	const supervisor = await superviseServer({
		launch: (onSpawn) =>
			launchPostmaster({ home, runtimeDirectory, programs, log: options.log }, (child) => {
				onSpawn(child);
				onWaiting();
			}),
		log: options.log,
		onGiveUp: options.onUnexpectedExit,
	});
	// 6. Our database in it.
	const serverVersion = await ensureDatabaseOrStop(supervisor, runtimeDirectory);
	const logCheck = setInterval(() => {
		limitServerLog(serverLogIn(home.path)).catch((error: unknown) => {
			options.log('Could not shorten the PostgreSQL log', { reason: String(error) });
		});
	}, LOG_CHECK_INTERVAL_MS).unref();

	let stopped: Promise<void> | undefined;
	const stop = async (): Promise<void> => {
		clearInterval(logCheck);
		await supervisor.stop();
		await lock.release();
	};
	return {
		connection: { host: runtimeDirectory, port: SOCKET_PORT, user: DATABASE_USER, database: DATABASE, ssl: false },
		serverVersion,
		stop: () => {
			stopped ??= stop();
			return stopped;
		},
	};
}

async function ensureDatabaseOrStop(supervisor: Supervisor, host: string): Promise<string> {
	try {
		return await ensureDatabase(host, SOCKET_PORT);
	} catch (error) {
		await supervisor.stop();
		const reason = error instanceof Error ? error.message : String(error);
		throw new EmbeddedPostgresError(
			'start-failed',
			`PostgreSQL runs, but its database cannot be opened: ${reason}`,
			'See postgres.log in the data folder; `sendback doctor` checks the rest.',
			error,
		);
	}
}
