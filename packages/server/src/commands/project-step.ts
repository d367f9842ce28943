import type { Completion, EngineEvent, RolledBack } from '@sendback/engine/events.ts';
import type { Assignment, InstanceState, OpenTask, Token } from '@sendback/engine/state.ts';
import type { Seq, TaskId, TimeMs, TokenId } from '@sendback/engine/terms.ts';
import type { TaskStatus } from '../services.ts';
import type { Position, ProjectedRows, TaskChange } from '../storage/instance-write.ts';
import { projectRecords } from './project-records.ts';

/** One command of an instance: the live state before and after, and the events between. */
export interface ProjectedStep {
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly after: InstanceState;
	readonly at: TimeMs;
	readonly position: Position;
}

/** What a step means to those who read tasks and inboxes. Pure: the same step always gives the same rows. */
export function projectStep(step: ProjectedStep): ProjectedRows {
	const told = readEvents(step.events);
	const opened = [...told.opened.values()].map((task) => ({ task, change: changeOf(step, told, task) }));
	const known = Object.values(step.before?.tasks ?? {})
		.filter((task) => step.after.tasks[task.id] !== task)
		.map((task) => ({ task, change: changeOf(step, told, task) }));
	const undone = [...told.rollbacks].flatMap(({ rollback, undoneTasks }) =>
		undoneTasks.map(({ task }) => ({ ...UNCHANGED, id: task, undoneBy: rollback })),
	);
	return {
		newTasks: opened.map(({ task, change }) => ({
			...change,
			node: task.node,
			isStart: task.isStart,
			openedAt: task.openedAt,
			past: (step.after.tokens[task.token] ?? told.tokens.get(task.token))?.past ?? [],
		})),
		changedTasks: [...known.map(({ change }) => change), ...undone],
		newAssignments: [
			// The initiator has just filled in the start; it enters an inbox only when it is reopened.
			...opened
				.filter(({ task, change }) => !(task.isStart && change.completedSeq !== null))
				.flatMap(({ task, change }) => rowsOf(task, change.assignments)),
			...known.flatMap(({ task, change }) => rowsOf(task, change.assignments.filter(isNewIn(task)))),
		],
		changedAssignments: known.flatMap(({ task, change }) =>
			change.assignments
				.filter((assignment) => !isNewIn(task)(assignment) && hasChanged(task, assignment))
				.map(({ user, status }) => ({ task: task.id, user, status })),
		),
		...projectRecords(step),
	};
}

interface Told {
	readonly opened: ReadonlyMap<TaskId, OpenTask>;
	readonly completed: ReadonlyMap<TaskId, { readonly completion: Completion; readonly seq: Seq }>;
	/** The last assignments that an event gave for a task. */
	readonly assignments: ReadonlyMap<TaskId, readonly Assignment[]>;
	readonly tokens: ReadonlyMap<TokenId, Token>;
	readonly rollbacks: readonly RolledBack[];
}

function readEvents(events: readonly EngineEvent[]): Told {
	const opened = new Map<TaskId, OpenTask>();
	const completed = new Map<TaskId, { completion: Completion; seq: Seq }>();
	const assignments = new Map<TaskId, readonly Assignment[]>();
	const tokens = new Map<TokenId, Token>();
	const rollbacks: RolledBack[] = [];
	for (const event of events) {
		switch (event.type) {
			case 'TaskOpened':
				opened.set(event.task.id, event.task);
				break;
			case 'NodeFired':
				for (const token of event.produced) tokens.set(token.id, token);
				if (event.completion === undefined) break;
				completed.set(event.completion.task, { completion: event.completion, seq: event.seq });
				assignments.set(event.completion.task, event.completion.assignments);
				break;
			case 'TaskDecided':
			case 'TaskTransferred':
			case 'AssigneesAdded':
				assignments.set(event.task, event.assignments);
				break;
			case 'RolledBack':
				rollbacks.push(event);
				opened.set(event.reopened.id, event.reopened);
				break;
		}
	}
	return { opened, completed, assignments, tokens, rollbacks };
}

const UNCHANGED: Omit<TaskChange, 'id'> = {
	status: null,
	closedAt: null,
	completedBy: null,
	completedSeq: null,
	completedPosition: null,
	undoneBy: null,
	assignments: null,
};

type FullChange = TaskChange & { readonly status: TaskStatus; readonly assignments: readonly Assignment[] };

/** How a task stands after the step. */
function changeOf(step: ProjectedStep, told: Told, { id, assignments: before }: OpenTask): FullChange {
	const open = step.after.tasks[id];
	if (open !== undefined) return { ...UNCHANGED, id, status: 'in_process', assignments: open.assignments };
	const assignments = (told.assignments.get(id) ?? before).map(closeUndecided);
	const completed = told.completed.get(id);
	if (completed === undefined) {
		const isSender = told.rollbacks.some(({ from }) => from === id);
		return { ...UNCHANGED, id, status: isSender ? 'rollback' : 'canceled', closedAt: step.at, assignments };
	}
	const { completion, seq } = completed;
	return {
		...UNCHANGED,
		id,
		status: completion.isStart ? 'completed' : completion.decision === 'agree' ? 'agreed' : 'rejected',
		closedAt: step.at,
		completedBy: completion.by,
		completedSeq: seq,
		completedPosition: step.position,
		assignments,
	};
}

function closeUndecided(assignment: Assignment): Assignment {
	const isOpen = assignment.status === 'pending' || assignment.status === 'waiting';
	return isOpen ? { ...assignment, status: 'closed' } : assignment;
}

function rowsOf(task: OpenTask, assignments: readonly Assignment[]): ProjectedRows['newAssignments'] {
	return assignments.map(({ user, status }) => ({ task: task.id, user, status, openedAt: task.openedAt }));
}

function isNewIn(task: OpenTask): (assignment: Assignment) => boolean {
	const users = new Set(task.assignments.map(({ user }) => user));
	return ({ user }) => !users.has(user);
}

function hasChanged(task: OpenTask, assignment: Assignment): boolean {
	return task.assignments.some(({ user, status }) => user === assignment.user && status !== assignment.status);
}
