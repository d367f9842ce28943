/**
 * Makes the packaged PostgreSQL programs runnable, without touching the package.
 *
 * npm packages carry no symbolic links, so the libraries' short names (libpq.so.5 for libpq.so.5.18) are listed in
 * `pg-symlinks.json` for an install script. We do not rely on install scripts: the links go to a folder of ours, and
 * the library path names that folder before the package's own, which is harmless when the package has its links.
 */
import {
	chmod,
	copyFile,
	constants as fileConstants,
	mkdir,
	readdir,
	readFile,
	readlink,
	rename,
	stat,
	symlink,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { giveAll, makeOwnedFolder, type Owner, removeFolder, temporaryNameFor } from './owned-files.ts';
import type { PlatformPackage } from './platform-package.ts';
import { firstClosedFolder, mayRead, mayReadAndEnter } from './reachability.ts';
import type { ServerUser } from './server-user.ts';

const PROGRAM_FOLDER = /^programs-/;
/** Separates the folders of a library path. Programs look beside themselves too, and a copy has its links there. */
const UNLISTABLE = /[:;]/;
/** For building extensions only; half of the package. */
const NOT_NEEDED_TO_RUN = /\.a$|^pkgconfig$|^pgxs$/;

export interface Programs {
	postgres: string;
	initdb: string;
	environment: Record<string, string>;
}

interface ProgramPlace {
	homeDirectory: string;
	serverUser: ServerUser | undefined;
	fileOwner: Owner | undefined;
}

export async function preparePrograms(platformPackage: PlatformPackage, place: ProgramPlace): Promise<Programs> {
	const packaged = platformPackage.nativeDirectory;
	const linkDirectory = join(place.homeDirectory, 'library-links');
	const inPlace =
		!UNLISTABLE.test(linkDirectory) &&
		(await userCanRun(packaged, place.serverUser)) &&
		!(await needsLinksBesideLibraries(packaged));
	const nativeDirectory = inPlace ? packaged : await copyPrograms(platformPackage, place);
	await makeLinks(nativeDirectory, linkDirectory, place.fileOwner);
	return describePrograms(nativeDirectory, linkDirectory);
}

export function describePrograms(nativeDirectory: string, linkDirectory: string): Programs {
	const libraryPath = [linkDirectory, join(nativeDirectory, 'lib')].filter((path) => !UNLISTABLE.test(path)).join(':');
	const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
	return {
		postgres: join(nativeDirectory, 'bin', 'postgres'),
		initdb: join(nativeDirectory, 'bin', 'initdb'),
		// A clean environment: PGPORT, PGOPTIONS and the like of the caller's shell must not steer our server.
		environment: { [variable]: libraryPath, LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
	};
}

/** Points each short name at its library. Repeated at every start, since the package may have moved. */
export async function makeLinks(
	nativeDirectory: string,
	linkDirectory: string,
	owner: Owner | undefined,
): Promise<void> {
	await makeOwnedFolder(linkDirectory, 0o755, owner);
	for (const { source, target } of await readLinkList(nativeDirectory)) {
		const wanted = join(nativeDirectory, 'lib', basename(source));
		const path = join(linkDirectory, basename(target));
		if ((await readlink(path).catch(() => undefined)) === wanted) continue;
		const temporary = temporaryNameFor(path);
		await symlink(wanted, temporary);
		await rename(temporary, path);
	}
}

async function readLinkList(nativeDirectory: string): Promise<{ source: string; target: string }[]> {
	const text = await readFile(join(nativeDirectory, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
	const parsed: unknown = JSON.parse(text);
	if (!Array.isArray(parsed)) return [];
	return parsed.filter(isLink).filter(({ target }) => target.startsWith('native/lib/'));
}

function isLink(value: unknown): value is { source: string; target: string } {
	return (
		typeof value === 'object' &&
		value !== null &&
		'source' in value &&
		'target' in value &&
		typeof value.source === 'string' &&
		typeof value.target === 'string'
	);
}

/** Looks at one file of each kind: npm gives all files of a package the same permissions. */
async function userCanRun(nativeDirectory: string, user: ServerUser | undefined): Promise<boolean> {
	if (user === undefined) return true;
	if ((await firstClosedFolder(join(nativeDirectory, 'lib', 'postgresql'), user)) !== undefined) return false;
	const catalog = join(nativeDirectory, 'share', 'postgresql');
	return (
		(await firstClosedFolder(catalog, user)) === undefined &&
		(await mayReadAndEnter(join(nativeDirectory, 'bin', 'postgres'), user)) &&
		(await mayRead(join(nativeDirectory, 'lib', 'postgresql', 'plpgsql.so'), user).catch(() => true)) &&
		(await mayRead(join(catalog, 'postgres.bki'), user))
	);
}

/** initdb starts postgres through /bin/sh, for which macOS drops DYLD_LIBRARY_PATH: there the links must lie beside the libraries. */
async function needsLinksBesideLibraries(nativeDirectory: string): Promise<boolean> {
	if (process.platform !== 'darwin') return false;
	for (const { target } of await readLinkList(nativeDirectory)) {
		const there = await stat(join(nativeDirectory, 'lib', basename(target))).catch(() => undefined);
		if (there === undefined) return true;
	}
	return false;
}

/** A copy beside the cluster, once a version. It appears under its name only when it is whole. */
async function copyPrograms(platformPackage: PlatformPackage, place: ProgramPlace): Promise<string> {
	const name = `programs-${platformPackage.version}`;
	const copy = join(place.homeDirectory, name);
	const present = await readdir(place.homeDirectory);
	if (!present.includes(name)) {
		const temporary = temporaryNameFor(copy);
		await copyFolder(platformPackage.nativeDirectory, temporary);
		for (const { source, target } of await readLinkList(temporary)) {
			await symlink(basename(source), join(temporary, 'lib', basename(target))).catch(() => undefined);
		}
		if (place.fileOwner !== undefined) await giveAll(temporary, place.fileOwner);
		await rename(temporary, copy);
	}
	for (const old of present.filter((entry) => PROGRAM_FOLDER.test(entry) && entry !== name)) {
		await removeFolder(join(place.homeDirectory, old));
	}
	return copy;
}

async function copyFolder(from: string, to: string): Promise<void> {
	await mkdir(to);
	await chmod(to, 0o755);
	for (const entry of await readdir(from, { withFileTypes: true })) {
		if (NOT_NEEDED_TO_RUN.test(entry.name) || entry.isSymbolicLink()) continue;
		const source = join(from, entry.name);
		const target = join(to, entry.name);
		if (entry.isDirectory()) {
			await copyFolder(source, target);
			continue;
		}
		// FICLONE shares the blocks where the file system can.
		await copyFile(source, target, fileConstants.COPYFILE_FICLONE);
		await chmod(target, ((await stat(source)).mode & 0o100) === 0 ? 0o644 : 0o755);
	}
}
