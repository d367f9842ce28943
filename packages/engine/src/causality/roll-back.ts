import type { RollBack } from '../commands.ts';
import type { Completion, Hold, NodeFired, RolledBack } from '../events.ts';
import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import { reject } from '../rejections.ts';
import type { Assignment, OpenTask, PastTask, Token } from '../state.ts';
import { findOpenTask, giveTurns, whyNotPending } from '../tasks/assignments.ts';
import type { Seq, TaskId } from '../terms.ts';
import { ask, isStop, refused, type Stop, unanswered, type Work } from '../work.ts';
import { type LiveLog, readLog } from './live-log.ts';
import { isInRange, rangeOf } from './points.ts';
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
	const log = readLog(answer.log.events);
	const target = findTarget(work, task, command, log, answer.log.completion);
	if (isStop(target)) return target;

	record(work, command, target, log);
	return null;
}

function findTarget(work: Work, task: OpenTask, { to }: RollBack, log: LiveLog, seq: Seq): CompletionFiring | Stop {
	if (log.undone.has(seq)) return refused(reject('rollback-point-undone', { task: to }));
	const target = log.firings[0];
	if (target?.seq !== seq || !isCompletion(target) || target.completion.task !== to) {
		return refused(reject('rollback-point-unknown', { task: to }));
	}
	const token = required(work.state.tokens, task.token);
	if (!tokenDescendants(log.firings).has(token.producer)) {
		return refused(reject('rollback-point-not-in-past', { task: to }));
	}
	const range = rangeOf(work.model, task);
	const nearest = token.past.some((entry) => entry.task === to && entry.nearest);
	if (isInRange(range, { outcome: outcomeOf(target), nearest })) return target;
	return refused(reject('rollback-range', { task: to, range }));
}

function record(work: Work, command: RollBack, target: CompletionFiring, log: LiveLog): void {
	const undo = undoSet(work.model, log.firings);
	const { state } = work;
	const voided = Object.values(state.tokens).filter((token) => undo.seqs.has(token.producer));
	const gone = new Set(voided.map((token) => token.id));
	const closed = Object.values(state.tasks).filter((task) => gone.has(task.token));
	const reopened = reopen(work, target);
	const event: Omit<RolledBack, 'seq'> = {
		type: 'RolledBack',
		rollback: command.rollback,
		from: command.task,
		user: command.user,
		opinion: command.opinion,
		to: pastTask(target),
		undone: undo.firings.map((firing) => firing.seq),
		voided,
		restored: restoredTokens(undo, reopened.id),
		closed,
		undoneTasks: undo.firings.filter(isCompletion).map(pastTask),
		reopened,
		versions: keptVersions(log, undo.seqs),
		holds: passOnHolds(Object.values(state.tokens), gone, closed, reopened.id),
	};
	work.record(event);
}

/**
 * Hold rule: a decision that is undone only through data has its tokens back and could fire at once, on the old value.
 * It waits until the target is decided anew.
 */
function restoredTokens(undo: UndoSet, reopened: TaskId): readonly Token[] {
	return undo.restored.map(({ token, consumer }) =>
		undo.undoneByData.has(consumer.seq) ? { ...token, heldBy: reopened } : token,
	);
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

/** A new task for the same people, prefilled with what was entered before. */
function reopen(work: Work, target: CompletionFiring): OpenTask {
	const [token] = target.consumed;
	invariant(token !== undefined, 'a completion consumes the token of its task');
	const { assignments, mode, isStart, entered } = target.completion;
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
		draft: entered,
		entered: {},
	};
}

function isCompletion(firing: NodeFired): firing is CompletionFiring {
	return firing.completion !== undefined;
}

function outcomeOf({ completion }: CompletionFiring): PastTask['outcome'] {
	if (completion.isStart) return 'start';
	return completion.decision === 'agree' ? 'agreed' : 'rejected';
}

function pastTask(firing: CompletionFiring): PastTask {
	const { task } = firing.completion;
	return { task, node: firing.node, seq: firing.seq, outcome: outcomeOf(firing), nearest: true };
}
