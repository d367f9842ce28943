import type { TimeMs } from '@sendback/engine/terms.ts';
import { type Refusal, refuse } from '../refusals.ts';
import type { Clock } from '../services.ts';
import type { DueWork } from './due-work.ts';

/**
 * The test clock with what time does: it moves from one due time to the next, so that each timer fires at its own time
 * and repetitions fire as often as they would have. It stops at a moment that has no end. Who moves it while it moves comes
 * after. Real time stays as it is.
 */
export function advanceWithWork(clock: Clock, { run, nextDue }: Pick<DueWork, 'run' | 'nextDue'>): Clock {
	const { advance: moveBy } = clock;
	if (moveBy === null) return clock;
	const move = async (ms: number): Promise<Refusal | null> => {
		const target = clock.now() + ms;
		for (let due: TimeMs | null = clock.now(); due !== null && due <= target; due = await nextDue()) {
			await moveBy(Math.max(0, due - clock.now()));
			if (!(await run())) return refuse('due-limit', { now: new Date(clock.now()).toISOString() });
		}
		return moveBy(target - clock.now());
	};
	let last: Promise<unknown> = Promise.resolve();
	return {
		now: clock.now,
		advance: (ms) => {
			const next = last.then(() => move(ms));
			last = next.catch(() => undefined);
			return next;
		},
	};
}
