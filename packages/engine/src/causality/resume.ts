import { endScopes } from '../end-scope.ts';
import type { EngineEvent, NodeFired, Resumed, ResumeStop } from '../events.ts';
import { lookup } from '../lookup.ts';
import { endOfActivity } from '../nodes/activity.ts';
import { catchCondition, catchEvent } from '../nodes/catch-event.ts';
import { fireNode } from '../nodes/fire-node.ts';
import { nodeAt, nodeOf } from '../scopes.ts';
import type { Assignment, OpenTask, Token } from '../state.ts';
import { completeTask, goesOnRejected } from '../tasks/complete-task.ts';
import type { NodeId, ScopeId, Seq, TaskId, TokenId, Variables } from '../terms.ts';
import { ask, type Firing, isStop, type Stop, unanswered, type Work } from '../work.ts';
import { asBefore } from './as-before.ts';
import { readLog } from './live-log.ts';
import { isBehindMigration } from './points.ts';
import { isSameChoice } from './same-choice.ts';
import { awaitsOthers, targetsAgain } from './targets-again.ts';

/** Null when what a direct return has to look at is known, or there is none. */
export function whyNotResumable(work: Work, task: OpenTask): Stop | null {
	if (task.resume === undefined || awaitsOthers(work.state, task)) return null;
	const events = logSince(work, task.resume.from);
	return isStop(events) ? events : null;
}

function logSince(work: Work, seq: Seq): readonly EngineEvent[] | Stop {
	const question = { kind: 'log-since', seq } as const;
	return ask<'log-since'>(work, question)?.events ?? unanswered(question);
}

/**
 * Direct return, as causal redo: what the rollback undid is done again in its order, each firing only if it could happen
 * now just as it did: its tokens are there, it reads what it read, its choice comes out the same. Decisions of people
 * are carried over, effects are not repeated. What cannot be done again is left to normal execution, with all that
 * depends on it; so the result is always a legal run.
 *
 * @param target the new completion of the target, just recorded
 */
export function resume(work: Work, task: OpenTask, target: NodeFired): Stop | null {
	if (task.resume === undefined || awaitsOthers(work.state, task)) return null;
	const { from, rollback: rollbackSeq } = task.resume;
	const known = logSince(work, from);
	if (isStop(known)) return known;
	const rollback = known.find((event) => event.type === 'RolledBack' && event.seq === rollbackSeq);
	if (rollback?.type !== 'RolledBack') return null;
	if (isBehindMigration(work.state, rollbackSeq)) {
		const stopped = { node: task.node, reason: 'migrated' } as const;
		work.record({ type: 'Resumed', rollback: rollback.rollback, kept: [], stopped });
		return null;
	}
	// Of a repeated task as a whole, others may have been decided before this one.
	const events = logSince(work, rollback.undone[0] ?? from);
	if (isStop(events)) return events;
	const undone = new Set(rollback.undone);
	const firings = events.filter((event) => event.type === 'NodeFired').filter(({ seq }) => undone.has(seq));

	const redo = new Redo(work, task.resume.anew ?? null, events);
	for (const [before, now] of targetsAgain(events, rollback, task.resume, target)) redo.note(before, now);
	const kept: Resumed['kept'][number][] = [];
	let stopped: Resumed['stopped'] = null;
	for (const firing of firings) {
		if (redo.isDone(firing)) continue;
		const done = redo.fire(firing);
		if (isStop(done)) return done;
		if (typeof done === 'string') stopped ??= { node: firing.node, reason: done };
		else if (done !== null && firing.completion !== undefined && done.completion !== undefined) {
			kept.push({ from: firing.completion.task, to: done.completion.task, node: firing.node });
		}
	}
	work.record({ type: 'Resumed', rollback: rollback.rollback, kept, stopped });
	return null;
}

/** Which token, scope and firing of now stands for which of before. */
class Redo {
	readonly #work: Work;
	readonly #tokens = new Map<TokenId, TokenId>();
	readonly #scopes = new Map<ScopeId, ScopeId>();
	readonly #seqs = new Map<Seq, Seq>();
	/** Firings that could not be done again: what needs them is skipped without a reason of its own. */
	readonly #missing = new Set<Seq>();

	readonly #anew: TaskId | null;
	/** Whom what is done again had asked, by the token of the task. */
	readonly #assignments: ReadonlyMap<TokenId, readonly Assignment[]>;
	/** What has happened, and was not undone. */
	readonly #live: readonly NodeFired[];

