import type { NodeFired } from './events.ts';
import { type Rejection, reject } from './rejections.ts';
import type { InstanceState } from './state.ts';
import { IDS_PER_COMMAND } from './step-outcome.ts';
import type { Work } from './work.ts';

/**
 * Whatever happens in an instance looks through its marking, so that has a bound too. What is over does not count: an hourly
 * reminder leaves a token each.
 */
const TOKENS_PER_INSTANCE = 10_000;

/** What a command may add beyond that, so that an instance which came there in small steps is not stuck. */
const TOKENS_BEYOND = 100;

/** Characters that a command may write while it runs on, with those that they replace: all of it is one commit. */
const WRITTEN_PER_COMMAND = 32_000_000;

/** Null where the command has not done more than one may; else it is refused whole. */
export function whyBeyondLimits({ isOutOfIds, before, state }: Work, written: number): Rejection | null {
	if (isTooLarge(state, before)) return reject('token-limit', { limit: String(TOKENS_PER_INSTANCE) });
	if (isOutOfIds) return reject('task-limit', { limit: String(IDS_PER_COMMAND) });
	if (written > WRITTEN_PER_COMMAND) return reject('write-limit', { limit: String(WRITTEN_PER_COMMAND) });
	return null;
}

/** Characters of the variables that a firing writes, and gives to what it opens; of more than may be written not all is counted. */
export function sizeOf({ writes, opened = [] }: NodeFired): number {
	let size = writes.length === 0 ? 0 : JSON.stringify(writes).length;
	for (const { variables, runs } of opened) {
		if (size > WRITTEN_PER_COMMAND) break;
		size += JSON.stringify([variables, runs?.items]).length;
	}
	return size;
}

function isTooLarge({ tokens }: InstanceState, before: InstanceState | null): boolean {
	if (Object.keys(tokens).length <= TOKENS_PER_INSTANCE) return false;
	const open = openIn(tokens);
	return open > TOKENS_PER_INSTANCE && open > openIn(before?.tokens ?? {}) + TOKENS_BEYOND;
}

function openIn(tokens: InstanceState['tokens']): number {
	return Object.values(tokens).filter(({ place }) => !/^(?:sink|done):/.test(place)).length;
}
