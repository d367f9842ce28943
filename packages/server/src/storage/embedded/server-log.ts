import type { FileHandle } from 'node:fs/promises';
import { constants, copyFile, open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from './owned-files.ts';

/** The server writes straight to this file, not through us: nothing is lost, and nothing blocks, when we die or stall. */
export function serverLogIn(homeDirectory: string): string {
	return join(homeDirectory, 'postgres.log');
}

export async function openServerLog(path: string, owner: Owner | undefined): Promise<FileHandle> {
	const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
	const file = await open(path, flags, 0o600);
	if (owner !== undefined) await file.chown(owner.uid, owner.gid);
	return file;
}

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** Keeps one older part. The server has the file open for appending, so it may be cut while it runs. */
export async function limitServerLog(path: string): Promise<void> {
	if ((await serverLogSize(path)) < LOG_LIMIT_BYTES) return;
	await copyFile(path, `${path}.1`);
	await truncate(path, 0);
}

export async function serverLogSize(path: string): Promise<number> {
	return stat(path).then(
		({ size }) => size,
		() => 0,
	);
}

export async function readServerLog(path: string, fromByte = 0): Promise<string> {
	const text = await readFile(path).catch(() => Buffer.alloc(0));
	return text.subarray(fromByte).toString('utf8');
}

export function lastLines(text: string, count: number): string {
	return text.trimEnd().split('\n').slice(-count).join('\n');
}
