import type { Clock } from '../services.ts';
import type { DueWork } from './due-work.ts';

/**
 * The test clock with what time does: it moves from one due time to the next, so that each timer fires at its own time
 * and repetitions fire as often as they would have. Who moves it while it moves comes after. Real time stays as it is.
 */
export function advanceWithWork(clock: Clock, { run, nextDue }: Pick<DueWork, 'run' | 'nextDue'>): Clock {
	const { advance: moveBy } = clock;
	if (moveBy === null) return clock;
	const move = async (ms: number) => {
		const target = clock.now() + ms;
		await run();
		for (let due = await nextDue(); due !== null && due <= target; due = await nextDue()) {
			await moveBy(Math.max(0, due - clock.now()));
			await run();
		}
		await moveBy(target - clock.now());
	};
	let last: Promise<void> = Promise.resolve();
	return {
		now: clock.now,
		advance: (ms) => {
			const next = last.then(() => move(ms));
			last = next.catch(() => undefined);
			return next;
		},
	};
}
