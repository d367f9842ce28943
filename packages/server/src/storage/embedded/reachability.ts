import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './embedded-postgres-error.ts';
import type { ServerUser } from './server-user.ts';

const READ = 4;
const ENTER = 1;

/**
 * The outermost folder on the way to `path` (itself included) that `user` may not enter, or undefined.
 * `path` is absolute and free of symbolic links; a part that does not exist yet closes nothing.
 * Permission bits only: an access list can open more, and then we merely use a folder of our own without need.
 */
export async function firstClosedFolder(path: string, user: ServerUser): Promise<string | undefined> {
	for (const folder of foldersDownTo(path)) {
		try {
			if (!(await allows(folder, user, ENTER))) return folder;
		} catch (error) {
			if (systemErrorCode(error) === 'ENOENT') return undefined;
			throw error;
		}
	}
	return undefined;
}

export async function mayRead(path: string, user: ServerUser): Promise<boolean> {
	return allows(path, user, READ);
}

export async function mayReadAndEnter(path: string, user: ServerUser): Promise<boolean> {
	return allows(path, user, READ | ENTER);
}

async function allows(path: string, user: ServerUser, wanted: number): Promise<boolean> {
	const { mode, uid, gid } = await stat(path);
	// The server runs without supplementary groups, so only its own group counts.
	const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
	return ((mode >> shift) & wanted) === wanted;
}

function foldersDownTo(path: string): string[] {
	const parent = dirname(path);
	return parent === path ? [path] : [...foldersDownTo(parent), path];
}
