/**
 * Where the cluster lives.
 *
 * Normally in the data folder itself. But as root PostgreSQL runs as another user, who cannot enter a data folder below
 * a closed one (a clone in /root, mode 0700). We never open somebody's folder, so then the cluster goes to a folder of
 * its own, `/var/lib/sendback/<hash of the data folder>-<random>`, and the data folder keeps a pointer file to it.
 * Not /tmp or /var/tmp, which machines clean by age. The random part makes `rm -rf .sendback` mean what it says: a new
 * data folder gets a new cluster instead of finding the old one again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, link, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, fileError, systemErrorCode } from './embedded-postgres-error.ts';
import {
	makeOwnedFolder,
	type Owner,
	readTextIfExists,
	removeFolder,
	temporaryNameFor,
	writeDurably,
} from './owned-files.ts';
import { firstClosedFolder } from './reachability.ts';
import { chooseServerUser, clusterDirectoryIn, type ServerUser } from './server-user.ts';

const POINTER = 'cluster-location';
const BACK_POINTER = 'data-folder';
const RELOCATION_FOLDERS = process.platform === 'darwin' ? ['/var/db', '/opt'] : ['/var/lib', '/srv', '/opt'];

/** Others may pass through to what is theirs, but not list: only needed when the server is another user. */
const PASS_THROUGH = 0o711;
const PRIVATE = 0o700;

export interface HomeDirectory {
	path: string;
	clusterDirectory: string;
	/** Differs from `path` when the cluster had to be put elsewhere. */
	dataDirectory: string;
	serverUser: ServerUser | undefined;
	/** Who owns the files that are not the server's; undefined when no ownership needs to be set. */
	fileOwner: Owner | undefined;
}

/** Finds the home of this data folder, or makes one. */
export async function openHomeDirectory(
	dataDir: string,
	log: (message: string, details?: object) => void,
): Promise<HomeDirectory> {
	try {
		const dataDirectory = await makeDataDirectory(resolve(dataDir));
		const pointedHome = await readPointer(dataDirectory);
		const clusterDirectory = clusterDirectoryIn(pointedHome ?? dataDirectory);
		const serverUser = await chooseServerUser(dataDirectory, clusterDirectory);
		if (pointedHome !== undefined) {
			await checkPointedHome(pointedHome, dataDirectory);
			return await describeHome(pointedHome, dataDirectory, serverUser);
		}
		const closed = serverUser && (await firstClosedFolder(dataDirectory, serverUser));
		if (serverUser === undefined || closed === undefined) {
			return await describeHome(dataDirectory, dataDirectory, serverUser);
		}
		if (await exists(clusterDirectory)) throw closedSinceLastTime(clusterDirectory, serverUser, closed);
		const home = await relocate(dataDirectory, serverUser);
		log(`PostgreSQL runs as ${serverUser.name}, who may not enter ${closed}: the cluster is in ${home}`, {
			olderClusters: await olderHomes(home),
		});
		return await describeHome(home, dataDirectory, serverUser);
	} catch (error) {
		throw fileError(error, `opening ${dataDir}`);
	}
}

/** The home as it is on disk, for a look that changes nothing; undefined while there is no data folder. */
export async function findHomeDirectory(dataDir: string): Promise<HomeDirectory | undefined> {
	const dataDirectory = await realpath(resolve(dataDir)).catch(() => undefined);
	if (dataDirectory === undefined) return undefined;
	const home = (await readPointer(dataDirectory)) ?? dataDirectory;
	return describeHome(home, dataDirectory, await chooseServerUser(dataDirectory, clusterDirectoryIn(home)));
}

async function describeHome(
	path: string,
	dataDirectory: string,
	serverUser: ServerUser | undefined,
): Promise<HomeDirectory> {
	const { uid, gid } = await stat(path);
	const fileOwner = serverUser === undefined ? undefined : { uid, gid };
	return { path, clusterDirectory: clusterDirectoryIn(path), dataDirectory, serverUser, fileOwner };
}

/** Makes what is missing of the path. Modes are set only on folders made here: an umask of 077 must not close them. */
async function makeDataDirectory(path: string): Promise<string> {
	const asRoot = process.getuid?.() === 0;
	for (const folder of await missingFolders(path)) {
		if (await makeFolder(folder)) await chmod(folder, asRoot ? PASS_THROUGH : PRIVATE);
	}
	return realpath(path);
}

/** False where another server that starts at the same time was faster. */
async function makeFolder(path: string): Promise<boolean> {
	try {
		await mkdir(path);
		return true;
	} catch (error) {
		if (systemErrorCode(error) === 'EEXIST') return false;
		throw error;
	}
}

