import type { Answer } from './http-connection.ts';

/** One request of a caller, and what to do with its answer. */
export interface Exchange {
	/** Whole, as it goes over the wire. */
	readonly request: string;
	/** Says whether it was done; false for a refusal, after which the caller may try again. */
	readonly answered: (answer: Answer) => boolean;
}

/** What callers do, again and again. Null where this caller has nothing to do it with any more. */
export interface Operation {
	readonly next: (caller: number) => Exchange | null;
}
