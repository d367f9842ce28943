import type { Value, Variables } from '../terms.ts';

/** What was decided: as DMN has it, and as the rows of outputs that some engines hand to a process. */
export interface Decided {
	/** The only output, or all of them by their names; a list of those where several rules may hold. */
	readonly value: Value;
	readonly rows: readonly Variables[];
}

/** Why a decision cannot be taken; caught by `evaluateDecision`. */
export class DecisionFailure extends Error {}
