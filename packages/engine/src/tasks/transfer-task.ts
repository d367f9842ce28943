import type { TransferTask } from '../commands.ts';
import { reject } from '../rejections.ts';
import type { Assignment, OpenTask } from '../state.ts';
import type { UserId } from '../terms.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import {
	assignmentOf,
	findOpenTask,
	giveTurns,
	isUndecided,
	MAX_ASSIGNEES,
	whyAssignees,
	whyNotAdmin,
	whyNotUsers,
	withThoseBehind,
} from './assignments.ts';

/** transfer 转交: the assignments of `from` become those of `to`, in the same turn. */
export function transferTask(work: Work, command: TransferTask): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const { user, opinion } = command;
	const to = [...new Set(command.to)];
	const from = command.from.length > 0 ? [...new Set(command.from)] : [user];
	const stop = whyNotTransfer(work, task, user, from, to);
	if (stop !== null) return stop;
	const assignments = giveTurns(replace(task.assignments, from, to));
	if (assignments.length > MAX_ASSIGNEES) return refused(reject('too-many-assignees', { task: task.id }));
	work.record({ type: 'TaskTransferred', task: task.id, user, from, to, opinion, assignments });
	return null;
}

function whyNotTransfer(
	work: Work,
	task: OpenTask,
	user: UserId,
	from: readonly UserId[],
	to: readonly UserId[],
): Stop | null {
	if (to.length === 0) return refused(reject('nobody-given', { task: task.id }));
	for (const other of from) {
		const assignment = assignmentOf(task, other);
		if (assignment === undefined || !isUndecided(assignment)) {
			return refused(reject('not-an-assignee', { task: task.id, user: other }));
		}
	}
	const taken = whyAssignees(task, to);
	if (taken !== null) return refused(taken);
	return whyNotUsers(work, to) ?? (from.every((other) => other === user) ? null : whyNotAdmin(work, user));
}

/**
 * The new ones take the place of the old: they wait for whom those waited for, and are waited for in their stead. Of several
 * turns it is the first: whoever stands between them waits for the new ones, who cannot wait for him too.
 */
function replace(
	assignments: readonly Assignment[],
	from: readonly UserId[],
	to: readonly UserId[],
): readonly Assignment[] {
	const inherited = assignments.filter(({ user }) => from.includes(user)).flatMap(({ waitsFor }) => waitsFor);
	const behind = withThoseBehind(assignments, from);
	const waitsFor = [...new Set(inherited)].filter((user) => !behind.has(user));
	const remaining = assignments
		.filter(({ user }) => !to.includes(user))
		.map((other): Assignment => {
			if (from.includes(other.user)) return { ...other, status: 'transferred' };
			if (!other.waitsFor.some((user) => from.includes(user))) return other;
			return { ...other, waitsFor: [...other.waitsFor.filter((user) => !from.includes(user)), ...to] };
		});
	return [...remaining, ...to.map((user): Assignment => ({ user, status: 'waiting', waitsFor }))];
}
