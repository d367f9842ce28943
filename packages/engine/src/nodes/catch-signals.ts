import type { NodeFired } from '../events.ts';
import { lookup } from '../lookup.ts';
import { nodeAt } from '../scopes.ts';
import type { InstanceState, Token } from '../state.ts';
import { isStop, type Stop, type Work } from '../work.ts';
import { catchEvent } from './catch-event.ts';

/**
 * A signal reaches what waits for it in its own instance at the moment it is thrown, the oldest first, and from the outbox
 * only the other instances: what it would find here by then may have been ended, or armed later.
 */
export function catchSignals(work: Work, thrown: NodeFired): Stop | null {
	// Every firing comes here, and few throw.
	if (thrown.effects === undefined) return null;
	const caught = catchIn(work, Object.values(work.state.tokens).filter(isThrownBy(thrown)), thrown);
	return isStop(caught) ? caught : null;
}

/**
 * Signals that were thrown, by what a rollback keeps, while what it brings back was gone: in the order of what is kept they
 * were thrown while it waited, and maybe nobody throws them again. What a direct return did again counts as thrown there.
 *
 * @param before the state that was returned from
 * @param kept the firings that are kept, ascending
 * @param restored the tokens that came back, and what had consumed them
 */
export function catchMissedSignals(
	work: Work,
	before: InstanceState,
	kept: readonly NodeFired[],
	restored: readonly { readonly token: Token; readonly consumer: NodeFired }[],
): Stop | null {
	const waiting = restored
		.filter(({ token }) => token.arm?.kind === 'signal' && couldMiss(work, before, token))
		// It may have come late itself, at an earlier return.
		.map(({ token, consumer }) => ({ token, since: consumer.cause ?? consumer.seq }));
	for (const thrown of waiting.length === 0 ? [] : kept) {
		const missed = waiting.filter(({ since }) => since < thrown.seq).map(({ token }) => token);
		const caught = catchIn(work, missed.filter(isThrownBy(thrown)), thrown);
		if (isStop(caught)) return caught;
		waiting.push(...caught.flatMap(armedAgain).map((token) => ({ token, since: thrown.seq })));
	}
	return null;
}

/**
 * An event beside an activity, or in a scope, only where it ends nothing and that was open all the time: else it would end
 * what has just been reopened, or come to that late.
 */
function couldMiss(work: Work, before: InstanceState, token: Token): boolean {
	const node = nodeAt(work, token);
	if (node.kind === 'intermediateCatchEvent') return true;
	if ((node.kind !== 'boundaryEvent' && node.kind !== 'startEvent') || node.interrupting) return false;
	const wasOpen = token.host === undefined ? lookup(before.scopes, token.scope) : lookup(before.tokens, token.host);
	return wasOpen !== undefined;
}

/** What waits at the same place for the next one. */
function armedAgain({ consumed, produced }: NodeFired): readonly Token[] {
	return produced.filter(({ place, arm }) => arm !== undefined && consumed.some((token) => token.place === place));
}

function isThrownBy({ effects, alreadyThrown = [] }: NodeFired): (token: Token) => boolean {
	const names = (effects ?? alreadyThrown).filter(({ kind }) => kind === 'throw-signal').map(({ name }) => name);
	return ({ arm }) => arm?.kind === 'signal' && names.includes(arm.name);
}

function catchIn(work: Work, waiting: readonly Token[], { seq }: NodeFired): readonly NodeFired[] | Stop {
	const caught: NodeFired[] = [];
	for (const { id } of waiting) {
		const token = lookup(work.state.tokens, id);
		// An earlier one may have ended it.
		if (token === undefined) continue;
		const tooMuch = work.effort.whyTooMuch();
		if (tooMuch !== null) return tooMuch;
		const firing = catchEvent(work, token, {});
		if (isStop(firing)) return firing;
		caught.push(work.fire({ ...firing, cause: seq }));
	}
	return caught;
}
