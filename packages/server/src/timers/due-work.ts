import type { TimeMs } from '@sendback/engine/terms.ts';
import { type DeliveryDependencies, deliverThrown } from '../events/deliver-thrown.ts';
import { run } from '../storage/postgres/connect.ts';
import { fireDueTimers, type TimerDependencies } from './due-timers.ts';
import { startDueFlows, type TimerStartDependencies } from './timer-starts.ts';

/** What instances have to be told without anybody asking: times that have come, events that others threw. */
export interface DueWork {
	/**
	 * Does a batch of each kind of what is due now, so that no kind keeps another waiting, however much comes of it.
	 *
	 * @returns how many were taken; where any was, more may be due at once
	 */
	readonly pass: () => Promise<number>;
	/** Likewise of what was thrown, and leaves timers alone. */
	readonly deliver: () => Promise<number>;
	/** Does everything that is due now, and what follows from it at once. */
	readonly run: () => Promise<void>;
	/** Timers only. */
	readonly runTimers: () => Promise<void>;
	/** When something is due next, in any tenant; null: nothing is. */
	readonly nextDue: () => Promise<TimeMs | null>;
}

export function createDueWork(deps: TimerStartDependencies & DeliveryDependencies): DueWork {
	const timers = [() => fireDueTimers(deps), () => startDueFlows(deps)];
	const deliver = () => deliverThrown(deps);
	const fire = () => doEach(timers, deps.log);

	let last: Promise<unknown> = Promise.resolve();
	// One after the other: whoever waits for one also waits for what the one before has taken and not done yet.
	const inTurn = (batch: () => Promise<number>) => () => {
		const next = last.then(batch, batch);
		last = next;
		return next;
	};
	const pass = inTurn(() => doEach([...timers, deliver], deps.log));
	return {
		pass,
		deliver: inTurn(deliver),
		run: () => untilNothingIsLeft(pass),
		runTimers: () => untilNothingIsLeft(fire),
		nextDue: async () => (await run<{ due: TimeMs | null }>(deps.pool, 'next-due', []))[0]?.due ?? null,
	};
}

/** What becomes of one holds up none of the others. Fails where one fails and there is nothing to go on with. */
async function doEach(batches: readonly (() => Promise<number>)[], log: TimerDependencies['log']): Promise<number> {
	const failures: unknown[] = [];
	let taken = 0;
	for (const batch of batches) {
		try {
			taken += await batch();
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0 && taken === 0) throw failures[0];
	for (const error of failures) log('some of what is due could not be looked for', { error: String(error) });
	return taken;
}

/** What was thrown may arm timers, and timers may throw. */
async function untilNothingIsLeft(pass: () => Promise<number>): Promise<void> {
	while ((await pass()) > 0);
}
