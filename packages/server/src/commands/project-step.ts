import type { Completion, EngineEvent, RollbackUndone, RolledBack } from '@sendback/engine/events.ts';
import { sameTask } from '@sendback/engine/open-tasks.ts';
import { elementOf } from '@sendback/engine/scopes.ts';
import type { Assignment, InstanceState, OpenTask, Scope, Token } from '@sendback/engine/state.ts';
import type { NodeId, ScopeId, Seq, TaskId, TimeMs, TokenId } from '@sendback/engine/terms.ts';
import type { TaskStatus } from '../services.ts';
import {
	NOT_UNDONE,
	type Position,
	type ProjectedRows,
	type TaskChange,
	type TaskRow,
} from '../storage/instance-write.ts';
import { variablesOfProcess } from './compensated-variables.ts';
import { projectRecords } from './project-records.ts';

/** One command of an instance: the live state before and after, and the events between. */
export interface ProjectedStep {
	readonly before: InstanceState | null;
	readonly events: readonly EngineEvent[];
	readonly after: InstanceState;
	readonly at: TimeMs;
	readonly position: Position;
	/** The version of the instance's flow after it. */
	readonly flowVersion: number;
}

/** What a step means to those who read tasks and inboxes. Pure: the same step always gives the same rows. */
export function projectStep(step: ProjectedStep): ProjectedRows {
	const told = readEvents(step.events);
	const opened = [...told.opened.values()].map((task) => ({ task, change: changeOf(step, told, task) }));
	const known = Object.values(step.before?.tasks ?? {})
		.filter((task) => sameTask(step.after, task) !== task)
		.map((task) => ({ task, change: changeOf(step, told, task) }));
	const returned = [...told.returned.values()].map((task) => ({ task, change: changeOf(step, told, task) }));
	const undone = told.rollbacks.flatMap(({ rollback, undoneTasks }) =>
		undoneTasks.map(({ task }) => ({ ...STAYS, id: task, undoneBy: rollback })),
	);
	const redone = told.undoings.flatMap(({ rollback }) =>
		rollback.undoneTasks.map(({ task }) => ({ ...STAYS, id: task, undoneBy: NOT_UNDONE })),
	);
	return {
		newTasks: opened.map(({ task, change }) => rowOf(step, told, task, change)),
		changedTasks: [...[...known, ...returned].map(({ change }) => change), ...undone, ...redone],
		newAssignments: [
			// The initiator has just filled in the start; it enters an inbox only when it is reopened.
			...opened
				.filter(({ task, change }) => !(task.isStart && change.completedSeq !== null))
				.flatMap(({ task, change }) => rowsOf(task, change.assignments)),
			...known.flatMap(({ task, change }) => rowsOf(task, change.assignments.filter(isNewIn(task)))),
		],
		changedAssignments: [
			...known.flatMap(({ task, change }) =>
				change.assignments
					.filter((assignment) => !isNewIn(task)(assignment) && hasChanged(task, assignment))
					.map(({ user, status }) => ({ task: task.id, user, status })),
			),
			// They were closed with the task.
			...returned.flatMap(({ task, change }) =>
				change.assignments.map(({ user, status }) => ({ task: task.id, user, status })),
			),
		],
		changedCopies: [...known, ...returned]
			// What earlier versions wrote does not say of a task that it was copied.
			.filter(({ task, change }) => told.returned.has(task.id) || (task.copied && change.status !== 'in_process'))
			.map(({ task, change }) => ({ task: task.id, isOpen: change.status === 'in_process' })),
		rollbacks: told.rollbacks.map(({ rollback: id, compensations }) => ({
			id,
			position: step.position,
			variables:
				compensations.length > 0 && step.before !== null ? JSON.stringify(variablesOfProcess(step.before)) : null,
		})),
		withdrawn: told.undoings.map(({ rollback }) => rollback.rollback),
		...projectRecords(step),
	};
}

interface Told {
	readonly opened: ReadonlyMap<TaskId, OpenTask>;
	readonly completed: ReadonlyMap<TaskId, { readonly completion: Completion; readonly seq: Seq }>;
	/** The last assignments that an event gave for a task. */
	readonly assignments: ReadonlyMap<TaskId, readonly Assignment[]>;
	readonly tokens: ReadonlyMap<TokenId, Token>;
	/** Tasks that had been closed and are open again, by their old ids. */
	readonly returned: ReadonlyMap<TaskId, OpenTask>;
	readonly scopes: ReadonlyMap<ScopeId, Scope>;
	readonly rollbacks: readonly RolledBack[];
	readonly undoings: readonly RollbackUndone[];
	readonly isMigrated: boolean;
}

