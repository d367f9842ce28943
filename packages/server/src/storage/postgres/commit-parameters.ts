import { writeEvents, writePast } from '../documents.ts';
import type {
	AssignmentRow,
	InstanceWrite,
	JobRow,
	NoticeRow,
	StepRow,
	TaskChange,
	TaskRow,
} from '../instance-write.ts';

type Cell = string | number | boolean | null;

/**
 * How a column is sent. `word`: numbers, ids and words of ours, which need no escaping; `text`: anything;
 * `document`: JSON, see commit-batch.sql.
 */
type Kind = 'word' | 'text' | 'document';

interface Table {
	/** After `write`, which is a word, and `tenant_id`, which is text. */
	readonly columns: readonly Kind[];
	readonly rows: (write: InstanceWrite) => readonly (readonly Cell[])[];
}

/** The tables that almost every command writes, with their columns in the order of commit-batch.sql. */
const COMMON: readonly Table[] = [
	{
		columns: kinds('word word word word document text text word text text word word'),
		rows: (write) => [instanceRow(write)],
	},
	{
		columns: kinds('word word word text word word document'),
		rows: ({ facts, steps }) => steps.map((step) => stepRow(facts.id, step)),
	},
	{
		columns: kinds('word word text word word word word text word word word word text word document document'),
		rows: ({ facts, rows }) => rows.newTasks.map((task) => taskRow(facts.id, task)),
	},
	{
		columns: kinds('word word word text word word word document text word'),
		rows: ({ rows }) => rows.changedTasks.map(taskChange),
	},
	{
		columns: kinds('word text word text text text word word'),
		rows: ({ facts, rows }) => rows.newAssignments.map((assignment) => assignmentRow(facts, assignment)),
	},
	{
		columns: kinds('word text word'),
		rows: ({ rows }) => rows.changedAssignments.map(({ task, user, status }) => [task, user, status]),
	},
	{
		columns: kinds('text text document word'),
		rows: ({ keys }) =>
			keys.map(({ key, fingerprint, result, createdAt }) => [key, fingerprint, JSON.stringify(result), createdAt]),
	},
];

/** The tables that few commands write, likewise. */
const RARE: readonly Table[] = [
	{
		columns: kinds('text word word word text text word'),
		rows: ({ facts: { id, namespace, flowId }, rows }) =>
			rows.copies.map(({ user, openedAt, task, copiedAt }) => [user, openedAt, task, id, namespace, flowId, copiedAt]),
	},
	{
		columns: kinds('word text text document'),
		rows: ({ rows }) => rows.chats.map(({ task, chat, name, members }) => [task, chat, name, JSON.stringify(members)]),
	},
	{
		columns: kinds('word word word document word word'),
		rows: ({ facts, rows }) => rows.notices.map((notice) => noticeRow(facts.id, notice)),
	},
	{
		columns: kinds('word word word'),
		rows: ({ facts, rows }) => rows.rollbacks.map(({ id, position }) => [id, facts.id, position]),
	},
	{
		columns: kinds('word word'),
		rows: ({ facts, waits }) => waits.endedWaits.map((token) => [facts.id, token]),
	},
	{
		columns: kinds('word word word text text word'),
		rows: ({ facts, waits }) =>
			waits.newWaits.map(({ token, kind, name, key, due }) => [facts.id, token, kind, name, key, due]),
	},
	{
		columns: kinds('word word'),
		rows: ({ facts, waits }) => waits.endedJobs.map((token) => [facts.id, token]),
	},
	{
		columns: kinds('word'),
		rows: ({ rows }) => rows.withdrawn.map((rollback) => [rollback]),
	},
	{
		columns: kinds('word word text text word word word word word word'),
		rows: ({ facts, waits }) => waits.newJobs.map((job) => jobRow(facts.id, job)),
	},
	{
		columns: kinds('word word text'),
		rows: ({ facts, waits }) => waits.movedJobs.map(({ token, node }) => [facts.id, token, node]),
	},
];

function kinds(list: string): readonly Kind[] {
	return list.split(' ') as Kind[];
}

/** The parameters of commit-batch.sql: for each table one array a column. `rare`: null where no table of those has a row. */
export interface CommitParameters {
	readonly common: readonly unknown[];
	readonly rare: readonly unknown[] | null;
}

export function commitParameters(writes: readonly InstanceWrite[]): CommitParameters {
	const common = COMMON.map((table) => cellsOf(table, writes));
	const rare = RARE.map((table) => cellsOf(table, writes));
	return {
		common: COMMON.flatMap((table, index) => parametersOf(table, common[index] ?? [])),
		rare: rare.some(([numbers]) => numbers !== undefined && numbers.length > 0)
			? RARE.flatMap((table, index) => parametersOf(table, rare[index] ?? []))
			: null,
	};
}

/** The columns of a table: which write a row belongs to, its tenant, and what it holds. */
function cellsOf(table: Table, writes: readonly InstanceWrite[]): readonly (readonly Cell[])[] {
	const columns: Cell[][] = Array.from({ length: table.columns.length + 2 }, () => []);
	for (const [index, write] of writes.entries()) {
		for (const row of table.rows(write)) {
			if (row.length !== table.columns.length) throw new Error('bug: a row and its columns differ in number');
			columns[0]?.push(index);
			columns[1]?.push(write.facts.tenant);
			for (let column = 0; column < row.length; column++) columns[column + 2]?.push(row[column] ?? null);
		}
	}
	return columns;
}

function parametersOf(table: Table, columns: readonly (readonly Cell[])[]): readonly unknown[] {
	return columns.map((cells, index) => parameter(index === 0 ? 'word' : (table.columns[index - 2] ?? 'text'), cells));
}

function parameter(kind: Kind, cells: readonly Cell[]): unknown {
	switch (kind) {
		case 'word':
			return `{${cells.map((cell) => cell ?? 'NULL').join()}}`;
		case 'text':
			return cells;
		case 'document':
			return cells.join('\u001f');
	}
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

function stepRow(instance: string, { position, at, actor, command, undoneFrom, events }: StepRow): readonly Cell[] {
	return [instance, position, at, actor, command, undoneFrom, writeEvents(events)];
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
		task.loop,
		task.called,
		task.version,
		writePast(task.past),
		JSON.stringify(task.assignments),
	];
}

function taskChange(change: TaskChange): readonly Cell[] {
	const { id, status, closedAt, completedBy, completedSeq, completedPosition, undoneBy, assignments } = change;
	const document = assignments === null ? null : JSON.stringify(assignments);
	const { node, version } = change;
	return [id, status, closedAt, completedBy, completedSeq, completedPosition, undoneBy, document, node, version];
}

function assignmentRow(facts: InstanceWrite['facts'], assignment: AssignmentRow): readonly Cell[] {
	const { task, user, status, openedAt } = assignment;
	return [task, user, facts.id, facts.namespace, facts.flowId, facts.initiator, status, openedAt];
}

function noticeRow(instance: string, { seq, kind, payload, createdAt, tryAt }: NoticeRow): readonly Cell[] {
	return [instance, seq, kind, JSON.stringify(payload), createdAt, tryAt];
}

function jobRow(instance: string, { id, node, topic, retries, createdAt, cause }: JobRow): readonly Cell[] {
	const [token, rollback, compensates, blockedBy] =
		'token' in cause ? [cause.token, null, null, null] : [null, cause.rollback, cause.compensates, cause.blockedBy];
	return [id, instance, node, topic, token, rollback, compensates, blockedBy, retries, createdAt];
}
