import { apply, writeVariables } from './apply.ts';
import { extendPast, mergePasts, pastTask } from './causality/past.ts';
import { Effort } from './effort.ts';
import type {
	Completion,
	EngineEvent,
	EventEffect,
	FiringKind,
	NodeFired,
	VariableRead,
	VariableWrite,
} from './events.ts';
import { invariant } from './invariant.ts';
import { lookup, required } from './lookup.ts';
import type { InstanceMigrated } from './migration/instance-migrated.ts';
import type { Effect, ProcessModel } from './model/process-model.ts';
import type { NewTask, NewToken } from './products.ts';
import { type Answer, type Answers, type Question, questionKey } from './questions.ts';
import type { Rejection } from './rejections.ts';
import { elementOf, loopTaskOf, nodeOf } from './scopes.ts';
import type { InstanceState, OpenTask, PastTask, Scope, Token } from './state.ts';
import { IDS_PER_COMMAND, type StepContext } from './step-outcome.ts';
import type { FlowId, NodeId, ScopeId, Seq, TimeMs, Variables } from './terms.ts';
import { flowScopeOf, scopeOf } from './visible-scopes.ts';

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
	/** What it has taken so far to decide the step. */
	readonly effort: Effort;
}

/** A firing as a decider plans it: tokens by what they are, before they get numbers. */
export interface Firing {
	readonly kind: FiringKind;
	readonly node: NodeId;
	/** Where its variables are looked up and written from. */
	readonly scope: ScopeId;
	readonly consume: readonly Token[];
	readonly produce: readonly NewToken[];
	readonly opens?: readonly Scope[];
	readonly closes?: readonly ScopeId[];
	readonly tasks?: readonly NewTask[];
	readonly reads?: readonly VariableRead[];
	readonly write?: Variables;
	/** What called flows give back that it comes out of; the outermost last. */
	readonly outputs?: readonly Output[];
	readonly mask?: readonly FlowId[];
	readonly swept?: readonly ScopeId[];
	readonly cause?: Seq;
	readonly completion?: Completion;
	readonly effects?: readonly EventEffect[];
	readonly alreadyThrown?: readonly EventEffect[];
	readonly effect?: Effect;
	readonly decided?: NodeFired['decided'];
}

/** Variables that are written from this scope, and what was read for them. */
export interface Output {
	readonly scope: ScopeId;
	readonly variables: Variables;
	readonly reads: readonly VariableRead[];
}

/** One step in progress: events are decided one after the other, each on the state that the earlier ones left. */
export class Work implements View {
	readonly now: TimeMs;
	readonly answers: Answers;
	readonly effort = new Effort();
	readonly events: EngineEvent[] = [];
	/** The state that the step began with. */
	readonly before: InstanceState | null;
	#model: ProcessModel;
	#state: InstanceState | null;
	#nextId: number;
	readonly #idLimit: number;

	constructor(model: ProcessModel, state: InstanceState | null, context: StepContext) {
		this.#model = model;
		this.before = state;
		this.#state = state;
		this.now = context.now;
		this.answers = context.answers;
		this.#nextId = context.firstId;
		this.#idLimit = context.firstId + IDS_PER_COMMAND;
	}

	get model(): ProcessModel {
		return this.#model;
	}

