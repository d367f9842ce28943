import { type Rejection, reject } from './rejections.ts';
import type { InstanceState } from './state.ts';
import { IDS_PER_COMMAND } from './step-outcome.ts';
import type { Work } from './work.ts';

/**
 * Whatever happens in an instance looks through its marking, so that has a bound too. What is over does not count: an hourly
 * reminder leaves a token each.
 */
const TOKENS_PER_INSTANCE = 10_000;

/** Characters that a command may write while it runs on, with those that they replace: all of it is one commit. */
const WRITTEN_PER_COMMAND = 32_000_000;

/** Null where the command has not done more than one may; else it is refused whole. */
export function whyBeyondLimits({ isOutOfIds, state }: Work, written: number): Rejection | null {
	if (isTooLarge(state)) return reject('token-limit', { limit: String(TOKENS_PER_INSTANCE) });
	if (isOutOfIds) return reject('task-limit', { limit: String(IDS_PER_COMMAND) });
	if (written > WRITTEN_PER_COMMAND) return reject('write-limit', { limit: String(WRITTEN_PER_COMMAND) });
	return null;
}

function isTooLarge({ tokens }: InstanceState): boolean {
	if (Object.keys(tokens).length <= TOKENS_PER_INSTANCE) return false;
	return Object.values(tokens).filter(({ place }) => !/^(?:sink|done):/.test(place)).length > TOKENS_PER_INSTANCE;
}
