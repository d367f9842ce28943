import type { TimeMs } from '@sendback/engine/terms.ts';
import { type DeliveryDependencies, deliverThrown } from '../events/deliver-thrown.ts';
import { run } from '../storage/postgres/connect.ts';
import type { DueLoopOptions } from './due-loop.ts';
import { fireDueTimers, type TimerDependencies } from './due-timers.ts';
import { startDueFlows, type TimerStartDependencies } from './timer-starts.ts';

export type DueKind = 'timers' | 'starts' | 'thrown';

/** What instances have to be told without anybody asking: times that have come, events that others threw. */
export interface DueWork {
	/** Each by itself, so that none keeps another waiting, however much comes of it and however long that takes. */
	readonly kinds: Readonly<Record<DueKind, Pick<DueLoopOptions, 'pass' | 'nextDue'>>>;
	/**
	 * Does everything that is due now, of every kind, and what follows from it at once.
	 *
	 * @returns whether it is all done; it may have no end
	 */
	readonly run: () => Promise<boolean>;
	/** Timers only. */
	readonly runTimers: () => Promise<void>;
	/** When something is due next, in any tenant; null: nothing is. */
	readonly nextDue: () => Promise<TimeMs | null>;
}

export function createDueWork(deps: TimerStartDependencies & DeliveryDependencies): DueWork {
	const timers = () => fireDueTimers(deps);
	const starts = () => startDueFlows(deps);
	const thrown = () => deliverThrown(deps);
	const dueTimes = async (): Promise<Partial<DueTimes>> => (await run<DueTimes>(deps.pool, 'next-due', []))[0] ?? {};
	const oneKind = (kind: DueKind, batch: () => Promise<number>) => ({
		pass: oneAfterTheOther(batch),
		nextDue: async () => (await dueTimes())[kind] ?? null,
	});
	const kinds = {
		timers: oneKind('timers', timers),
		starts: oneKind('starts', starts),
		thrown: oneKind('thrown', thrown),
	};
	const passes = Object.values(kinds).map(({ pass }) => pass);
	return {
		kinds,
		run: () => untilNothingIsLeft(() => doEach(passes, deps.log)),
		runTimers: async () => {
			await untilNothingIsLeft(() => doEach([timers, starts], deps.log));
		},
		nextDue: async () => {
			const times = Object.values(await dueTimes()).filter((time) => time !== null);
			return times.length === 0 ? null : Math.min(...times);
		},
	};
}

/** When something of each kind is due next. */
type DueTimes = Readonly<Record<DueKind, TimeMs | null>>;

/** Whoever waits for a batch also waits for what the one before has taken and not done yet. */
function oneAfterTheOther(batch: () => Promise<number>): () => Promise<number> {
	let last: Promise<unknown> = Promise.resolve();
	return () => {
		const next = last.then(batch, batch);
		last = next;
		return next;
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

/** Of a hundred of each kind. A flow may throw what starts it, and a timer of no time be in a circle. */
const MOST_PASSES = 300;

/** What was thrown may arm timers, and timers may throw. */
async function untilNothingIsLeft(pass: () => Promise<number>): Promise<boolean> {
	for (let passes = 0; passes < MOST_PASSES; passes++) if ((await pass()) === 0) return true;
	return false;
}
