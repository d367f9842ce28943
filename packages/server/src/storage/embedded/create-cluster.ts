import { chmod, readdir, rename, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import {
	giveAll,
	makeOwnedFolder,
	readTextIfExists,
	removeFolder,
	syncFolder,
	temporaryNameFor,
} from './owned-files.ts';
import type { Programs } from './prepare-programs.ts';
import { loadError } from './server-failure.ts';
import { writeSettings } from './server-settings.ts';
import type { ServerUser } from './server-user.ts';
import { spawnProgram } from './spawn-program.ts';

/** A fresh cluster takes 40 MB, its log at least 80; with less we would fail a minute later, and worse. */
const SPACE_NEEDED_BYTES = 150 * 1024 * 1024;
const UNFINISHED = /^cluster\..*\.new$/;

interface ClusterPlace {
	clusterDirectory: string;
	homeDirectory: string;
	serverUser: ServerUser | undefined;
}

/**
 * Makes the cluster at the first start; later checks that it is one this version can open.
 *
 * @param onSpawn a program was started that takes its time
 */
export async function prepareCluster(
	place: ClusterPlace,
	programs: Programs,
	majorVersion: string,
	onSpawn: () => void = () => {},
): Promise<void> {
	for (const name of await readdir(place.homeDirectory)) {
		// An initdb whose Sendback was killed may still write there; then the next start removes the rest.
		if (UNFINISHED.test(name)) await removeFolder(join(place.homeDirectory, name)).catch(() => undefined);
	}
	const found = await stat(place.clusterDirectory).catch(() => undefined);
	if (found === undefined) await createCluster(place, programs, onSpawn);
	else await checkCluster(place, found.uid, majorVersion);
	await writeSettings(place.clusterDirectory, place.serverUser);
}

async function checkCluster(place: ClusterPlace, owner: number, majorVersion: string): Promise<void> {
	const { clusterDirectory, serverUser } = place;
	const wantedOwner = serverUser?.uid ?? process.getuid?.() ?? owner;
	// Root's: it was restored from a backup by root, and no server could have made it.
	if (owner === 0 && serverUser !== undefined) await giveAll(clusterDirectory, serverUser);
	else if (owner !== wantedOwner) {
		throw new EmbeddedPostgresError(
			'data-dir-wrong-owner',
			`The cluster in ${clusterDirectory} belongs to user id ${owner}, but Sendback runs as user id ${wantedOwner}.`,
			'Start Sendback as that user (or as root), or give the data folder to this user with chown -R.',
		);
	}
	await chmod(clusterDirectory, 0o700);
	const version = await clusterVersion(clusterDirectory);
	if (version === undefined) {
		throw new EmbeddedPostgresError(
			'data-dir-incomplete',
			`${clusterDirectory} is not a PostgreSQL cluster: it has no PG_VERSION.`,
			'Restore it from a backup, or remove it to start with an empty database.',
		);
	}
	if (version !== majorVersion) {
		throw new EmbeddedPostgresError(
			'cluster-version-mismatch',
			`The cluster in ${clusterDirectory} was written by PostgreSQL ${version}; this Sendback brings PostgreSQL ${majorVersion}.`,
			`Start the Sendback that brings PostgreSQL ${version}, or move the data with pg_dump and pg_restore.`,
		);
	}
}

export async function clusterVersion(clusterDirectory: string): Promise<string | undefined> {
	return (await readTextIfExists(join(clusterDirectory, 'PG_VERSION')))?.trim();
}

/** The cluster gets its name only when it is whole and on disk: a start that is cut off leaves no half cluster. */
async function createCluster(place: ClusterPlace, programs: Programs, onSpawn: () => void): Promise<void> {
	await checkSpace(place.homeDirectory);
	const unfinished = temporaryNameFor(place.clusterDirectory);
	await makeOwnedFolder(unfinished, 0o700, place.serverUser);
	// Without --no-sync initdb writes unsynced and syncs all files once at the end, which is what we want and costs 0.1 s.
	const parameters = [
		...['--pgdata', unfinished, '--username', 'postgres', '--auth', 'trust'],
		// The builtin provider sorts and folds the same on every system; a libc upgrade cannot corrupt an index.
		...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
	];
	await runInitdb({ programs, parameters, user: place.serverUser, onSpawn });
	await rename(unfinished, place.clusterDirectory);
	await syncFolder(place.homeDirectory);
}

async function checkSpace(folder: string): Promise<void> {
	const free = await freeBytes(folder);
	if (free === undefined || free >= SPACE_NEEDED_BYTES) return;
	throw new EmbeddedPostgresError(
		'no-disk-space',
		`Only ${Math.floor(free / 1024 / 1024)} MB are free in ${folder}; a new database needs ${SPACE_NEEDED_BYTES / 1024 / 1024} MB.`,
		'Free some space, or set SENDBACK_DATA_DIR to a folder on a larger disk.',
	);
}

export async function freeBytes(folder: string): Promise<number | undefined> {
	return statfs(folder).then(
		({ bavail, bsize }) => bavail * bsize,
		() => undefined,
	);
}

interface InitdbRun {
	programs: Programs;
	parameters: string[];
	user: ServerUser | undefined;
	onSpawn: () => void;
}

async function runInitdb({ programs, parameters, user, onSpawn }: InitdbRun): Promise<void> {
	const child = await spawnProgram({
		program: programs.initdb,
		parameters,
		environment: programs.environment,
		user,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	onSpawn();
	let output = '';
	const collect = (part: Buffer): void => {
		output += part.toString('utf8');
	};
	child.stdout?.on('data', collect);
	child.stderr?.on('data', collect);
	const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
	if (status !== 0) throw loadError(output) ?? initdbError(output, status);
}

function initdbError(output: string, status: number | null): EmbeddedPostgresError {
	return new EmbeddedPostgresError(
		'initdb-failed',
		`initdb could not make the database (status ${status}): ${output.trim().split('\n').slice(-6).join('\n')}`,
		'Run `sendback doctor`; it checks the programs, the user, the folder and the space.',
	);
}
