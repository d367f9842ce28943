import { required } from '../lookup.ts';
import type { RollbackRange } from '../model/process-model.ts';
import { openTask } from '../open-tasks.ts';
import { type Rejection, reject } from '../rejections.ts';
import { modelOf } from '../scopes.ts';
import type { InstanceState, OpenTask, PastTask } from '../state.ts';
import { whyNotPending } from '../tasks/assignments.ts';
import type { Seq, TaskId, UserId } from '../terms.ts';
import { flowScopeOf } from '../visible-scopes.ts';

/** Where this user can send this open task back to: the latest occurrence of each node, newest first. */
export function rollbackPoints(
	view: Parameters<typeof modelOf>[0],
	id: TaskId,
	user: UserId,
):
	| {
			readonly ok: true;
			readonly task: OpenTask;
			readonly points: readonly PastTask[];
			readonly range: RollbackRange;
	  }
	| { readonly ok: false; readonly rejection: Rejection } {
	const task = openTask(view.state, id);
	if (task === undefined) return { ok: false, rejection: reject('task-not-open', { task: id }) };
	const rejection = whyNotPending(task, user);
	if (rejection !== null) return { ok: false, rejection };
	const range = rangeOf(view, task);
	const { past } = required(view.state.tokens, task.token);
	const points = past.filter((point) => isInRange(range, point) && isWithinReach(view.state, task, point));
	return { ok: true, task, points, range };
}

/** From inside of a call only what was done in it can be returned to: all that has completed since it was entered. */
export function isWithinReach(state: InstanceState, { scope }: OpenTask, { seq }: PastTask): boolean {
	const { host } = required(state.scopes, flowScopeOf(state, scope));
	const entered = host === null ? 0 : required(state.tokens, host).producer;
	return seq > entered && !isBehindMigration(state, seq);
}

/** A migration is a barrier: what was done in another version is not undone in this one. */
export function isBehindMigration({ migrated }: InstanceState, seq: Seq): boolean {
	return migrated !== undefined && seq < migrated;
}

/** How far back a task may be sent: what its node says, else what its flow says. */
export function rangeOf(view: Parameters<typeof modelOf>[0], task: OpenTask): RollbackRange {
	const model = modelOf(view, task.scope);
	const node = required(model.nodes, task.node);
	return (node.kind === 'userTask' ? node.rollbackRange : null) ?? model.rollbackRange;
}

export function isInRange(range: RollbackRange, point: Pick<PastTask, 'outcome' | 'nearest'>): boolean {
	switch (range) {
		case 'any':
			return true;
		case 'previous':
			return point.nearest;
		case 'initiator':
			return point.outcome === 'start';
		case 'none':
			return false;
	}
}
