import type { DecideTask } from '../commands.ts';
import { required } from '../lookup.ts';
import type { DecisionMode } from '../model/process-model.ts';
import type { Assignment, OpenTask } from '../state.ts';
import type { UserId } from '../terms.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import { findOpenTask, giveTurns, isUndecided, whyNotPending, withThoseBehind } from './assignments.ts';
import { completeTask } from './complete-task.ts';
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
	if (decision === 'agree' && assignments.some(isUndecided)) return null;
	return completeTask(work, required(work.state.tasks, task.token), command);
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
		(other): Assignment =>
			other.user === user ? { user, status, waitsFor: other.waitsFor, opinion, decidedAt } : other,
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
	const after = withThoseBehind(assignments, [agreed]);
	return (other) => !after.has(other.user);
}

function close(assignments: readonly Assignment[], which: (assignment: Assignment) => boolean): readonly Assignment[] {
	return assignments.map((other) => (isUndecided(other) && which(other) ? { ...other, status: 'closed' } : other));
}
