import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/config.ts';
import { type DatabaseConnection, openDatabaseConnection } from '../config/database-connection.ts';
import type { RunningServer } from '../main.ts';
import { type FromProcess, tellProcess } from './messages.ts';
import { collectMetrics } from './metrics-of-all.ts';

/** Before a process takes the place of one that ended by itself, so that a broken machine is not kept busy with starting. */
const RESTART_MS = 1_000;

type Ready = Omit<RunningServer, 'stop'>;

/**
 * Starts several processes that serve together, on one port and one database. Each is a whole server; this one opens the
 * database for all, and puts another process where one has ended by itself.
 *
 * @throws Error where one of them cannot start; it has said why itself
 */
export async function startProcesses(
	config: Config,
	log: FastifyBaseLogger,
	onDatabaseLost: (reason: string) => void,
): Promise<RunningServer> {
	// 1. The database.
	const database = await openDatabaseConnection({
		config,
		log: (message, details) => log.info(details ?? {}, message),
		onLost: onDatabaseLost,
	});
	const environment = { DATABASE_URL: config.databaseUrl ?? urlOf(database), SENDBACK_MODE: config.mode };

	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= endAll().finally(() => database.close());
		return stopped;
	};

	async function start(): Promise<Ready> {
		const worker = cluster.fork(environment);
		const ready = await readiness(worker);
		worker.once('exit', (code, signal) => {
			if (stopped !== undefined) return;
			log.error({ pid: worker.process.pid, code, signal }, 'a process ended, and another one takes its place');
			void startAgain();
		});
		return ready;
	}

	async function startAgain(): Promise<void> {
		for (;;) {
			await sleep(RESTART_MS);
			if (stopped !== undefined) return;
			try {
				await start();
				return;
			} catch (error) {
				log.error({ err: error }, 'a process could not start');
			}
		}
	}

	// Each accepts for itself: one that is handed over to a process that dies just then would stay open without an answer.
	cluster.schedulingPolicy = cluster.SCHED_NONE;
	try {
		collectMetrics((error) => log.error({ err: error }, 'the metrics could not be collected'));
		// 2. The first one alone: it brings the database to this version, and fills it.
		const ready = await start();
		// 3. The others.
		await Promise.all(Array.from({ length: config.processes - 1 }, start));
		log.info({ url: ready.url, processes: config.processes }, 'all ready');
		return { ...ready, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

function readiness(worker: Worker): Promise<Ready> {
	return new Promise((resolve, reject) => {
		worker.on('message', (message: FromProcess) => {
			if (message.kind === 'ready') resolve({ url: message.url, greeting: message.greeting });
		});
		worker.once('exit', () => reject(new Error('One of its processes could not start, and has said why.')));
	});
}

/** Resolves when each has finished what it had accepted, and ended. */
async function endAll(): Promise<void> {
	const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
	await Promise.all(
		workers.map((worker) => {
			const ended = new Promise((resolve) => worker.once('exit', resolve));
			tellProcess(worker, { kind: 'stop' });
			return ended;
		}),
	);
}

/** The embedded database, for processes that did not start it. */
function urlOf({ connection: { host, port, user, database } }: DatabaseConnection): string {
	return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host ?? '')}&sslmode=disable`;
}
