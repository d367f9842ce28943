import { randomBytes } from 'node:crypto';
import { chmod, chown, lchown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from './embedded-postgres-error.ts';

export interface Owner {
	uid: number;
	gid: number;
}

/** Makes a folder with exactly this mode and owner. Only for folders that are ours: an existing one is corrected. */
export async function makeOwnedFolder(path: string, mode: number, owner: Owner | undefined): Promise<void> {
	try {
		await mkdir(path);
	} catch (error) {
		if (systemErrorCode(error) !== 'EEXIST') throw error;
	}
	const found = await stat(path);
	if ((found.mode & 0o7777) !== mode) await chmod(path, mode);
	if (owner !== undefined && (found.uid !== owner.uid || found.gid !== owner.gid)) {
		await chown(path, owner.uid, owner.gid);
	}
}

/** The whole new text or the whole old one survives a power cut. */
export async function writeDurably(path: string, text: string, mode: number, owner?: Owner): Promise<void> {
	const temporary = temporaryNameFor(path);
	const file = await open(temporary, 'wx', mode);
	try {
		await file.writeFile(text);
		if (owner !== undefined) await file.chown(owner.uid, owner.gid);
		await file.sync();
	} finally {
		await file.close();
	}
	await rename(temporary, path);
	await syncFolder(dirname(path));
}

export async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

export async function readTextIfExists(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}

/** Gives a folder of ours and all below it to `owner`, without following links. */
export async function giveAll(path: string, owner: Owner): Promise<void> {
	await lchown(path, owner.uid, owner.gid);
	for (const entry of await readdir(path, { withFileTypes: true })) {
		const child = join(path, entry.name);
		if (entry.isDirectory()) await giveAll(child, owner);
		else await lchown(child, owner.uid, owner.gid);
	}
}

export async function removeFolder(path: string): Promise<void> {
	await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}

export function temporaryNameFor(path: string): string {
	return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
}
