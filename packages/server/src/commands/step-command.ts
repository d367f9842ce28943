import type { Command } from '@sendback/engine/commands.ts';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { type Answer, type Answers, type Question, questionKey } from '@sendback/engine/questions.ts';
import { reject } from '@sendback/engine/rejections.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import { step } from '@sendback/engine/step.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { Refusal } from '../refusals.ts';
import type { Clock } from '../services.ts';
import type { IdAllocator } from '../storage/postgres/id-allocator.ts';
import type { LiveInstance } from './live-instance.ts';
import type { LongLogs, LongLogTurn } from './long-logs.ts';

/** What a command is decided on: the committed instance, and what commands before it in the same write have done. */
export interface Subject {
	readonly committed: LiveInstance;
	/** The version of the flow that it runs now, and its model. */
	readonly flowVersion: number;
	readonly model: ProcessModel;
	readonly state: InstanceState | null;
	readonly uncommitted: readonly EngineEvent[];
}

/** An instance as it is committed, with nothing done on top. */
export function subjectOf(committed: LiveInstance): Subject {
	const { facts, model, state } = committed;
	return { committed, flowVersion: facts.flowVersion, model, state, uncommitted: [] };
}

/** Answers one question of the core, or says why nobody can. */
export type AnswerQuestion = (
	question: Question,
	subject: Subject,
	turn: LongLogTurn,
) => Promise<Answer | { readonly kind: 'refused'; readonly refusal: Refusal }>;

export interface StepDependencies {
	readonly clock: Clock;
	readonly ids: IdAllocator;
	readonly answer: AnswerQuestion;
	readonly longLogs: LongLogs;
}

export type Stepped =
	| {
			readonly kind: 'accepted';
			readonly at: TimeMs;
			readonly events: readonly EngineEvent[];
			readonly state: InstanceState;
			readonly model: ProcessModel;
			readonly answers: Answers;
	  }
	| { readonly kind: 'refused'; readonly refusal: Refusal };

/** Each round answers at least one question more, and steps again from the beginning. A loop through an expression that needs the whole of FEEL asks each time. */
const MAX_ROUNDS = 300;
/** Of all rounds together (engine/src/effort.ts). Others have their turn between them, so it is more than that of one. */
const MAX_EFFORT = 60_000_000;

/**
 * Steps a command, answering the core's questions until it is accepted or refused. Commits nothing.
 *
 * @param turn ends when the answers are not needed any more
 */
export async function stepCommand(
	deps: StepDependencies,
	subject: Subject,
	command: Command,
	turn: LongLogTurn,
): Promise<Stepped> {
	const answers = new Map<string, Answer>();
	let effort = 0;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		for (let room = deps.ids.room(); room !== null; room = deps.ids.room()) await room;
		// From here to advanceTo without an await: nobody else may take ids in between.
		const now = deps.clock.now();
		const context = { now, firstId: deps.ids.peek(), answers };
		const outcome = step(subject.model, subject.state, command, context);
		if (outcome.kind === 'refused') return { kind: 'refused', refusal: outcome.rejection };
		if (outcome.kind === 'accepted') {
			const { events, state, model, nextId } = outcome;
			deps.ids.advanceTo(nextId);
			return { kind: 'accepted', at: now, events, state, model, answers };
		}
		effort += outcome.effort;
		if (effort > MAX_EFFORT) return { kind: 'refused', refusal: reject('run-limit', { effort: String(MAX_EFFORT) }) };
		for (const question of outcome.questions) {
			if (answers.has(questionKey(question))) continue;
			const answer = await deps.answer(question, subject, turn);
			if (answer.kind === 'refused') return answer;
			answers.set(questionKey(question), answer);
		}
	}
	return { kind: 'refused', refusal: reject('run-limit', { limit: String(MAX_ROUNDS) }) };
}
