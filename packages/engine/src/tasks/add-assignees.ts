import type { AddAssignees } from '../commands.ts';
import { reject } from '../rejections.ts';
import type { Assignment, OpenTask } from '../state.ts';
import type { UserId } from '../terms.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import {
	assignmentOf,
	findOpenTask,
	giveTurns,
	MAX_ASSIGNEES,
	whyAssignees,
	whyNotPending,
	whyNotUsers,
} from './assignments.ts';

/** add assignee 加签, by someone whose turn it is */
export function addAssignees(work: Work, command: AddAssignees): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const { user, position, opinion } = command;
	const rejection = whyNotPending(task, user);
	if (rejection !== null) return refused(rejection);
	const users = [...new Set(command.users)];
	if (users.length === 0) return refused(reject('nobody-given', { task: task.id }));
	const taken = whyAssignees(task, users);
	if (taken !== null) return refused(taken);
	const stop = whyNotUsers(work, users);
	if (stop !== null) return stop;
	const assignments = giveTurns(withAdded(task, user, users, position));
	if (assignments.length > MAX_ASSIGNEES) return refused(reject('too-many-assignees', { task: task.id }));
	work.record({ type: 'AssigneesAdded', task: task.id, user, users, position, opinion, assignments });
	return null;
}

/**
 * Beside: they wait for whom the user waits for, and whoever waits for the user waits for them too.
 * After: they wait for the user, and whoever waited for the user now waits for them.
 */
function withAdded(
	task: OpenTask,
	by: UserId,
	users: readonly UserId[],
	position: AddAssignees['position'],
): readonly Assignment[] {
	const waitsFor = position === 'after' ? [by] : (assignmentOf(task, by)?.waitsFor ?? []);
	const added = users.map((user): Assignment => ({ user, status: 'waiting', waitsFor }));
	const others = task.assignments
		.filter(({ user }) => !users.includes(user))
		.map((other) => {
			if (!other.waitsFor.includes(by)) return other;
			const kept = position === 'after' ? other.waitsFor.filter((user) => user !== by) : other.waitsFor;
			return { ...other, waitsFor: [...kept, ...users] };
		});
	const place = others.findIndex(({ user }) => user === by) + 1;
	return [...others.slice(0, place), ...added, ...others.slice(place)];
}
