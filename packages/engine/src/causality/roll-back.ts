import type { RollBack } from '../commands.ts';
import type { Completion, Hold, NodeFired, RolledBack, UndoneVersion, VariableRead } from '../events.ts';
import { invariant } from '../invariant.ts';
import { lookup, required } from '../lookup.ts';
import { newerThanOf, readsOfCondition } from '../nodes/catch-event.ts';
import { catchMissedSignals } from '../nodes/catch-signals.ts';
import { reject } from '../rejections.ts';
import type { Assignment, InstanceState, OpenTask, Token } from '../state.ts';
import { findOpenTask, giveTurns, whyNotPending } from '../tasks/assignments.ts';
import type { Seq, TaskId, TokenId } from '../terms.ts';
import { flowScopeOf } from '../visible-scopes.ts';
import { ask, isStop, refused, type Stop, unanswered, type Work } from '../work.ts';
import { nameOf } from './describe-rollback.ts';
import { isInside, knownScopes, missingModels, modelAt, type Scopes } from './known-scopes.ts';
import { type LiveLog, readLog } from './live-log.ts';
import { outcomeOf } from './past.ts';
import { isBehindMigration, isInRange, rangeOf } from './points.ts';
import { restoredTokens, splitRestored } from './restored-tokens.ts';
import { tokenDescendants, type UndoSet, undoSet } from './undo-set.ts';
import { keptVersions } from './versions.ts';

type CompletionFiring = NodeFired & { readonly completion: Completion };

/** send back 退回: undoes all and only the consequences of a completed task, and opens its node again. */
export function rollBack(work: Work, command: RollBack): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const rejection = whyNotPending(task, command.user);
	if (rejection !== null) return refused(rejection);

	const question = { kind: 'log-from', task: command.to } as const;
	const answer = ask<'log-from'>(work, question);
	if (answer === undefined) return unanswered(question);
	if (answer.log === null) return refused(reject('rollback-point-unknown', { task: command.to }));
	const { state } = work;
	if (isBehindMigration(state, answer.log.completion)) {
		return refused(reject('rollback-barrier', { task: command.to, migration: String(state.migrated) }));
	}
	const log = readLog(answer.log.events);
	const scopes = knownScopes(state, log);
	const missing = missingModels(work, scopes.values());
	if (missing !== null) return missing;
	const targets = findTargets(work, task, command, log, answer.log.completion, scopes);
	if (isStop(targets)) return targets;
	return record(work, command, targets, log, scopes);
}

/** The completion to return to; those of all its runs where the target is a repeated task. */
function findTargets(
	work: Work,
	task: OpenTask,
	{ to }: RollBack,
	log: LiveLog,
	seq: Seq,
	scopes: Scopes,
): readonly CompletionFiring[] | Stop {
	if (log.undone.has(seq)) return refused(reject('rollback-point-undone', { task: to }));
	const targets = log.firings
		.filter(isCompletion)
		.filter(({ completion }) => completion.task === to || completion.loop === to);
	const first = targets[0];
	if (first?.seq !== seq || log.firings[0] !== first) return refused(reject('rollback-point-unknown', { task: to }));
	const token = required(work.state.tokens, task.token);
	const isOwn = isInside(scopes, first.scope, flowScopeOf(work.state, task.scope));
	if (!isOwn || !tokenDescendants(log.firings).has(token.producer)) {
		return refused(reject('rollback-point-not-in-past', { task: to }));
	}
	const range = rangeOf(work, task);
	const nearest = token.past.some((entry) => entry.task === (first.completion.loop ?? to) && entry.nearest);
	if (isInRange(range, { outcome: outcomeOf(first.completion), nearest })) return targets;
	return refused(reject('rollback-range', { task: to, range }));
}

function record(
	work: Work,
	command: RollBack,
	targets: readonly CompletionFiring[],
	log: LiveLog,
	scopes: Scopes,
): Stop | null {
	const { state } = work;
	const undo = undoSet((scope) => modelAt(work, scopes, scope), log.firings, new Set(targets.map(({ seq }) => seq)));
	const { attached, detached } = splitRestored(state, undo, log);
	const barriers = undo.firings.filter(({ effect }) => effect?.kind === 'barrier');
	if (barriers.length > 0) {
		const named = barriers.map(({ node, scope }) => ({ node, name: nameOf(modelAt(work, scopes, scope), node) }));
		const distinct = new Map(named.map((barrier) => [`${barrier.node} ${barrier.name}`, barrier]));
		const rejection = reject('rollback-barrier', { nodes: barriers.map(({ node }) => node).join(' ') });
		return refused({ ...rejection, barriers: [...distinct.values()] });
	}

	const voided = Object.values(state.tokens).filter((token) => undo.seqs.has(token.producer));
	const gone = new Set(voided.map((token) => token.id));
	const closed = Object.values(state.tasks).filter((task) => gone.has(task.token));
	const opened = new Set(undo.firings.flatMap((firing) => (firing.opened ?? []).map(({ id }) => id)));
	// A later run of a sequential task follows from the first, and opens again when that is done.
	const again = targets.filter(({ consumed }) => consumed.every(({ producer }) => !undo.seqs.has(producer)));
	const reopened = together(again.map((target) => reopen(work, target, command)));
	const first = required(reopened, 0).id;
	const revived = revivedTasks(undo);
	const stayOpen = Object.values(state.tasks).filter((task) => !gone.has(task.token));
	const holders = {
		open: [...stayOpen, ...revived, ...reopened],
		returns: [...log.rollbacks, { closed, reopened }],
		reopened: first,
	};
	const versions = withLive(state, keptVersions(log, undo.seqs));
	const rearmed = rearmedBy(work, versions, gone);
	work.record({
		type: 'RolledBack',
		rollback: command.rollback,
		from: command.task,
		user: command.user,
		opinion: command.opinion,
		to: undoneTask(required(targets, 0)),
		resume: command.resume,
		undone: undo.firings.map((firing) => firing.seq),
		voided,
		restored: restoredTokens(work, undo, attached, scopes, holders),
		...(detached.length === 0 ? {} : { detached }),
		closed,
		undoneTasks: undo.firings.filter(isCompletion).map(undoneTask),
		reopened,
		revived,
		voidedScopes: Object.values(state.scopes).filter(({ id }) => opened.has(id)),
		restoredScopes: undo.firings.flatMap((firing) => (firing.closed ?? []).filter(({ id }) => !opened.has(id))),
		compensations: compensationsOf(undo),
		versions,
		holds: passOnHolds(Object.values(state.tokens), gone, closed, first),
		...(rearmed.length === 0 ? {} : { rearmed }),
	});
	const kept = log.firings.filter(({ seq }) => !undo.seqs.has(seq));
	return catchMissedSignals(work, state, kept, attached);
}