	get state(): InstanceState {
		invariant(this.#state !== null, 'the instance has started');
		return this.#state;
	}

	get nextId(): number {
		return this.#nextId;
	}

	/** More ids were taken than the shell has reserved: the command has to be refused, and nothing of it stays. */
	get isOutOfIds(): boolean {
		return this.#nextId > this.#idLimit;
	}

	takeId(): string {
		return String(this.#nextId++);
	}

	/** @param event made for this call: it becomes the record */
	record(event: DistributiveOmit<EngineEvent, 'seq'>): EngineEvent {
		const recorded: EngineEvent = Object.assign(event, { seq: this.#state?.nextSeq ?? 1 });
		this.#state = apply(this.#state, recorded);
		this.events.push(recorded);
		return recorded;
	}

	/** Records a migration, and goes on by the model that it leads to. */
	migrate(event: Omit<InstanceMigrated, 'seq' | 'type'>, model: ProcessModel): void {
		this.record({ type: 'InstanceMigrated', ...event });
		this.#model = model;
	}

	/** Records the firing, and the tasks that open with it. */
	fire(firing: Firing): NodeFired {
		const { nextSeq: seq, nextToken, scopes, tokens } = this.state;
		// Both are looked through for what fires, and copied.
		this.effort.spend(Object.keys(tokens).length + Object.keys(scopes).length);
		const past = this.#past(firing, seq);
		const produced = firing.produce.map((token, index) =>
			produce(token, { id: nextToken + index, producer: seq, past }),
		);
		const opened = (firing.opens ?? []).map((scope) => this.#named(firing, scope));
		const canceled = this.#canceled(firing);
		const closed = (firing.closes ?? []).map((id) => required(scopes, id));
		const { kind, node, scope, mask, swept, cause, completion, effects, alreadyThrown, effect, decided } = firing;
		const fired: Mutable<Omit<NodeFired, 'seq'>> = {
			type: 'NodeFired',
			kind,
			node,
			scope,
			consumed: firing.consume,
			produced,
			reads: readsOf(firing, seq),
			writes: this.#writes(firing),
		};
		if (mask !== undefined) fired.mask = mask;
		if (swept !== undefined) fired.swept = swept;
		if (cause !== undefined) fired.cause = cause;
		if (completion !== undefined) fired.completion = completion;
		if (opened.length > 0) fired.opened = opened;
		if (closed.length > 0) fired.closed = closed;
		if (canceled.length > 0) fired.canceled = canceled;
		if (effects !== undefined && effects.length > 0) fired.effects = effects;
		if (alreadyThrown !== undefined) fired.alreadyThrown = alreadyThrown;
		if (effect !== undefined) fired.effect = effect;
		if (decided !== undefined) fired.decided = decided;
		const recorded = this.record(fired);
		for (const task of firing.tasks ?? []) this.#open(task, required(produced, task.position));
		return recorded as NodeFired;
	}

	#writes({ scope, write = {}, outputs = [] }: Firing): readonly VariableWrite[] {
		const own = writesOf(this.state, scope, write);
		const given = outputs.flatMap((output) => writesOf(this.state, output.scope, output.variables));
		return given.length === 0 ? own : [...own, ...given];
	}

	#past(firing: Firing, seq: Seq): readonly PastTask[] {
		const merged = mergePasts(firing.consume);
		const { completion } = firing;
		return completion === undefined ? merged : extendPast(merged, pastTask(this, firing, completion, seq));
	}

	/** A repeated user task can be returned to as a whole, so it has an id like a task. */
	#named(firing: Firing, scope: Scope): Scope {
		const isTask =
			scope.kind === 'loop' &&
			firing.tasks !== undefined &&
			nodeOf(this, firing.scope, scope.element).kind === 'userTask';
		return isTask ? { ...scope, task: this.takeId() } : scope;
	}

	/** Open tasks on consumed tokens, without the one that completes. */
	#canceled(firing: Firing): readonly OpenTask[] {
		const { tasks } = this.state;
		const completed = firing.completion?.task;
		const canceled: OpenTask[] = [];
		for (const { id } of firing.consume) {
			const task = tasks[id];
			if (task !== undefined && task.id !== completed) canceled.push(task);
		}
		return canceled;
	}

	#open({ mode, assignments, isStart }: NewTask, token: Token): void {
		const id = this.takeId();
		const { scope } = token;
		const node = elementOf(token);
		const loop = loopTaskOf(this.state, scope);
		const task = {
			id,
			node,
			scope,
			token: token.id,
			openedAt: this.now,
			draft: {},
			entered: {},
			mode,
			assignments,
			isStart,
		};
		this.record({ type: 'TaskOpened', task: loop === undefined ? task : { ...task, loop } });
	}
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function produce(token: NewToken, { id, producer, past }: Pick<Token, 'id' | 'producer' | 'past'>): Token {
	const { place, scope, host, arm, done, run } = token;
	// Most tokens are only somewhere.
	if (host === undefined && arm === undefined && done === undefined && run === undefined)
		return { id, place, scope, producer, past };
	return { id, ...token, producer, past };
}

/** Each once; what the firing itself writes it does not read. */
function readsOf({ reads = [], outputs = [] }: Firing, seq: Seq): readonly VariableRead[] {
	const all = outputs.length === 0 ? reads : [...reads, ...outputs.flatMap((output) => output.reads)];
	if (all.length === 0) return all;
	const others = all.filter((read) => read.seq !== seq);
	return [...new Map(others.map((read) => [`${read.scope} ${read.name}`, read])).values()];
}

/** A variable is written where it exists, from the firing's scope outwards; a new one belongs to the process, or to the called flow. */
function writesOf(state: InstanceState, from: ScopeId, write: Variables): readonly VariableWrite[] {
	return Object.entries(write).map(([name, value]) => {
		const owner = scopeOf(state, from, name) ?? flowScopeOf(state, from);
		return { scope: owner, name, value, prior: lookup(required(state.scopes, owner).variables, name) ?? null };
	});
}

/** The view with what a firing is about to write, for the expressions of what begins with it. */
export function withWrites(view: View, from: ScopeId, write: Variables): View {
	const { model, state, now, answers, effort } = view;
	const scopes = writeVariables(state.scopes, writesOf(state, from, write), state.nextSeq);
	return { model, now, answers, effort, state: { ...state, scopes } };
}

/** The answer to a question; undefined where it was not asked yet. */
export function ask<K extends Question['kind']>(
	view: Pick<View, 'answers'>,
	question: Extract<Question, { kind: K }>,
): Extract<Answer, { kind: K }> | undefined {
	return view.answers.get(questionKey(question)) as Extract<Answer, { kind: K }> | undefined;
}

export function isStop(result: unknown): result is Stop {
	return (
		typeof result === 'object' &&
		result !== null &&
		'kind' in result &&
		(result.kind === 'refused' || result.kind === 'unanswered')
	);
}

export function refused(rejection: Rejection): Stop {
	return { kind: 'refused', rejection };
}

export function unanswered(...questions: readonly Question[]): Stop {
	return { kind: 'unanswered', questions };
}
