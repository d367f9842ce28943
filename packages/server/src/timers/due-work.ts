import type { TimeMs } from '@sendback/engine/terms.ts';
import { type DeliveryDependencies, deliverThrown } from '../events/deliver-thrown.ts';
import { run } from '../storage/postgres/connect.ts';
import { fireDueTimers, type TimerDependencies } from './due-timers.ts';
import { startDueFlows } from './timer-starts.ts';

/** What instances have to be told without anybody asking: times that have come, events that others threw. */
export interface DueWork {
	/** Does everything that is due now, and what follows from it at once. */
	readonly run: () => Promise<void>;
	/** Timers only. @returns how many fired */
	readonly runTimers: () => Promise<number>;
	/** When something is due next, in any tenant; null: nothing is. */
	readonly nextDue: () => Promise<TimeMs | null>;
}

export function createDueWork(deps: TimerDependencies & DeliveryDependencies): DueWork {
	const runTimers = async () => (await fireDueTimers(deps)) + (await startDueFlows(deps));
	async function runAll(): Promise<void> {
		// What was thrown may arm timers, and timers may throw: until nothing is left.
		while ((await runTimers()) + (await deliverThrown(deps)) > 0);
	}

	let last: Promise<void> = Promise.resolve();
	return {
		runTimers,
		// One after the other: whoever waits for one also waits for what the one before has taken and not done yet.
		run: () => {
			last = last.then(runAll, runAll);
			return last;
		},
		nextDue: async () => (await run<{ due: TimeMs | null }>(deps.pool, 'next-due', []))[0]?.due ?? null,
	};
}