/** From the outermost on. Not left to a recursive mkdir, which never ends below /proc. */
async function missingFolders(path: string): Promise<readonly string[]> {
	const missing: string[] = [];
	for (let folder = path; !(await exists(folder)); folder = dirname(folder)) missing.unshift(folder);
	return missing;
}

async function readPointer(dataDirectory: string): Promise<string | undefined> {
	return (await readTextIfExists(join(dataDirectory, POINTER)))?.trim();
}

async function checkPointedHome(home: string, dataDirectory: string): Promise<void> {
	const pointer = join(dataDirectory, POINTER);
	const owner = (await readTextIfExists(join(home, BACK_POINTER)))?.trim();
	if (owner === undefined) {
		throw new EmbeddedPostgresError(
			'data-dir-incomplete',
			`${pointer} says that the cluster is in ${home}, but it is not there.`,
			`Restore ${home} from a backup, or remove ${pointer} to start with an empty database.`,
		);
	}
	if (owner === dataDirectory) return;
	if ((await readPointer(owner).catch(() => undefined)) === home) {
		throw new EmbeddedPostgresError(
			'data-dir-copied',
			`${dataDirectory} is a copy of ${owner}: both name the cluster in ${home}.`,
			`Remove ${pointer} to give the copy an empty database of its own.`,
		);
	}
	// The data folder was moved; the cluster follows it.
	await writeDurably(join(home, BACK_POINTER), `${dataDirectory}\n`, 0o600);
}

async function relocate(dataDirectory: string, user: ServerUser): Promise<string> {
	const base = await relocationBase(user);
	const home = join(base, `${folderHash(dataDirectory)}-${randomBytes(4).toString('hex')}`);
	await makeOwnedFolder(home, PASS_THROUGH, undefined);
	await writeDurably(join(home, BACK_POINTER), `${dataDirectory}\n`, 0o600);
	// link() fails when the name exists: of two servers that start together exactly one decides.
	const pointer = join(dataDirectory, POINTER);
	const temporary = temporaryNameFor(pointer);
	await writeDurably(temporary, `${home}\n`, 0o644);
	try {
		const { uid, gid } = await stat(dataDirectory);
		await chown(temporary, uid, gid);
		await link(temporary, pointer);
		return home;
	} catch (error) {
		if (systemErrorCode(error) !== 'EEXIST') throw error;
		await removeFolder(home);
		return (await readPointer(dataDirectory)) ?? home;
	} finally {
		await rm(temporary, { force: true });
	}
}

async function relocationBase(user: ServerUser): Promise<string> {
	for (const parent of RELOCATION_FOLDERS) {
		if (!(await exists(parent)) || (await firstClosedFolder(await realpath(parent), user)) !== undefined) continue;
		const base = join(await realpath(parent), 'sendback');
		try {
			await mkdir(base);
			await chmod(base, PASS_THROUGH);
			return base;
		} catch (error) {
			if (systemErrorCode(error) !== 'EEXIST') continue;
		}
		const found = await stat(base);
		// Somebody else's folder of that name could be swapped under us.
		if (found.isDirectory() && found.uid === 0 && (await firstClosedFolder(base, user)) === undefined) return base;
	}
	throw new EmbeddedPostgresError(
		'data-dir-not-reachable',
		`PostgreSQL runs as ${user.name}, who may not enter the data folder, and no other place can be made in ${RELOCATION_FOLDERS.join(', ')}.`,
		`Set SENDBACK_DATA_DIR to a folder that ${user.name} can reach, such as /srv/sendback-data, or start Sendback as a normal user.`,
	);
}

/** Homes left behind by a data folder of the same path that was removed; for the operator to delete. */
async function olderHomes(home: string): Promise<string[]> {
	const prefix = `${home.slice(0, home.lastIndexOf('-'))}-`;
	const names = await readdir(dirname(home)).catch(() => []);
	return names.map((name) => join(dirname(home), name)).filter((path) => path.startsWith(prefix) && path !== home);
}

function closedSinceLastTime(cluster: string, user: ServerUser, closed: string): EmbeddedPostgresError {
	return new EmbeddedPostgresError(
		'data-dir-not-reachable',
		`The cluster in ${cluster} belongs to ${user.name}, who may no longer enter ${closed}.`,
		`Let others pass through it again (chmod o+x ${closed}), or move the data folder elsewhere and set SENDBACK_DATA_DIR.`,
	);
}

export function folderHash(path: string): string {
	return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
