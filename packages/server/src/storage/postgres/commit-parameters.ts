import type { AssignmentRow, InstanceWrite, StepRow, TaskChange, TaskRow } from '../instance-write.ts';

type Cell = string | number | boolean | null;
type Rows = readonly (readonly Cell[])[];

/** The tables of commit-batch.sql in its order: how many columns follow `write` and `tenant_id`, and a write's rows. */
const TABLES: readonly { readonly width: number; readonly rows: (write: InstanceWrite) => Rows }[] = [
	{ width: 12, rows: (write) => [instanceRow(write)] },
	{ width: 7, rows: ({ facts, steps }) => steps.map((step) => [facts.id, ...stepRow(step)]) },
	{ width: 13, rows: ({ facts, rows }) => rows.newTasks.map((task) => taskRow(facts.id, task)) },
	{ width: 8, rows: ({ rows }) => rows.changedTasks.map(taskChange) },
	{ width: 8, rows: ({ facts, rows }) => rows.newAssignments.map((assignment) => assignmentRow(facts, assignment)) },
	{ width: 3, rows: ({ rows }) => rows.changedAssignments.map(({ task, user, status }) => [task, user, status]) },
	{
		width: 7,
		rows: ({ facts, rows }) =>
			rows.copies.map(({ user, openedAt, task, copiedAt }) => [
				user,
				openedAt,
				task,
				facts.id,
				facts.namespace,
				facts.flowId,
				copiedAt,
			]),
	},
	{
		width: 4,
		rows: ({ rows }) => rows.chats.map(({ task, chat, name, members }) => [task, chat, name, JSON.stringify(members)]),
	},
	{
		width: 5,
		rows: ({ facts, rows }) =>
			rows.notices.map(({ seq, kind, payload, createdAt }) => [
				facts.id,
				seq,
				kind,
				JSON.stringify(payload),
				createdAt,
			]),
	},
	{
		width: 4,
		rows: ({ keys }) =>
			keys.map(({ key, fingerprint, result, createdAt }) => [key, fingerprint, JSON.stringify(result), createdAt]),
	},
];

/** The parameters of commit-batch.sql: for each table one array a column. */
export function commitParameters(writes: readonly InstanceWrite[]): readonly (readonly Cell[])[] {
	return TABLES.flatMap(({ width, rows }) => {
		const columns: Cell[][] = Array.from({ length: width + 2 }, () => []);
		for (const [index, write] of writes.entries()) {
			for (const row of rows(write)) {
				if (row.length !== width) throw new Error(`bug: a row of ${row.length} cells for ${width} columns`);
				columns[0]?.push(index);
				columns[1]?.push(write.facts.tenant);
				for (const [column, cell] of row.entries()) columns[column + 2]?.push(cell);
			}
		}
		return columns;
	});
}

function instanceRow({ facts, expected, version, status, state, endedAt }: InstanceWrite): readonly Cell[] {
	const { id, namespace, flowId, flowVersion, initiator, businessKey, startedAt } = facts;
	return [
		id,
		expected,
		version,
		status,
		state,
		namespace,
		flowId,
		flowVersion,
		initiator,
		businessKey,
		startedAt,
		endedAt,
	];
}

function stepRow({ position, at, actor, command, undoneFrom, events }: StepRow): readonly Cell[] {
	return [position, at, actor, command, undoneFrom, JSON.stringify(events)];
}

function taskRow(instance: string, task: TaskRow): readonly Cell[] {
	return [
		task.id,
		instance,
		task.node,
		task.status,
		task.isStart,
		task.openedAt,
		task.closedAt,
		task.completedBy,
		task.completedSeq,
		task.completedPosition,
		task.undoneBy,
		JSON.stringify(task.past),
		JSON.stringify(task.assignments),
	];
}

function taskChange(change: TaskChange): readonly Cell[] {
	const { id, status, closedAt, completedBy, completedSeq, completedPosition, undoneBy, assignments } = change;
	const assignmentsJson = assignments === null ? null : JSON.stringify(assignments);
	return [id, status, closedAt, completedBy, completedSeq, completedPosition, undoneBy, assignmentsJson];
}

function assignmentRow(facts: InstanceWrite['facts'], assignment: AssignmentRow): readonly Cell[] {
	const { task, user, status, openedAt } = assignment;
	return [task, user, facts.id, facts.namespace, facts.flowId, facts.initiator, status, openedAt];
}
