import type { Clock } from '../services.ts';
import type { DueWork } from './due-work.ts';

/**
 * The test clock with what time does: it moves from one due time to the next, so that each timer fires at its own time
 * and repetitions fire as often as they would have. Real time stays as it is.
 */
export function advanceWithWork(clock: Clock, { run, nextDue }: Pick<DueWork, 'run' | 'nextDue'>): Clock {
	const { advance } = clock;
	if (advance === null) return clock;
	return {
		now: clock.now,
		advance: async (ms) => {
			const target = clock.now() + ms;
			await run();
			for (let due = await nextDue(); due !== null && due <= target; due = await nextDue()) {
				await advance(Math.max(0, due - clock.now()));
				await run();
			}
			await advance(target - clock.now());
		},
	};
}
