import type { TimeMs } from '@sendback/engine/terms.ts';
import { type DeliveryDependencies, deliverThrown } from '../events/deliver-thrown.ts';
import { run } from '../storage/postgres/connect.ts';
import { fireDueTimers } from './due-timers.ts';
import { startDueFlows, type TimerStartDependencies } from './timer-starts.ts';

/** What instances have to be told without anybody asking: times that have come, events that others threw. */
export interface DueWork {
	/** Does everything that is due now, and what follows from it at once. */
	readonly run: () => Promise<void>;
	/** Delivers what was thrown, and leaves timers alone. */
	readonly deliver: () => Promise<void>;
	/** Timers only. @returns how many fired */
	readonly runTimers: () => Promise<number>;
	/** When something is due next, in any tenant; null: nothing is. */
	readonly nextDue: () => Promise<TimeMs | null>;
}

export function createDueWork(deps: TimerStartDependencies & DeliveryDependencies): DueWork {
	const runTimers = async () => (await fireDueTimers(deps)) + (await startDueFlows(deps));
	async function runAll(): Promise<void> {
		// What was thrown may arm timers, and timers may throw: until nothing is left.
		while ((await runTimers()) + (await deliverThrown(deps)) > 0);
	}

	async function deliverAll(): Promise<void> {
		while ((await deliverThrown(deps)) > 0);
	}

	let last: Promise<void> = Promise.resolve();
	// One after the other: whoever waits for one also waits for what the one before has taken and not done yet.
	const inTurn = (job: () => Promise<void>) => () => {
		last = last.then(job, job);
		return last;
	};
	return {
		runTimers,
		run: inTurn(runAll),
		deliver: inTurn(deliverAll),
		nextDue: async () => (await run<{ due: TimeMs | null }>(deps.pool, 'next-due', []))[0]?.due ?? null,
	};
}
