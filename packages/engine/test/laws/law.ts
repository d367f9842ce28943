import { isDeepStrictEqual } from 'node:util';

/**
 * unreachable: a state that the process could not have reached by itself · unsound: one from which it cannot end, or
 * with two tokens in one place · touched: a rollback changed what does not follow from its target, or left what does.
 */
export type Law = 'unreachable' | 'unsound' | 'touched';

export class LawBroken extends Error {
	readonly law: Law;

	constructor(law: Law, message: string) {
		super(`${law}: ${message}`);
		this.law = law;
	}
}

export function holds(law: Law, condition: boolean, message: string): asserts condition {
	if (!condition) throw new LawBroken(law, message);
}

export function equal(law: Law, found: unknown, expected: unknown, what: string): void {
	if (isDeepStrictEqual(found, expected)) return;
	throw new LawBroken(law, `${what} is ${JSON.stringify(found)} and should be ${JSON.stringify(expected)}`);
}