function readEvents(events: readonly EngineEvent[]): Told {
	const opened = new Map<TaskId, OpenTask>();
	const completed = new Map<TaskId, { completion: Completion; seq: Seq }>();
	const assignments = new Map<TaskId, readonly Assignment[]>();
	const tokens = new Map<TokenId, Token>();
	const returned = new Map<TaskId, OpenTask>();
	const scopes = new Map<ScopeId, Scope>();
	const rollbacks: RolledBack[] = [];
	const undoings: RollbackUndone[] = [];
	for (const event of events) {
		switch (event.type) {
			case 'TaskOpened':
				opened.set(event.task.id, event.task);
				break;
			case 'NodeFired':
				for (const token of event.produced) tokens.set(token.id, token);
				for (const scope of event.opened ?? []) scopes.set(scope.id, scope);
				if (event.completion === undefined) break;
				completed.set(event.completion.task, { completion: event.completion, seq: event.seq });
				assignments.set(event.completion.task, event.completion.assignments);
				break;
			case 'TaskDecided':
			case 'TaskTransferred':
			case 'AssigneesAdded':
				assignments.set(event.task, event.assignments);
				break;
			case 'InstanceMigrated':
				for (const token of event.tokens) tokens.set(token.id, token);
				break;
			case 'RolledBack':
				rollbacks.push(event);
				for (const task of event.reopened) opened.set(task.id, task);
				for (const task of event.revived) returned.set(task.id, task);
				for (const scope of event.restoredScopes) scopes.set(scope.id, scope);
				break;
			case 'RollbackUndone':
				undoings.push(event);
				for (const task of event.rollback.closed) returned.set(task.id, task);
				for (const scope of event.rollback.voidedScopes) scopes.set(scope.id, scope);
				break;
		}
	}
	const isMigrated = events.some(({ type }) => type === 'InstanceMigrated');
	return { opened, completed, assignments, tokens, returned, scopes, rollbacks, undoings, isMigrated };
}

const STAYS: Omit<TaskChange, 'id'> = {
	status: null,
	closedAt: null,
	completedBy: null,
	completedSeq: null,
	completedPosition: null,
	undoneBy: null,
	assignments: null,
	node: null,
	version: null,
};

type FullChange = TaskChange & { readonly status: TaskStatus; readonly assignments: readonly Assignment[] };

/** How a task stands after the step. */
function changeOf(step: ProjectedStep, told: Told, task: OpenTask): FullChange {
	const { id } = task;
	const open = sameTask(step.after, task);
	const completed = open === undefined ? told.completed.get(id) : undefined;
	const moved = told.isMigrated ? nodeOf(step, told, task) : null;
	return {
		id,
		status: open === undefined ? closedStatus(told, id, completed?.completion) : 'in_process',
		closedAt: open === undefined ? step.at : null,
		completedBy: completed?.completion.by ?? null,
		completedSeq: completed?.seq ?? null,
		completedPosition: completed === undefined ? null : step.position,
		undoneBy: null,
		assignments: open?.assignments ?? (told.assignments.get(id) ?? task.assignments).map(closeUndecided),
		node: moved?.node ?? null,
		version: moved?.version ?? null,
	};
}

/** A task that is new. Every member by its name: this runs for almost every command, and spreading costs more. */
function rowOf(step: ProjectedStep, told: Told, task: OpenTask, change: FullChange): TaskRow {
	const { node, version } = nodeOf(step, told, task);
	return {
		id: change.id,
		status: change.status,
		closedAt: change.closedAt,
		completedBy: change.completedBy,
		completedSeq: change.completedSeq,
		completedPosition: change.completedPosition,
		undoneBy: change.undoneBy,
		assignments: change.assignments,
		node,
		version,
		isStart: task.isStart,
		loop: task.loop ?? null,
		called: calledFlow(step, told, task.scope)?.flowId ?? null,
		openedAt: task.openedAt,
		past: (step.after.tokens[task.token] ?? told.tokens.get(task.token))?.past ?? [],
	};
}

function closedStatus({ rollbacks }: Told, id: TaskId, completion: Completion | undefined): TaskStatus {
	if (completion === undefined) return rollbacks.some(({ from }) => from === id) ? 'rollback' : 'canceled';
	if (completion.isStart) return 'completed';
	return completion.decision === 'agree' ? 'agreed' : 'rejected';
}

/** The node of a task after the step, and the version of the flow that it is of. */
function nodeOf(step: ProjectedStep, told: Told, task: OpenTask): { readonly node: NodeId; readonly version: number } {
	const token = told.tokens.get(task.token);
	const version = calledFlow(step, told, task.scope)?.version ?? step.flowVersion;
	return { node: told.isMigrated && token !== undefined ? elementOf(token) : task.node, version };
}

/** The flow of the innermost call around a scope; null in the instance's own flow. */
function calledFlow(
	{ before, after }: ProjectedStep,
	{ scopes }: Told,
	from: ScopeId,
): NonNullable<Scope['flow']> | null {
	for (let id: ScopeId | null = from; id !== null; ) {
		const scope: Scope | undefined = after.scopes[id] ?? scopes.get(id) ?? before?.scopes[id];
		if (scope?.flow !== undefined) return scope.flow;
		id = scope?.parent ?? null;
	}
	return null;
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
