import type { NodeFired } from '../events.ts';
import { lookup } from '../lookup.ts';
import { isStop, type Stop, type Work } from '../work.ts';
import { catchEvent } from './catch-event.ts';

/**
 * A signal reaches what waits for it in its own instance at the moment it is thrown, the oldest first, and from the outbox
 * only the other instances: what it would find here by then may have been ended, or armed later.
 */
export function catchSignals(work: Work, { seq, effects = [] }: NodeFired): Stop | null {
	for (const { kind, name } of effects) {
		if (kind !== 'throw-signal') continue;
		const waiting = Object.values(work.state.tokens).filter(({ arm }) => arm?.kind === 'signal' && arm.name === name);
		for (const { id } of waiting) {
			const token = lookup(work.state.tokens, id);
			// An earlier one may have ended it.
			if (token === undefined) continue;
			const firing = catchEvent(work, token, {});
			if (isStop(firing)) return firing;
			work.fire({ ...firing, cause: seq });
		}
	}
	return null;
}
