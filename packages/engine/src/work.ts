import { apply } from './apply.ts';
import { extendPast, mergePasts } from './causality/past.ts';
import type { Completion, EngineEvent, FiringKind, NodeFired, VariableRead, VariableWrite } from './events.ts';
import { invariant } from './invariant.ts';
import { lookup, required } from './lookup.ts';
import type { ProcessModel } from './model/process-model.ts';
import { type Answer, type Answers, type Question, questionKey } from './questions.ts';
import type { Rejection } from './rejections.ts';
import type { InstanceState, OpenTask, Place, Scope, Token } from './state.ts';
import { IDS_PER_COMMAND, type StepContext } from './step-outcome.ts';
import type { FlowId, NodeId, ScopeId, TimeMs, Variables } from './terms.ts';

/** Why a step cannot go on: it was refused, or has to know more first. */
export type Stop =
	| { readonly kind: 'refused'; readonly rejection: Rejection }
	| { readonly kind: 'unanswered'; readonly questions: readonly Question[] };

/** What deciders see: everything readonly. */
export interface View {
	readonly model: ProcessModel;
	readonly state: InstanceState;
	readonly now: TimeMs;
	readonly answers: Answers;
}

/** A firing as a decider plans it: tokens by what they are, before they get numbers. */
export interface Firing {
	readonly kind: FiringKind;
	readonly node: NodeId;
	readonly scope: ScopeId;
	readonly consume: readonly Token[];
	readonly produce: readonly Place[];
	readonly reads?: readonly VariableRead[];
	readonly write?: Variables;
	readonly mask?: readonly FlowId[];
	readonly completion?: Completion;
	/** kind `enter`: the task that opens on the token produced. */
	readonly open?: Pick<OpenTask, 'mode' | 'assignments' | 'isStart'>;
}

/** One step in progress: events are decided one after the other, each on the state that the earlier ones left. */
export class Work implements View {
	readonly model: ProcessModel;
	readonly now: TimeMs;
	readonly answers: Answers;
	readonly events: EngineEvent[] = [];
	#state: InstanceState | null;
	#nextId: number;
	readonly #idLimit: number;

	constructor(model: ProcessModel, state: InstanceState | null, context: StepContext) {
		this.model = model;
		this.#state = state;
		this.now = context.now;
		this.answers = context.answers;
		this.#nextId = context.firstId;
		this.#idLimit = context.firstId + IDS_PER_COMMAND;
	}

	get state(): InstanceState {
		invariant(this.#state !== null, 'the instance has started');
		return this.#state;
	}

	get nextId(): number {
		return this.#nextId;
	}

	takeId(): string {
		invariant(this.#nextId < this.#idLimit, 'a step stays within its block of ids');
		return String(this.#nextId++);
	}

	record(event: DistributiveOmit<EngineEvent, 'seq'>): EngineEvent {
		const recorded = { ...event, seq: this.#state?.nextSeq ?? 1 } as EngineEvent;
		this.#state = apply(this.#state, recorded);
		this.events.push(recorded);
		return recorded;
	}

	/** Records the firing, and the task that opens with it. */
	fire(firing: Firing): void {
		const { nextSeq: seq, nextToken } = this.state;
		const merged = mergePasts(firing.consume);
		const { completion } = firing;
		const past =
			completion === undefined
				? merged
				: extendPast(merged, {
						task: completion.task,
						node: firing.node,
						seq,
						outcome: completion.isStart ? 'start' : completion.decision === 'agree' ? 'agreed' : 'rejected',
						nearest: true,
					});
		const produced = firing.produce.map(
			(place, index): Token => ({ id: nextToken + index, place, scope: firing.scope, producer: seq, past }),
		);
		const event: Omit<NodeFired, 'seq'> = {
			type: 'NodeFired',
			kind: firing.kind,
			node: firing.node,
			scope: firing.scope,
			consumed: firing.consume,
			produced,
			reads: firing.reads ?? [],
			writes: this.#writes(firing),
			...(firing.mask === undefined ? {} : { mask: firing.mask }),
			...(completion === undefined ? {} : { completion }),
		};
		this.record(event);
		if (firing.open !== undefined) this.#open(firing, firing.open, required(produced, 0));
	}

	#open(firing: Firing, open: NonNullable<Firing['open']>, token: Token): void {
		const { node, scope } = firing;
		const id = this.takeId();
		const task: OpenTask = { id, node, scope, token: token.id, openedAt: this.now, draft: {}, entered: {}, ...open };
		this.record({ type: 'TaskOpened', task });
	}

	/** A variable is written where it exists, from the firing's scope outwards; a new one belongs to the process. */
	#writes(firing: Firing): readonly VariableWrite[] {
		return Object.entries(firing.write ?? {}).map(([name, value]) => {
			const owner = scopeOf(this.state, firing.scope, name) ?? 0;
			return { scope: owner, name, value, prior: lookup(required(this.state.scopes, owner).variables, name) ?? null };
		});
	}
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The scope that a name is visible from, the nearest first; null where there is no such variable. */
export function scopeOf(state: InstanceState, from: ScopeId, name: string): ScopeId | null {
	for (let id: ScopeId | null = from; id !== null; ) {
		const scope: Scope = required(state.scopes, id);
		if (Object.hasOwn(scope.variables, name)) return id;
		id = scope.parent;
	}
	return null;
}

/** The answer to a question; undefined where it was not asked yet. */
export function ask<K extends Question['kind']>(
	view: Pick<View, 'answers'>,
	question: Extract<Question, { kind: K }>,
): Extract<Answer, { kind: K }> | undefined {
	return view.answers.get(questionKey(question)) as Extract<Answer, { kind: K }> | undefined;
}

export function isStop(result: object | null): result is Stop {
	return result !== null && 'kind' in result && (result.kind === 'refused' || result.kind === 'unanswered');
}

export function refused(rejection: Rejection): Stop {
	return { kind: 'refused', rejection };
}

export function unanswered(...questions: readonly Question[]): Stop {
	return { kind: 'unanswered', questions };
}