/** Notes the values that are live now, so that the rollback can be taken back. */
function withLive(state: InstanceState, versions: readonly UndoneVersion[]): readonly UndoneVersion[] {
	return versions.map((version) => {
		const live = lookup(lookup(state.scopes, version.scope)?.variables ?? {}, version.name);
		return live?.seq === version.undone ? { ...version, live } : version;
	});
}

/** Tasks that were canceled together with something undone, as they were: whoever had voted has voted. */
function revivedTasks({ firings, restored }: UndoSet): readonly OpenTask[] {
	const live = new Set(restored.map(({ token }) => token.id));
	return firings.flatMap((firing) => (firing.canceled ?? []).filter(({ token }) => live.has(token)));
}

/** The latest first: reverse causal order. */
function compensationsOf({ firings }: UndoSet): RolledBack['compensations'] {
	return firings
		.flatMap(({ seq, node, effect }) => (effect?.kind === 'compensable' ? [{ seq, node, topic: effect.topic }] : []))
		.reverse();
}

/** Tokens that waited for a task which this rollback closes now wait for the reopened one. */
function passOnHolds(
	tokens: readonly Token[],
	gone: ReadonlySet<number>,
	closed: readonly OpenTask[],
	reopened: TaskId,
): readonly Hold[] {
	const ended = new Set(closed.map((task) => task.id));
	return tokens.flatMap(({ id, heldBy }) =>
		heldBy === undefined || gone.has(id) || !ended.has(heldBy) ? [] : [{ token: id, heldBy: reopened, before: heldBy }],
	);
}

/**
 * Conditions that are kept, and read a value that goes back: it may make them true, and nobody has written it anew. One that
 * is held came true before, and comes again when its hold ends.
 */
function rearmedBy(
	work: Work,
	versions: readonly UndoneVersion[],
	gone: ReadonlySet<TokenId>,
): NonNullable<RolledBack['rearmed']> {
	const live = versions.filter((version) => version.live !== undefined);
	const names = new Set(live.map(({ scope, name }) => `${scope} ${name}`));
	const goesBack = ({ scope, name }: VariableRead) => names.has(`${scope} ${name}`);
	return Object.values(work.state.tokens)
		.filter(({ id, arm, heldBy }) => arm?.kind === 'condition' && heldBy === undefined && !gone.has(id))
		.filter((token) => readsOfCondition(work, token).some(goesBack))
		.map((token) => ({ token: token.id, before: newerThanOf(token) }));
}

/** A new task for the same people, prefilled with what was entered before. */
function reopen(work: Work, target: CompletionFiring, { to, resume }: RollBack): OpenTask {
	const token = target.consumed.find(({ place }) => place === `task:${target.node}`);
	invariant(token !== undefined, 'a completion consumes the token of its task');
	const { assignments, mode, isStart, entered, loop } = target.completion;
	const anew = assignments
		.filter((assignment) => assignment.status !== 'transferred')
		.map(({ user, waitsFor }): Assignment => ({ user, waitsFor, status: 'waiting' }));
	return {
		id: work.takeId(),
		node: target.node,
		scope: target.scope,
		token: token.id,
		mode,
		openedAt: work.now,
		assignments: giveTurns(anew),
		isStart,
		...(loop === undefined ? {} : { loop }),
		draft: entered,
		entered: {},
		...(resume === 'direct' ? { resume: resumption(target, to, work.state.nextSeq) } : {}),
	};
}

/** All of them would be a thousand ids in each of a thousand tasks. */
function together(tasks: readonly OpenTask[]): readonly OpenTask[] {
	const [first, last] = [tasks[0], tasks.at(-1)];
	if (first === undefined || last === undefined || first === last) return tasks;
	const ids = [first.id, last.id];
	return tasks.map((task) => ({ ...task, together: ids }));
}

function resumption(
	{ seq: from, completion: { loop } }: CompletionFiring,
	to: TaskId,
	rollback: Seq,
): NonNullable<OpenTask['resume']> {
	return loop === to ? { from, rollback, anew: loop } : { from, rollback };
}

function isCompletion(firing: NodeFired): firing is CompletionFiring {
	return firing.completion !== undefined;
}

function undoneTask(firing: CompletionFiring): RolledBack['to'] {
	const { task } = firing.completion;
	return { task, node: firing.node, seq: firing.seq, outcome: outcomeOf(firing.completion), nearest: true };
}
