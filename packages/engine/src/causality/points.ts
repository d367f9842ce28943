import { lookup, required } from '../lookup.ts';
import type { ProcessModel, RollbackRange } from '../model/process-model.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { InstanceState, OpenTask, PastTask } from '../state.ts';
import { whyNotPending } from '../tasks/assignments.ts';
import type { TaskId, UserId } from '../terms.ts';

/** Where this user can send this open task back to: the latest occurrence of each node, newest first. */
export function rollbackPoints(
	model: ProcessModel,
	state: InstanceState,
	id: TaskId,
	user: UserId,
):
	| { readonly ok: true; readonly points: readonly PastTask[]; readonly range: RollbackRange }
	| { readonly ok: false; readonly rejection: Rejection } {
	const task = lookup(state.tasks, id);
	if (task === undefined) return { ok: false, rejection: reject('task-not-open', { task: id }) };
	const rejection = whyNotPending(task, user);
	if (rejection !== null) return { ok: false, rejection };
	const range = rangeOf(model, task);
	const points = required(state.tokens, task.token).past.filter((point) => isInRange(range, point));
	return { ok: true, points, range };
}

/** How far back a task may be sent: what its node says, else what its flow says. */
export function rangeOf(model: ProcessModel, task: OpenTask): RollbackRange {
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
