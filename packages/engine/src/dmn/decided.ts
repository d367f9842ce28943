import type { Value } from '../terms.ts';

/** What was decided: as DMN has it, and as the rows of outputs that some engines hand to a process. */
export interface Decided<V = Value> {
	/** The only output, or all of them by their names; a list of those where several rules may hold. */
	readonly value: V;
	readonly rows: readonly Readonly<Record<string, V>>[];
}

/** For decisions that require it, before it is made data of: a date is a date. */
export type RawDecided = Decided<unknown>;
export type RawRow = RawDecided['rows'][number];

/** Why a decision cannot be taken; caught by `evaluateDecision`. */
export class DecisionFailure extends Error {}
