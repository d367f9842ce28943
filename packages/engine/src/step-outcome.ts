import type { EngineEvent } from './events.ts';
import type { ProcessModel } from './model/process-model.ts';
import type { Answers, Question } from './questions.ts';
import type { Rejection } from './rejections.ts';
import type { InstanceState } from './state.ts';
import type { TimeMs } from './terms.ts';

/** What a step knows of the world: everything enters as data. */
export interface StepContext {
	readonly now: TimeMs;
	/** The first of a block of ids reserved for this command; new tasks take them in order. */
	readonly firstId: number;
	readonly answers: Answers;
}

export type StepOutcome =
	/**
	 * `state` is the fold of `events` over the state given; `model` what its nodes are of, another one after a migration;
	 * `nextId` the first id that was not taken.
	 */
	| {
			readonly kind: 'accepted';
			readonly events: readonly EngineEvent[];
			readonly state: InstanceState;
			readonly model: ProcessModel;
			readonly nextId: number;
	  }
	| { readonly kind: 'refused'; readonly rejection: Rejection }
	/** Answer these and call again. `effort`: what it took to come so far, which is as much again each time. */
	| { readonly kind: 'unanswered'; readonly questions: readonly Question[]; readonly effort: number };

/** Ids one command may take at most, one for each task and for each repeated task as a whole; the shell reserves as many. */
export const IDS_PER_COMMAND = 10_000;
