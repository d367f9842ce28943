import type { NodeFired } from '../events.ts';
import { lookup } from '../lookup.ts';
import { nodeAt } from '../scopes.ts';
import type { Token } from '../state.ts';
import { isStop, type Stop, type Work } from '../work.ts';
import { catchEvent } from './catch-event.ts';

/**
 * A signal reaches what waits for it in its own instance at the moment it is thrown, the oldest first, and from the outbox
 * only the other instances: what it would find here by then may have been ended, or armed later.
 */
export function catchSignals(work: Work, thrown: NodeFired): Stop | null {
	// Every firing comes here, and few throw.
	if (thrown.effects === undefined) return null;
	return catchIn(work, Object.values(work.state.tokens).filter(isThrownBy(thrown)), thrown);
}

/**
 * Signals that were thrown, by what a rollback keeps, while what it brings back was gone: in the order of what is kept they
 * were thrown while it waited, and maybe nobody throws them again. Of an event beside an activity this is not so: nobody
 * waits for it, and it would end what has just been reopened. What a direct return did again counts as thrown there.
 *
 * @param kept the firings that are kept, ascending
 * @param restored the tokens that came back, and what had consumed them
 */
export function catchMissedSignals(
	work: Work,
	kept: readonly NodeFired[],
	restored: readonly { readonly token: Token; readonly consumer: NodeFired }[],
): Stop | null {
	const waiting = restored.filter(
		({ token }) => token.arm?.kind === 'signal' && nodeAt(work, token).kind === 'intermediateCatchEvent',
	);
	for (const thrown of waiting.length === 0 ? [] : kept) {
		const missed = waiting.filter(({ consumer }) => consumer.seq < thrown.seq).map(({ token }) => token);
		const stop = catchIn(work, missed.filter(isThrownBy(thrown)), thrown);
		if (stop !== null) return stop;
	}
	return null;
}

function isThrownBy({ effects, alreadyThrown = [] }: NodeFired): (token: Token) => boolean {
	const names = (effects ?? alreadyThrown).filter(({ kind }) => kind === 'throw-signal').map(({ name }) => name);
	return ({ arm }) => arm?.kind === 'signal' && names.includes(arm.name);
}

function catchIn(work: Work, waiting: readonly Token[], { seq }: NodeFired): Stop | null {
	for (const { id } of waiting) {
		const token = lookup(work.state.tokens, id);
		// An earlier one may have ended it.
		if (token === undefined) continue;
		const firing = catchEvent(work, token, {});
		if (isStop(firing)) return firing;
		work.fire({ ...firing, cause: seq });
	}
	return null;
}
