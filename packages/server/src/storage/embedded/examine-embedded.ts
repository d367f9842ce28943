/** What `sendback doctor` says about the embedded database. Looks only; starts, repairs and removes nothing. */
import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { clusterVersion, freeBytes } from './create-cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findHomeDirectory, type HomeDirectory } from './home-directory.ts';
import { findOrphan } from './orphaned-server.ts';
import { removeFolder } from './owned-files.ts';
import { findOwner } from './owner-lock.ts';
import { findPlatformPackage, type PlatformPackage } from './platform-package.ts';
import { describePrograms, makeLinks } from './prepare-programs.ts';
import { firstClosedFolder } from './reachability.ts';
import { runtimeDirectoryOf } from './runtime-directory.ts';
import { loadError, spawnError } from './server-failure.ts';
import { lastLines, readServerLog, serverLogIn } from './server-log.ts';
import { chooseServerUser, clusterDirectoryIn } from './server-user.ts';

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;
const COMFORTABLE_FREE_BYTES = 2 * 1024 * MEGABYTE;

export interface Finding {
	check: string;
	ok: boolean;
	detail: string;
	hint?: string;
}

export async function examineEmbedded(dataDir: string): Promise<Finding[]> {
	const platformPackage = await findPlatformPackage().catch((error: unknown) => failure('platform package', error));
	const home = await findHomeDirectory(dataDir).catch(() => undefined);
	return [
		...('ok' in platformPackage ? [platformPackage] : await examinePackage(platformPackage)),
		await examineUser(dataDir, home),
		await examineFolder(dataDir, home),
		await examineSpace(home?.path ?? dataDir),
		...(home === undefined ? [] : await examineHome(home, platformPackage)),
	];
}

async function examinePackage(platformPackage: PlatformPackage): Promise<Finding[]> {
	const { name, version, nativeDirectory } = platformPackage;
	return [
		{ check: 'platform package', ok: true, detail: `${name} ${version} in ${nativeDirectory}` },
		await examineLibraries(nativeDirectory),
	];
}

async function examineLibraries(nativeDirectory: string): Promise<Finding> {
	const check = 'libraries load';
	const scratch = await makeScratch();
	// No start needs one.
	if (scratch instanceof Error) {
		return { check, ok: true, detail: `not tried: no folder can be made for it (${scratch.message})` };
	}
	const programs = describePrograms(nativeDirectory, join(scratch, 'links'));
	try {
		await makeLinks(nativeDirectory, join(scratch, 'links'), undefined);
		const { stdout } = await run(programs.postgres, ['--version'], { env: programs.environment, cwd: '/' });
		return { check, ok: true, detail: stdout.trim() };
	} catch (error) {
		const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
		return failure(check, loadError(output) ?? spawnError(error, programs.postgres, undefined));
	} finally {
		await removeFolder(scratch);
	}
}

function makeScratch(): Promise<string | Error> {
	return mkdtemp(join(tmpdir(), 'sendback-doctor-')).catch((error: unknown) =>
		error instanceof Error ? error : new Error(String(error)),
	);
}

async function examineUser(dataDir: string, home: HomeDirectory | undefined): Promise<Finding> {
	const check = 'user to run as';
	const dataDirectory = resolve(dataDir);
	try {
		const user = home?.serverUser ?? (await chooseServerUser(dataDirectory, clusterDirectoryIn(dataDirectory)));
		const detail =
			user === undefined
				? `the user of Sendback (user id ${process.getuid?.() ?? 'unknown'})`
				: `${user.name} (user id ${user.uid}), since PostgreSQL refuses root`;
		return { check, ok: true, detail };
	} catch (error) {
		return failure(check, error);
	}
}

