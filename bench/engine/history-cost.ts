import { parseModel } from '@sendback/engine/bpmn/parse-model.ts';
import type { Command } from '@sendback/engine/commands.ts';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import { type Answer, type Question, questionKey } from '@sendback/engine/questions.ts';
import type { InstanceState, OpenTask } from '@sendback/engine/state.ts';
import { step } from '@sendback/engine/step.ts';
import { LOOP_XML } from '../goals/loop-flow.ts';

const USER = 'alpha';
const FIRST_ID = 1_000;
/** More than a rollback by one task reads: everything older is forgotten, so that what is measured cannot look at it. */
const KEPT_EVENTS = 100;

/** One instance of the loop in memory, without clock or database: what the core alone does. */
export class LoopInstance {
	readonly #model: ProcessModel;
	#state: InstanceState | null = null;
	#log: EngineEvent[] = [];
	#nextId = FIRST_ID;

	private constructor(model: ProcessModel) {
		this.#model = model;
	}

	static async start(): Promise<LoopInstance> {
		const parsed = await parseModel(LOOP_XML);
		if (!parsed.ok) throw new Error(`The loop was refused: ${JSON.stringify(parsed.errors)}`);
		const instance = new LoopInstance(parsed.model);
		const variables = { approver: USER, finished: false };
		instance.#take({ type: 'start-instance', initiator: USER, variables });
		return instance;
	}

	get events(): number {
		return (this.#state?.nextSeq ?? 1) - 1;
	}

	/** Agrees until the log has as many events, and the second task of the loop is open. */
	growTo(events: number): void {
		while (this.events < events || this.#task.node !== 'b') this.agree();
	}

	agree(): void {
		const { id: task } = this.#task;
		this.#take({ type: 'decide-task', task, user: USER, decision: 'agree', opinion: '', variables: {} });
	}

	/** Decides a command and forgets it: the same one can be decided again. */
	tryAgree(): void {
		const { id: task } = this.#task;
		this.#decide({ type: 'decide-task', task, user: USER, decision: 'agree', opinion: '', variables: {} });
	}

	tryRollback(): void {
		const { id: task } = this.#task;
		const to = this.#lastCompleted;
		const rollback = String(this.#nextId + 1);
		this.#decide({ type: 'roll-back', rollback, task, user: USER, to, opinion: '', resume: 'replay' });
	}

	get #task(): OpenTask {
		const [task] = Object.values(this.#state?.tasks ?? {});
		if (task === undefined) throw new Error('bug: the loop has one open task');
		return task;
	}

	get #lastCompleted(): string {
		const last = this.#log.findLast((event) => event.type === 'NodeFired' && event.completion !== undefined);
		if (last?.type !== 'NodeFired' || last.completion === undefined) throw new Error('bug: nothing was completed');
		return last.completion.task;
	}

	#take(command: Command): void {
		const outcome = this.#decide(command);
		this.#state = outcome.state;
		this.#nextId = outcome.nextId;
		this.#log = [...this.#log, ...outcome.events].slice(-KEPT_EVENTS);
	}

	#decide(command: Command) {
		const answers = new Map<string, Answer>();
		for (let round = 0; round < 10; round++) {
			const outcome = step(this.#model, this.#state, command, { now: 0, firstId: this.#nextId, answers });
			if (outcome.kind === 'accepted') return outcome;
			if (outcome.kind === 'refused') throw new Error(`bug: refused, ${outcome.rejection.code}`);
			for (const question of outcome.questions) answers.set(questionKey(question), this.#answer(question));
		}
		throw new Error('bug: the step asks without end');
	}

	#answer(question: Question): Answer {
		if (question.kind === 'user') return { kind: 'user', exists: true };
		if (question.kind !== 'log-from') throw new Error(`bug: the loop asks for ${question.kind}`);
		const from = this.#log.findIndex((event) => event.type === 'NodeFired' && event.completion?.task === question.task);
		const completion = this.#log[from];
		if (completion === undefined) return { kind: 'log-from', log: null };
		return { kind: 'log-from', log: { completion: completion.seq, events: this.#log.slice(from) } };
	}
}

/** Microseconds of one call, as the mean of many. */
export function microsOf(call: () => void, calls: number): number {
	const startedAt = performance.now();
	for (let done = 0; done < calls; done++) call();
	return ((performance.now() - startedAt) / calls) * 1000;
}
