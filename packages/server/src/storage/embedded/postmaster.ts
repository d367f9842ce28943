/** One run of the main PostgreSQL process, from spawn to exit. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, fileError } from './embedded-postgres-error.ts';
import type { HomeDirectory } from './home-directory.ts';
import { clearLeftovers, endBackends, stopOrphan } from './orphaned-server.ts';
import { readTextIfExists } from './owned-files.ts';
import type { Programs } from './prepare-programs.ts';
import { ANOTHER_SERVER, MEMORY_STILL_IN_USE, startError } from './server-failure.ts';
import { limitServerLog, openServerLog, readServerLog, serverLogIn, serverLogSize } from './server-log.ts';
import { serverArguments } from './server-settings.ts';
import { spawnProgram } from './spawn-program.ts';

const READY_POLL_MS = 10;
/** Recovery after a crash replays at most about max_wal_size; this is for a very slow disk. */
const READY_LIMIT_MS = 10 * 60_000;
const STILL_STARTING_NOTICE_MS = 10_000;
const FAST_SHUTDOWN_LIMIT_MS = 10_000;
const IMMEDIATE_SHUTDOWN_LIMIT_MS = 8_000;

/** Forgotten backends are given time to end by themselves, then told to, then killed. */
const LEFTOVER_RETRY_MS = 100;
const BACKENDS_TOLD_AFTER_MS = 1_000;
const BACKENDS_KILLED_AFTER_MS = 4_000;
const LEFTOVER_LIMIT_MS = 15_000;

export interface LaunchPlan {
	home: HomeDirectory;
	runtimeDirectory: string;
	programs: Programs;
	log: (message: string, details?: object) => void;
}

/** Called with each process as soon as it exists, so that it can be stopped while it still starts. */
export type OnSpawn = (child: ChildProcess) => void;

/** Starts the server and waits until it accepts connections. */
export async function launchPostmaster(plan: LaunchPlan, onSpawn: OnSpawn): Promise<ChildProcess> {
	const startedAt = Date.now();
	while (true) {
		const { clusterDirectory, serverUser } = plan.home;
		await clearLeftovers(clusterDirectory, plan.runtimeDirectory, serverUser);
		const logFile = serverLogIn(plan.home.path);
		await limitServerLog(logFile);
		const logOffset = await serverLogSize(logFile);
		const child = await spawnServer(plan, logFile);
		onSpawn(child);
		const ending = await readyOrEnded(child, plan);
		if (ending === undefined) return child;
		const output = await readServerLog(logFile, logOffset);
		const waited = Date.now() - startedAt;
		const mayPass = MEMORY_STILL_IN_USE.test(output) || ANOTHER_SERVER.test(output);
		if (!mayPass || waited > LEFTOVER_LIMIT_MS) throw startError(output, ending, logFile);
		if (ANOTHER_SERVER.test(output)) await stopOrphan(clusterDirectory, plan.log);
		else if (waited > BACKENDS_KILLED_AFTER_MS) await endBackends(clusterDirectory, 'SIGKILL');
		else if (waited > BACKENDS_TOLD_AFTER_MS) await endBackends(clusterDirectory, 'SIGQUIT');
		await delay(LEFTOVER_RETRY_MS);
	}
}

async function spawnServer(plan: LaunchPlan, logFile: string): Promise<ChildProcess> {
	const { home, programs } = plan;
	const log = await openServerLog(logFile, home.fileOwner).catch((error: unknown) => {
		throw fileError(error, `opening ${logFile}`);
	});
	try {
		return await spawnProgram({
			program: programs.postgres,
			parameters: serverArguments(home.clusterDirectory, plan.runtimeDirectory),
			environment: programs.environment,
			user: home.serverUser,
			stdio: ['ignore', log.fd, log.fd],
		});
	} finally {
		await log.close();
	}
}

/** Undefined when ready, otherwise how the process ended. */
async function readyOrEnded(child: ChildProcess, plan: LaunchPlan): Promise<string | undefined> {
	const startedAt = Date.now();
	let nextNoticeAt = startedAt + STILL_STARTING_NOTICE_MS;
	while (!hasEnded(child)) {
		if (await isReady(plan.home.clusterDirectory, child.pid)) return undefined;
		if (Date.now() > nextNoticeAt) {
			plan.log('PostgreSQL is still starting; after a crash it first replays its log', { pid: child.pid });
			nextNoticeAt += STILL_STARTING_NOTICE_MS;
		}
		if (Date.now() - startedAt > READY_LIMIT_MS) {
			await stopPostmaster(child);
			throw new EmbeddedPostgresError(
				'start-timeout',
				`PostgreSQL was not ready after ${READY_LIMIT_MS / 60_000} minutes.`,
				`See ${serverLogIn(plan.home.path)}; the disk may be very slow or not answer.`,
			);
		}
		await delay(READY_POLL_MS);
	}
	return describeEnding(child);
}

/** The last line of PostgreSQL's own file says its state; cheaper than trying to connect, and never wrong about whose it is. */
async function isReady(clusterDirectory: string, pid: number | undefined): Promise<boolean> {
	const lines = ((await readTextIfExists(`${clusterDirectory}/postmaster.pid`)) ?? '').split('\n');
	return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

/** Fast shutdown, then immediate (loses nothing, the next start recovers), then kill. Always ends. */
export async function stopPostmaster(child: ChildProcess): Promise<void> {
	for (const [name, limit] of [
		['SIGINT', FAST_SHUTDOWN_LIMIT_MS],
		['SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS],
		['SIGKILL', IMMEDIATE_SHUTDOWN_LIMIT_MS],
	] as const) {
		if (hasEnded(child)) return;
		child.kill(name);
		if (await endedWithin(child, limit)) return;
	}
}

function endedWithin(child: ChildProcess, limitMs: number): Promise<boolean> {
	return new Promise((resolve) => {
		if (hasEnded(child)) return resolve(true);
		const onExit = (): void => {
			clearTimeout(timer);
			resolve(true);
		};
		const timer = setTimeout(() => {
			child.off('exit', onExit);
			resolve(false);
		}, limitMs);
		child.once('exit', onExit);
	});
}

export function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

export function describeEnding(child: ChildProcess): string {
	return child.signalCode === null ? `exit status ${child.exitCode}` : `killed by ${child.signalCode}`;
}