async function examineFolder(dataDir: string, home: HomeDirectory | undefined): Promise<Finding> {
	const check = 'data folder';
	const folder = await nearestExisting(home?.path ?? resolve(dataDir));
	try {
		if (!(await stat(folder)).isDirectory()) throw new Error('not a folder');
		await access(folder, constants.W_OK | constants.X_OK);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return {
			check,
			ok: false,
			detail: `${folder} cannot be written: ${reason}`,
			hint: 'Set SENDBACK_DATA_DIR to a folder that this user may write.',
		};
	}
	if (home === undefined) return { check, ok: true, detail: `${resolve(dataDir)} will be made at the first start` };
	const closed = home.serverUser && (await firstClosedFolder(home.path, home.serverUser));
	const hasCluster = await stat(home.clusterDirectory).catch(() => undefined);
	if (closed !== undefined && hasCluster !== undefined) {
		const detail = `${home.serverUser?.name} may not enter ${closed}, and the cluster is below it`;
		return { check, ok: false, detail, hint: `chmod o+x ${closed}, or move the data folder elsewhere.` };
	}
	const moved = home.path === home.dataDirectory ? '' : `; the cluster is in ${home.path}`;
	return { check, ok: true, detail: `${home.dataDirectory}${moved}` };
}

async function examineSpace(folder: string): Promise<Finding> {
	const check = 'free space';
	const free = await freeBytes(await nearestExisting(resolve(folder)));
	if (free === undefined) return { check, ok: true, detail: 'unknown' };
	const detail = `${Math.floor(free / MEGABYTE)} MB`;
	if (free >= COMFORTABLE_FREE_BYTES) return { check, ok: true, detail };
	return {
		check,
		ok: false,
		detail,
		hint: 'The log of a busy database may take 2 GB, and more where there is much memory; free some space.',
	};
}

async function examineHome(home: HomeDirectory, platformPackage: PlatformPackage | Finding): Promise<Finding[]> {
	const owner = await findOwner(runtimeDirectoryOf(home.path)).catch(() => undefined);
	return [
		{ check: 'lock', ok: true, detail: owner === undefined ? 'free' : `held by Sendback process ${owner}` },
		await examineVersion(home.clusterDirectory, 'majorVersion' in platformPackage ? platformPackage : undefined),
		await examineOrphan(home.clusterDirectory, owner !== undefined),
		await examineLog(serverLogIn(home.path)),
	];
}

async function examineVersion(clusterDirectory: string, platformPackage?: PlatformPackage): Promise<Finding> {
	const check = 'cluster version';
	const version = await clusterVersion(clusterDirectory).catch(() => undefined);
	if (version === undefined) return { check, ok: true, detail: `no cluster in ${clusterDirectory} yet` };
	const ok = platformPackage === undefined || platformPackage.majorVersion === version;
	if (ok) return { check, ok, detail: `PostgreSQL ${version}` };
	return {
		check,
		ok,
		detail: `written by PostgreSQL ${version}; this Sendback brings ${platformPackage.majorVersion}`,
		hint: 'Move the data with pg_dump and pg_restore.',
	};
}

async function examineOrphan(clusterDirectory: string, owned: boolean): Promise<Finding> {
	const check = 'server process';
	const pid = await findOrphan(clusterDirectory).catch(() => undefined);
	if (pid === undefined) return { check, ok: true, detail: 'none runs' };
	if (owned) return { check, ok: true, detail: `process ${pid}` };
	return {
		check,
		ok: false,
		detail: `process ${pid} runs without its Sendback`,
		hint: 'Nothing to do: the next start stops it. Nothing is lost.',
	};
}

/** Only what came after the last good start is about a failure. */
async function examineLog(logFile: string): Promise<Finding> {
	const check = 'server log';
	const text = await readServerLog(logFile).catch(() => '');
	const sinceReady = text.slice(text.lastIndexOf('ready to accept connections') + 1);
	const failed = /\b(FATAL|PANIC):|error while loading/.test(sinceReady);
	if (!failed) return { check, ok: true, detail: `${logFile}: no failure since the last start` };
	return { check, ok: false, detail: lastLines(sinceReady, 10), hint: `The whole log is ${logFile}.` };
}

async function nearestExisting(path: string): Promise<string> {
	let folder = path;
	while ((await stat(folder).catch(() => undefined)) === undefined && dirname(folder) !== folder)
		folder = dirname(folder);
	return realpath(folder);
}

function failure(check: string, error: unknown): Finding {
	const detail = error instanceof Error ? error.message : String(error);
	return error instanceof EmbeddedPostgresError
		? { check, ok: false, detail, hint: error.hint }
		: { check, ok: false, detail };
}
