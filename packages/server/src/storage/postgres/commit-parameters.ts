import { writeEvents, writePast } from '../documents/documents.ts';
import type {
	AssignmentRow,
	InstanceFacts,
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

const NONE: readonly never[] = [];

/** A table whose rows are one list of a write; most writes have nothing in most lists. */
function table<Item>(
	columns: string,
	items: (write: InstanceWrite) => readonly Item[],
	row: (item: Item, facts: InstanceFacts) => readonly Cell[],
): Table {
	return {
		columns: columns.split(' ') as Kind[],
		rows: (write) => {
			const listed = items(write);
			return listed.length === 0 ? NONE : listed.map((item) => row(item, write.facts));
		},
	};
}

/** The tables that almost every command writes, with their columns in the order of commit-batch.sql. */
const COMMON: readonly Table[] = [
	table('word word word word document text text word text text word word', (write) => [write], instanceRow),
	table('word word word text word word document', ({ steps }) => steps, stepRow),
	table(
		'word word text word word word word text word word word word text word document document',
		({ rows }) => rows.newTasks,
		taskRow,
	),
	table('word word word text word word word document text word', ({ rows }) => rows.changedTasks, taskChange),
	table('word text word text text text word word', ({ rows }) => rows.newAssignments, assignmentRow),
	table(
		'word text word',
		({ rows }) => rows.changedAssignments,
		({ task, user, status }) => [task, user, status],
	),
	table(
		'text text document word',
		({ keys }) => keys,
		({ key, fingerprint, result, createdAt }) => [key, fingerprint, JSON.stringify(result), createdAt],
	),
];

/** The tables that few commands write, likewise. */
const RARE: readonly Table[] = [
	table(
		'text word word word text text word',
		({ rows }) => rows.copies,
		({ user, openedAt, task, copiedAt }, { id, namespace, flowId }) => [
			user,
			openedAt,
			task,
			id,
			namespace,
			flowId,
			copiedAt,
		],
	),
	table(
		'word text text document',
		({ rows }) => rows.chats,
		({ task, chat, name, members }) => [task, chat, name, JSON.stringify(members)],
	),
	table('word word word document word word', ({ rows }) => rows.notices, noticeRow),
	table(
		'word word word',
		({ rows }) => rows.rollbacks,
		({ id, position }, { id: instance }) => [id, instance, position],
	),
	table(
		'word word',
		({ waits }) => waits.endedWaits,
		(token, { id }) => [id, token],
	),
	table(
		'word word word text text word',
		({ waits }) => waits.newWaits,
		({ token, kind, name, key, due }, { id }) => [id, token, kind, name, key, due],
	),
	table(
		'word word',
		({ waits }) => waits.endedJobs,
		(token, { id }) => [id, token],
	),
	table(
		'word',
		({ rows }) => rows.withdrawn,
		(rollback) => [rollback],
	),
	table('word word text text word word word word word word', ({ waits }) => waits.newJobs, jobRow),
	table(
		'word word text',
		({ waits }) => waits.movedJobs,
		({ token, node }, { id }) => [id, token, node],
	),
	table(
		'word word word',
		({ waits }) => waits.movedWaits,
		({ token, later }, { id }) => [id, token, later],
	),
];

/** The parameters of commit-batch.sql: for each table one array a column. `rare`: null where no table of those has a row. */
export interface CommitParameters {
	readonly common: readonly unknown[];
	readonly rare: readonly unknown[] | null;
}

export function commitParameters(writes: readonly InstanceWrite[]): CommitParameters {
	const hasRare = writes.some((write) => RARE.some(({ rows }) => rows(write).length > 0));
	return {
		common: COMMON.flatMap((each) => parametersOf(each, writes)),
		rare: hasRare ? RARE.flatMap((each) => parametersOf(each, writes)) : null,
	};
}

/** The columns of a table: which write a row belongs to, its tenant, and what it holds. */
function parametersOf({ columns, rows }: Table, writes: readonly InstanceWrite[]): readonly unknown[] {
	const numbers: Cell[] = [];
	const tenants: Cell[] = [];
	const cells = columns.map((): Cell[] => []);
	for (const [index, write] of writes.entries()) {
		for (const row of rows(write)) {
			if (row.length !== columns.length) throw new Error('bug: a row and its columns differ in number');
			numbers.push(index);
			tenants.push(write.facts.tenant);
			for (let column = 0; column < row.length; column++) cells[column]?.push(row[column] ?? null);
		}
	}
	const own = columns.map((kind, column) => parameter(kind, cells[column] ?? []));
	return [parameter('word', numbers), tenants, ...own];
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

function stepRow(
	{ position, at, actor, command, undoneFrom, events }: StepRow,
	{ id }: InstanceFacts,
): readonly Cell[] {
	return [id, position, at, actor, command, undoneFrom, writeEvents(events)];
}

function taskRow(task: TaskRow, { id }: InstanceFacts): readonly Cell[] {
	return [
		task.id,
		id,
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

function assignmentRow(assignment: AssignmentRow, facts: InstanceFacts): readonly Cell[] {
	const { task, user, status, openedAt } = assignment;
	return [task, user, facts.id, facts.namespace, facts.flowId, facts.initiator, status, openedAt];
}

function noticeRow({ seq, kind, payload, createdAt, tryAt }: NoticeRow, { id }: InstanceFacts): readonly Cell[] {
	return [id, seq, kind, JSON.stringify(payload), createdAt, tryAt];
}

function jobRow(
	{ id, node, topic, retries, createdAt, cause }: JobRow,
	{ id: instance }: InstanceFacts,
): readonly Cell[] {
	const [token, rollback, compensates, blockedBy] =
		'token' in cause ? [cause.token, null, null, null] : [null, cause.rollback, cause.compensates, cause.blockedBy];
	return [id, instance, node, topic, token, rollback, compensates, blockedBy, retries, createdAt];
}
