import type { DecideTask } from '../commands.ts';
import type { Completion } from '../events.ts';
import { required } from '../lookup.ts';
import type { DecisionMode } from '../model/process-model.ts';
import { outFlows } from '../nodes/places.ts';
import type { Assignment, OpenTask } from '../state.ts';
import type { UserId } from '../terms.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import { findOpenTask, giveTurns, isUndecided, whyNotPending } from './assignments.ts';
import { whyNotVariables } from './variables.ts';

/** agree 同意, reject 拒绝 */
export function decideTask(work: Work, command: DecideTask): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const rejection = whyNotPending(task, command.user);
	if (rejection !== null) return refused(rejection);
	const stop = whyNotVariables(command.variables);
	if (stop !== null) return stop;

	const { user, decision, opinion, variables: entered } = command;
	const assignments = countVote(task, { user, decision, opinion, decidedAt: work.now });
	work.record({ type: 'TaskDecided', task: task.id, user, decision, opinion, entered, assignments });
	if (decision === 'reject' || !assignments.some(isUndecided)) complete(work, task, command);
	return null;
}

interface Vote {
	readonly user: UserId;
	readonly decision: 'agree' | 'reject';
	readonly opinion: string;
	readonly decidedAt: number;
}

/** The assignments of a task after a vote. One rejection decides a task; an agreement decides what its mode says. */
export function countVote(task: OpenTask, vote: Vote): readonly Assignment[] {
	const { user, decision, opinion, decidedAt } = vote;
	const status = decision === 'agree' ? 'agreed' : 'rejected';
	const voted = task.assignments.map(
		(other): Assignment => (other.user === user ? { ...other, status, opinion, decidedAt } : other),
	);
	if (decision === 'reject') return close(voted, () => true);
	return giveTurns(close(voted, leftOut(task.mode, voted, user)));
}

/** Whom an agreement leaves without a say: with `first`, all but those who were added to decide after this user. */
function leftOut(
	mode: DecisionMode,
	assignments: readonly Assignment[],
	agreed: UserId,
): (other: Assignment) => boolean {
	if (mode !== 'first') return () => false;
	const after = new Set([agreed]);
	for (let size = 0; size < after.size; ) {
		size = after.size;
		for (const other of assignments) if (other.waitsFor.some((user) => after.has(user))) after.add(other.user);
	}
	return (other) => !after.has(other.user);
}

function close(assignments: readonly Assignment[], which: (assignment: Assignment) => boolean): readonly Assignment[] {
	return assignments.map((other) => (isUndecided(other) && which(other) ? { ...other, status: 'closed' } : other));
}

function complete(work: Work, { id }: OpenTask, command: DecideTask): void {
	const task = required(work.state.tasks, id);
	const { decision, user: by, opinion } = command;
	const { assignments, mode, isStart, entered, scope } = task;
	const node = required(work.model.nodes, task.node);
	const completion: Completion = { task: id, decision, by, assignments, mode, isStart, entered };
	const goesOn = node.kind === 'userTask' && node.onReject === 'continue';
	if (decision === 'reject' && !goesOn) {
		const consume = Object.values(work.state.tokens);
		work.fire({ kind: 'reject', node: task.node, scope, consume, produce: [], completion });
		work.record({ type: 'InstanceEnded', status: 'rejected', user: by, opinion });
		return;
	}
	const consume = [required(work.state.tokens, task.token)];
	const write = goesOn ? { ...entered, decision } : entered;
	work.fire({ kind: 'complete', node: task.node, scope, consume, produce: outFlows(node), write, completion });
}
