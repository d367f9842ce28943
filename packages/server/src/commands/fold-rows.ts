import type { AssignmentChange, AssignmentRow, ProjectedRows, TaskChange, TaskRow } from '../storage/instance-write.ts';

/**
 * The rows of several steps of one instance as one write. A statement may touch a row only once, so a row that one step
 * makes and a later one changes is made as it is in the end, and changes of one row become one.
 */
export function foldRows(steps: readonly ProjectedRows[]): ProjectedRows {
	const only = steps[0];
	if (only !== undefined && steps.length === 1) return only;
	const newTasks = new Map<string, TaskRow>();
	const changedTasks = new Map<string, TaskChange>();
	const newAssignments = new Map<string, AssignmentRow>();
	const changedAssignments = new Map<string, AssignmentChange>();
	const changedCopies = new Map<string, ProjectedRows['changedCopies'][number]>();
	const chats = new Map<string, ProjectedRows['chats'][number]>();
	for (const step of steps) {
		for (const task of step.newTasks) newTasks.set(task.id, task);
		for (const change of step.changedTasks) {
			const made = newTasks.get(change.id);
			if (made !== undefined) newTasks.set(change.id, { ...made, ...given(change) });
			else changedTasks.set(change.id, { ...(changedTasks.get(change.id) ?? change), ...given(change) });
		}
		for (const assignment of step.newAssignments) newAssignments.set(assignmentKey(assignment), assignment);
		for (const change of step.changedAssignments) {
			const made = newAssignments.get(assignmentKey(change));
			if (made !== undefined) newAssignments.set(assignmentKey(change), { ...made, status: change.status });
			else changedAssignments.set(assignmentKey(change), change);
		}
		for (const change of step.changedCopies) changedCopies.set(change.task, change);
		for (const chat of step.chats) chats.set(`${chat.task} ${chat.chat}`, chat);
	}
	return {
		newTasks: [...newTasks.values()],
		changedTasks: [...changedTasks.values()],
		newAssignments: [...newAssignments.values()],
		changedAssignments: [...changedAssignments.values()],
		copies: steps.flatMap(({ copies }) => copies),
		changedCopies: [...changedCopies.values()],
		chats: [...chats.values()],
		notices: steps.flatMap(({ notices }) => notices),
		rollbacks: steps.flatMap(({ rollbacks }) => rollbacks),
		withdrawn: steps.flatMap(({ withdrawn }) => withdrawn),
	};
}

/** What a change says, without what it leaves as it is. A task that is open again was not closed. */
function given(change: TaskChange): Given {
	const said: Given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
	return change.status === 'in_process' ? { ...said, closedAt: null } : said;
}

type Given = { [Key in Exclude<keyof TaskChange, 'closedAt'>]?: NonNullable<TaskChange[Key]> } & Partial<
	Pick<TaskChange, 'closedAt'>
>;

function assignmentKey({ task, user }: AssignmentChange): string {
	return `${task} ${user}`;
}
