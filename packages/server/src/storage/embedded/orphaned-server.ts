/**
 * What kill -9 leaves behind. Called only while we hold the owner lock, so a server that still runs on this cluster has
 * no Sendback any more. It is stopped, not adopted: only a child of ours tells us when it exits.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { readTextIfExists, writeDurably } from './owned-files.ts';
import { findBackends, isAlive, isPostmasterOf, signal } from './server-processes.ts';
import type { ServerUser } from './server-user.ts';

/** What it had in memory is written out; open connections are cut. */
const FAST_SHUTDOWN: NodeJS.Signals = 'SIGINT';
/** Nothing is written; the next start recovers from the log. Loses no commit. */
const IMMEDIATE_SHUTDOWN: NodeJS.Signals = 'SIGQUIT';
const FAST_LIMIT_MS = 10_000;
const IMMEDIATE_LIMIT_MS = 10_000;
const POLL_MS = 20;

/** First line of the file PostgreSQL keeps while it runs (and leaves behind when killed). */
async function readPostmasterPid(clusterDirectory: string): Promise<number | undefined> {
	const text = await readTextIfExists(join(clusterDirectory, 'postmaster.pid'));
	const pid = Number.parseInt(text ?? '', 10);
	return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

export async function findOrphan(clusterDirectory: string): Promise<number | undefined> {
	const pid = await readPostmasterPid(clusterDirectory);
	return pid !== undefined && (await isPostmasterOf(pid, clusterDirectory)) ? pid : undefined;
}

export async function stopOrphan(
	clusterDirectory: string,
	log: (message: string, details?: object) => void,
): Promise<void> {
	const pid = await findOrphan(clusterDirectory);
	if (pid === undefined) return;
	log('A PostgreSQL server without its Sendback still runs on this data: stopping it', { pid });
	for (const [name, limit] of [
		[FAST_SHUTDOWN, FAST_LIMIT_MS],
		[IMMEDIATE_SHUTDOWN, IMMEDIATE_LIMIT_MS],
	] as const) {
		signal(pid, name);
		if (await goneWithin(pid, clusterDirectory, limit)) return;
	}
	throw new EmbeddedPostgresError(
		'orphan-will-not-stop',
		`A PostgreSQL server (process ${pid}) of an earlier Sendback runs on ${clusterDirectory} and does not stop.`,
		`It may be waiting for a disk that does not answer. Stop process ${pid} (kill -QUIT ${pid}), then start again.`,
	);
}

async function goneWithin(pid: number, clusterDirectory: string, limitMs: number): Promise<boolean> {
	const deadline = Date.now() + limitMs;
	while (await isPostmasterOf(pid, clusterDirectory)) {
		if (Date.now() > deadline) return false;
		await delay(POLL_MS);
	}
	return true;
}

/**
 * Clears what would make PostgreSQL refuse to start although no server runs here: a process id that now belongs to a
 * stranger, or to a dead process nobody has waited for. It takes any living process for a server.
 */
export async function clearLeftovers(
	clusterDirectory: string,
	runtimeDirectory: string,
	user: ServerUser | undefined,
): Promise<void> {
	const pid = await readPostmasterPid(clusterDirectory);
	if (pid === undefined || (await isPostmasterOf(pid, clusterDirectory))) return;
	// The socket folder is ours alone, and the guard that matters is the cluster's, below.
	for (const name of await readdir(runtimeDirectory)) {
		if (name.startsWith('.s.PGSQL.')) await rm(join(runtimeDirectory, name), { force: true });
	}
	if (!isAlive(pid)) return;
	// The cluster's file stays: its shared memory line is PostgreSQL's guard against forgotten backends. Our own id on its
	// first line settles the rest, because PostgreSQL knows that its parent is not a server.
	const path = join(clusterDirectory, 'postmaster.pid');
	const lines = ((await readTextIfExists(path)) ?? '').split('\n');
	await writeDurably(path, [String(process.pid), ...lines.slice(1)].join('\n'), 0o600, user);
}

/**
 * Backends end by themselves soon after their main process was killed, except in the middle of long work. Until then
 * they hold the shared memory and a new server refuses to start. Killing them is safe: a new server recovers anyway.
 */
export async function endBackends(clusterDirectory: string, name: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
	for (const pid of await findBackends(clusterDirectory)) signal(pid, name);
}