	/**
	 * @param anew a repeated task whose people all decide anew
	 * @param events the log from the first that was undone on
	 */
	constructor(work: Work, anew: TaskId | null, events: readonly EngineEvent[]) {
		this.#work = work;
		this.#anew = anew;
		this.#assignments = assignmentsOf(events);
		this.#live = readLog(events).firings;
	}

	isDone({ seq }: NodeFired): boolean {
		return this.#seqs.has(seq);
	}

	note(before: NodeFired, now: NodeFired): void {
		this.#seqs.set(before.seq, now.seq);
		before.produced.forEach(({ id }, index) => {
			const token = now.produced[index];
			if (token !== undefined) this.#tokens.set(id, token.id);
		});
		before.opened?.forEach(({ id }, index) => {
			const scope = now.opened?.[index];
			if (scope !== undefined) this.#scopes.set(id, scope.id);
		});
	}

	/** The firing done again, why it cannot be, or null where it only follows from one that could not. */
	fire(before: NodeFired): NodeFired | ResumeStop | Stop | null {
		const done = this.#tryFire(before);
		if (done === null || typeof done === 'string') this.#missing.add(before.seq);
		return done;
	}

	#tryFire(before: NodeFired): NodeFired | ResumeStop | Stop | null {
		const needed = withoutEvents(before.consumed, before.node);
		if (needed.some(({ producer }) => this.#missing.has(producer))) return null;
		if (before.cause !== undefined && this.#missing.has(before.cause)) return null;
		const inputs = needed.map(({ id }) => lookup(this.#work.state.tokens, this.#tokens.get(id) ?? id));
		if (inputs.some((token) => token === undefined || token.heldBy !== undefined))
			return this.#lookedAtMeanwhile(before) ?? 'token-used';
		if (before.effect?.kind === 'compensable') return 'compensated';
		if (!this.#readsTheSame(before) || this.#isWrittenSince(before)) return 'changed-variable';

		const tokens = inputs.filter((token) => token !== undefined);
		const now = before.completion === undefined ? this.#plan(before, tokens) : this.#decide(before, tokens);
		if (now === null) return 'more-to-come';
		if (typeof now === 'string' || isStop(now)) return now;
		this.note(before, now);
		return now;
	}

	/** The completion condition was looked at after all but the last of the people who decide anew. */
	#lookedAtMeanwhile(before: NodeFired): NodeFired | null {
		if (before.kind !== 'repeat' || this.#anew === null) return null;
		const ids = before.consumed.map(({ id }) => this.#tokens.get(id) ?? id);
		const isSame = ({ kind, node, consumed }: NodeFired) =>
			kind === before.kind && node === before.node && consumed.every(({ id }) => ids.includes(id));
		const done = this.#live.find(isSame);
		if (done !== undefined) this.note(before, done);
		return done ?? null;
	}

	#readsTheSame({ reads }: NodeFired): boolean {
		return reads.every((read) => {
			const { scope, name, seq } = this.#readNow(read);
			const owner = lookup(this.#work.state.scopes, scope);
			return (lookup(owner?.variables ?? {}, name)?.seq ?? 0) === seq;
		});
	}

	/** The value of then is older than one that is kept, and would take its place. */
	#isWrittenSince({ seq, writes }: NodeFired): boolean {
		return writes.some(({ scope, name }) => {
			const owner = lookup(this.#work.state.scopes, this.#scopes.get(scope) ?? scope);
			const live = lookup(owner?.variables ?? {}, name)?.seq ?? 0;
			return live > seq && !this.#isDoneAgain(live);
		});
	}

	#isDoneAgain(seq: Seq): boolean {
		for (const now of this.#seqs.values()) if (now === seq) return true;
		return false;
	}

	/** A decision of people is carried over, with its votes, where it is for the same people to decide. */
	#decide(before: NodeFired, tokens: readonly Token[]): NodeFired | ResumeStop | Stop {
		const { completion } = before;
		const { tasks } = this.#work.state;
		const task = tokens.map(({ id }) => tasks[id]).find((open) => open !== undefined);
		if (completion === undefined || task === undefined) return 'token-used';
		if (completion.loop !== undefined && completion.loop === this.#anew) return 'token-used';
		const asked = before.consumed.map(({ id }) => this.#assignments.get(id)).find((people) => people !== undefined);
		if (asked !== undefined && peopleOf(asked) !== peopleOf(task.assignments)) return 'changed-choice';
		const { assignments, entered, decision, by: user } = completion;
		if (decision === 'reject' && !goesOnRejected(nodeOf(this.#work, task.scope, task.node))) return 'changed-choice';
		const seq = this.#work.state.nextSeq;
		const stop = completeTask(this.#work, { ...task, assignments, entered }, { decision, user, opinion: '' });
		if (stop !== null) return stop;
		return this.#work.events.find((event) => event.type === 'NodeFired' && event.seq === seq) as NodeFired;
	}

	#plan(before: NodeFired, tokens: readonly Token[]): NodeFired | ResumeStop | Stop | null {
		const planned = this.#planned(before, tokens);
		if (planned === null || typeof planned === 'string' || isStop(planned)) return planned;
		if (!sameTokens(planned, tokens)) return 'token-used';
		if (!isSameChoice(planned, before)) return 'changed-choice';
		const { effects: alreadyThrown, ...silent } = planned;
		const { cause } = before;
		return this.#work.fire({
			...silent,
			...(alreadyThrown === undefined ? {} : { alreadyThrown }),
			...(cause === undefined ? {} : { cause: this.#seqs.get(cause) ?? cause }),
		});
	}

	#planned(before: NodeFired, tokens: readonly Token[]): Firing | ResumeStop | Stop | null {
		const view = asBefore(this.#work, before);
		if (isStop(view)) return view;
		const write: Variables = Object.fromEntries(before.writes.map(({ name, value }) => [name, value]));
		const armed = tokens.find(({ arm, place }) => arm !== undefined && nodeIs(before, place));
		switch (before.kind) {
			case 'finish':
			case 'repeat':
			case 'compensate':
				return endScopes(view).find((plan) => isStop(plan) || sameTokens(plan, tokens)) ?? null;
			case 'complete': {
				if (armed === undefined) return null;
				const effect = before.effect === undefined ? {} : { effect: before.effect };
				const { node, scope } = { node: before.node, scope: armed.scope };
				return { kind: 'complete', node, scope, ...endOfActivity(view, armed), write, ...effect };
			}
			case 'catch':
			case 'interrupt':
				// How work outside ended in an error is not known here: it has to be done again.
				if (armed?.arm?.kind === 'job') return null;
				// It may read what was decided anew. That it was newer than an earlier return it has shown before.
				if (armed?.arm?.kind === 'condition') return catchCondition(view, armed, null) ?? 'changed-choice';
				if (armed !== undefined) return catchEvent(view, armed, write);
				break;
			default:
		}
		const arrived = tokens.find(({ place }) => place.startsWith('flow:') || nodeIs(before, place));
		return arrived === undefined ? null : fireNode(view, nodeAt(view, arrived), arrived);
	}

	#readNow({ scope, name, seq }: NodeFired['reads'][number]): NodeFired['reads'][number] {
		return { scope: this.#scopes.get(scope) ?? scope, name, seq: this.#seqs.get(seq) ?? seq };
	}
}

/** A task that a rollback reopened has an id of its own, and stands on the token that it was first opened on. */
function assignmentsOf(events: readonly EngineEvent[]): ReadonlyMap<TokenId, readonly Assignment[]> {
	const opened = events.filter((event) => event.type === 'TaskOpened');
	return new Map(opened.map(({ task: { token, assignments } }) => [token, assignments]));
}

/** Who is to decide, and after whom. */
function peopleOf(assignments: readonly Assignment[]): string {
	return JSON.stringify(assignments.map(({ user, waitsFor }) => [user, waitsFor]));
}

function nodeIs(before: NodeFired, place: string): boolean {
	return place === `wait:${before.node}` || place === `active:${before.node}`;
}

function sameTokens({ node, consume }: Firing, tokens: readonly Token[]): boolean {
	const ids = new Set(tokens.map(({ id }) => id));
	const needed = withoutEvents(consume, node);
	return needed.length === ids.size && needed.every(({ id }) => ids.has(id));
}

/** What waits at an activity ends with it, whether or not it has come meanwhile. */
function withoutEvents(consumed: readonly Token[], node: NodeId): readonly Token[] {
	const ids = new Set(consumed.map(({ id }) => id));
	return consumed.filter(({ host, place }) => host === undefined || !ids.has(host) || place === `wait:${node}`);
}
