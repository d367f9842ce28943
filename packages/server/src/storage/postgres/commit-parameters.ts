import { writeEvents, writePast } from '../documents/documents.ts';
import type { InstanceWrite, JobRow, TaskChange, TaskRow } from '../instance-write.ts';

type Cell = string | number | null;

/** How a column of texts is sent. `word`: one of ours, which needs no escaping; `text`: anything; `document`: JSON. */
type TextKind = 'word' | 'text' | 'document';

interface Table {
	/** A row has as many numbers first, ids among them, and then its texts. See commit-batch.sql. */
	readonly numbers: number;
	readonly texts: readonly TextKind[];
	readonly rows: (write: InstanceWrite) => readonly (readonly Cell[])[];
}

const NONE: readonly never[] = [];

/** A table whose rows are one list of a write; most writes have nothing in most lists. */
function table<Item>(
	numbers: number,
	texts: readonly TextKind[],
	items: (write: InstanceWrite) => readonly Item[],
	row: (item: Item) => readonly Cell[],
): Table {
	return {
		numbers,
		texts,
		rows: (write) => {
			const listed = items(write);
			return listed.length === 0 ? NONE : listed.map(row);
		},
	};
}

/** The tables that almost every command writes, in the order of commit-batch.sql. */
const COMMON: readonly Table[] = [
	table(6, ['text', 'word', 'document', 'text', 'text', 'text', 'text'], (write) => [write], instanceRow),
	table(
		3,
		['text', 'word', 'document'],
		({ steps }) => steps,
		({ position, at, undoneFrom, actor, command, events }) => [
			position,
			at,
			undoneFrom,
			actor,
			command,
			writeEvents(events),
		],
	),
	table(9, ['text', 'word', 'text', 'text', 'document', 'document'], ({ rows }) => rows.newTasks, taskRow),
	table(6, ['word', 'text', 'document', 'text'], ({ rows }) => rows.changedTasks, taskChange),
	table(
		2,
		['text', 'word'],
		({ rows }) => rows.newAssignments,
		({ task, openedAt, user, status }) => [task, openedAt, user, status],
	),
	table(
		1,
		['text', 'word'],
		({ rows }) => rows.changedAssignments,
		({ task, user, status }) => [task, user, status],
	),
	table(
		1,
		['text', 'word', 'document'],
		({ keys }) => keys,
		({ key, fingerprint, result, createdAt }) => [createdAt, key, fingerprint, JSON.stringify(result)],
	),
];

/** The tables that few commands write, likewise. */
const RARE: readonly Table[] = [
	table(
		3,
		['text'],
		({ rows }) => rows.copies,
		({ openedAt, task, copiedAt, user }) => [openedAt, task, copiedAt, user],
	),
	table(
		2,
		[],
		({ rows }) => rows.changedCopies,
		({ task, isOpen }) => [task, isOpen ? 1 : 0],
	),
	table(
		1,
		['text', 'text', 'document'],
		({ rows }) => rows.chats,
		({ task, chat, name, members }) => [task, chat, name, JSON.stringify(members)],
	),
	table(
		3,
		['word', 'document'],
		({ rows }) => rows.notices,
		({ seq, createdAt, tryAt, kind, payload }) => [seq, createdAt, tryAt, kind, JSON.stringify(payload)],
	),
	table(
		2,
		['document'],
		({ rows }) => rows.rollbacks,
		({ id, position, variables }) => [id, position, variables],
	),
	table(
		1,
		[],
		({ waits }) => waits.endedWaits,
		(token) => [token],
	),
	table(
		2,
		['word', 'text', 'text'],
		({ waits }) => waits.newWaits,
		({ token, due, kind, name, key }) => [token, due, kind, name, key],
	),
	table(
		1,
		[],
		({ waits }) => waits.endedJobs,
		(token) => [token],
	),
	table(
		1,
		[],
		({ rows }) => rows.withdrawn,
		(rollback) => [rollback],
	),
	table(7, ['text', 'text', 'text', 'document'], ({ waits }) => waits.newJobs, jobRow),
	table(
		1,
		['text'],
		({ waits }) => waits.movedJobs,
		({ token, node }) => [token, node],
	),
	table(
		2,
		[],
		({ waits }) => waits.movedWaits,
		({ token, later }) => [token, later],
	),
	table(
		2,
		['text'],
		({ waits }) => waits.movedCompensations,
		({ rollback, compensates, places }) => [rollback, compensates, places.join('\n')],
	),
];

/** The parameters of commit-batch.sql. `rare`: null where no table of those has a row. */
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

/** The numbers of a table, a row each with its write in front, and each column of its texts. */
function parametersOf({ numbers, texts, rows }: Table, writes: readonly InstanceWrite[]): readonly unknown[] {
	const lines: string[] = [];
	const columns = texts.map((): Cell[] => []);
	for (const [index, write] of writes.entries()) {
		for (const row of rows(write)) {
			if (row.length !== numbers + texts.length) throw new Error('bug: a row and its columns differ in number');
			let line = `{${index + 1}`;
			for (let column = 0; column < numbers; column++) line += `,${row[column] ?? -1}`;
			lines.push(`${line}}`);
			for (let column = numbers; column < row.length; column++) columns[column - numbers]?.push(row[column] ?? null);
		}
	}
	return [`{${lines.join()}}`, ...texts.map((kind, column) => parameter(kind, columns[column] ?? []))];
}

function parameter(kind: TextKind, cells: readonly Cell[]): unknown {
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
	const { tenant, id, namespace, flowId, flowVersion, initiator, businessKey, startedAt } = facts;
	return [
		id,
		expected,
		version,
		flowVersion,
		startedAt,
		endedAt,
		tenant,
		status,
		state,
		namespace,
		flowId,
		initiator,
		businessKey,
	];
}

function taskRow(task: TaskRow): readonly Cell[] {
	return [
		task.id,
		task.isStart ? 1 : 0,
		task.openedAt,
		task.closedAt,
		task.completedSeq,
		task.completedPosition,
		task.undoneBy,
		task.loop,
		task.version,
		task.node,
		task.status,
		task.completedBy,
		task.called,
		writePast(task.past),
		JSON.stringify(task.assignments),
	];
}

function taskChange(change: TaskChange): readonly Cell[] {
	const { id, closedAt, completedSeq, completedPosition, undoneBy, version } = change;
	const { status, completedBy, assignments, node } = change;
	const document = assignments === null ? null : JSON.stringify(assignments);
	return [id, closedAt, completedSeq, completedPosition, undoneBy, version, status, completedBy, document, node];
}

function jobRow({ id, node, topic, retries, createdAt, places, cause }: JobRow): readonly Cell[] {
	const where = places.join('\n');
	if ('token' in cause) return [id, cause.token, null, null, null, retries, createdAt, node, topic, where, null];
	const { rollback, compensates, blockedBy, variables } = cause;
	return [id, null, rollback, compensates, blockedBy, retries, createdAt, node, topic, where, variables];
}
