import { openTask } from '../open-tasks.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { Assignment, OpenTask } from '../state.ts';
import type { TaskId, UserId } from '../terms.ts';
import { ask, refused, type Stop, unanswered, type View } from '../work.ts';

export const MAX_ASSIGNEES = 500;

/** The members of this group may act for others: cancel any instance, transfer any assignment. */
export const ADMIN_GROUP = 'admin';

export function findOpenTask(view: View, id: TaskId): OpenTask | Stop {
	return openTask(view.state, id) ?? refused(reject('task-not-open', { task: id }));
}

export function assignmentOf(task: OpenTask, user: UserId): Assignment | undefined {
	return task.assignments.find((assignment) => assignment.user === user);
}

/** Null when it is the user's turn in this task. */
export function whyNotPending(task: OpenTask, user: UserId): Rejection | null {
	const status = assignmentOf(task, user)?.status;
	if (status === 'pending') return null;
	return reject(status === 'waiting' ? 'not-your-turn' : 'not-an-assignee', { task: task.id, user });
}

/** Null when none of the users has a part in this task. Whoever transferred his has none, and may get one again. */
export function whyAssignees(task: OpenTask, users: readonly UserId[]): Rejection | null {
	const taken = users.find((user) => (assignmentOf(task, user)?.status ?? 'transferred') !== 'transferred');
	return taken === undefined ? null : reject('already-an-assignee', { task: task.id, user: taken });
}

export function isUndecided(assignment: Assignment): boolean {
	return assignment.status === 'pending' || assignment.status === 'waiting';
}

/** Those whose turn has come, after something changed: whom they wait for has agreed, or was left out and never will. */
export function giveTurns(assignments: readonly Assignment[]): readonly Assignment[] {
	const isOver = ({ status }: Assignment) => status === 'agreed' || status === 'closed';
	const over = new Set(assignments.filter(isOver).map(({ user }) => user));
	return assignments.map((assignment) =>
		isUndecided(assignment)
			? { ...assignment, status: assignment.waitsFor.every((user) => over.has(user)) ? 'pending' : 'waiting' }
			: assignment,
	);
}

/** These users, and all who wait for one of them, by whatever way. */
export function withThoseBehind(assignments: readonly Assignment[], users: readonly UserId[]): ReadonlySet<UserId> {
	const found = new Set(users);
	for (let size = 0; size < found.size; ) {
		size = found.size;
		for (const { user, waitsFor } of assignments) if (waitsFor.some((other) => found.has(other))) found.add(user);
	}
	return found;
}

/** Null when all of them are users of the tenant. */
export function whyNotUsers(view: View, users: readonly UserId[]): Stop | null {
	const answers = users.map((user) => ({ user, answer: ask<'user'>(view, { kind: 'user', user }) }));
	const open = answers.filter(({ answer }) => answer === undefined);
	if (open.length > 0) return unanswered(...open.map(({ user }) => ({ kind: 'user', user }) as const));
	const unknown = answers.find(({ answer }) => answer?.exists === false);
	return unknown === undefined ? null : refused(reject('user-unknown', { user: unknown.user }));
}

/** Null when the user is one of the administrators. */
export function whyNotAdmin(view: View, user: UserId): Stop | null {
	const answer = ask<'group'>(view, { kind: 'group', group: ADMIN_GROUP });
	if (answer === undefined) return unanswered({ kind: 'group', group: ADMIN_GROUP });
	return answer.members?.includes(user) ? null : refused(reject('not-permitted', { user }));
}

/** Null when the user has to do with the task: an assignee in any state, the initiator, an administrator. */
export function whyNotInvolved(view: View, task: OpenTask, user: UserId): Stop | null {
	if (user === view.state.initiator || assignmentOf(task, user) !== undefined) return null;
	return whyNotAdmin(view, user);
}
