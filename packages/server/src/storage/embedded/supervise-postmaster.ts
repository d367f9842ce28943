import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { describeEnding, hasEnded, type OnSpawn, stopPostmaster } from './postmaster.ts';

/** The first restart is immediate: an out-of-memory kill or a stray signal is over at once. */
const RESTART_DELAYS_MS = [0, 250, 1_000, 2_000, 5_000];
/** A server that ran this long starts with a clean slate. */
const STABLE_AFTER_MS = 60_000;

export interface SupervisorPlan {
	launch: (onSpawn: OnSpawn) => Promise<ChildProcess>;
	log: (message: string, details?: object) => void;
	onGiveUp: (reason: string) => void;
	restartDelays?: readonly number[];
}

export interface Supervisor {
	stop(): Promise<void>;
}

/** Starts the server, and starts it again whenever it ends without being asked to, until it fails too often in a row. */
export async function superviseServer(plan: SupervisorPlan): Promise<Supervisor> {
	const restartDelays = plan.restartDelays ?? RESTART_DELAYS_MS;
	let current: ChildProcess | undefined;
	let readyAt = 0;
	let failures = 0;
	let stopping = false;
	let restarting = Promise.resolve();
	const interruption = new AbortController();

	// A process that exits without stop() (a crash, process.exit) must not leave the server behind.
	const stopWithProcess = (): void => {
		if (current !== undefined && !hasEnded(current)) current.kill('SIGINT');
	};
	process.on('exit', stopWithProcess);

	const start = async (): Promise<void> => {
		const child = await plan.launch((spawned) => {
			current = spawned;
			if (stopping) spawned.kill('SIGINT');
		});
		readyAt = Date.now();
		const onEnd = (): void => {
			if (!stopping) restarting = restart(describeEnding(child));
		};
		// It may have ended between its last sign of life and now.
		if (hasEnded(child)) onEnd();
		else child.once('exit', onEnd);
	};

	const restart = async (ending: string): Promise<void> => {
		let reason = `PostgreSQL ended unexpectedly (${ending})`;
		if (Date.now() - readyAt > STABLE_AFTER_MS) failures = 0;
		while (!stopping) {
			const pause = restartDelays[failures];
			if (pause === undefined) {
				plan.log('PostgreSQL failed too often in a row: giving up', { reason });
				plan.onGiveUp(reason);
				return;
			}
			failures += 1;
			plan.log('PostgreSQL ended unexpectedly: starting it again', { reason, attempt: failures, delay_ms: pause });
			try {
				await delay(pause, undefined, { signal: interruption.signal });
				await start();
				if (!stopping) plan.log('PostgreSQL runs again');
				return;
			} catch (error) {
				reason = error instanceof Error ? error.message : String(error);
			}
		}
	};

	const stop = async (): Promise<void> => {
		stopping = true;
		interruption.abort();
		if (current !== undefined) await stopPostmaster(current);
		await restarting;
		// A restart under way may have spawned one more before it saw that we stop.
		if (current !== undefined) await stopPostmaster(current);
		process.off('exit', stopWithProcess);
	};

	try {
		await start();
	} catch (error) {
		await stop();
		throw error;
	}
	return { stop };
}
