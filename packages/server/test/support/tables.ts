/** What PostgreSQL would hold of one instance, kept by hand: the meaning of commit-batch.sql in a few lines. */
import {
	type AssignmentRow,
	type InstanceWrite,
	NOT_UNDONE,
	type StepRow,
	type TaskRow,
} from '../../src/storage/instance-write.ts';

export class Tables {
	readonly tasks = new Map<string, TaskRow>();
	readonly assignments = new Map<string, AssignmentRow>();
	readonly steps: StepRow[] = [];

	/** Throws where the statement would fail, or would touch a row twice. */
	write({ rows, steps, expected, version }: InstanceWrite): void {
		if (expected !== this.steps.length || version !== expected + steps.length)
			throw new Error('versions do not follow');
		insert(this.tasks, rows.newTasks, ({ id }) => id);
		update(this.tasks, rows.changedTasks, ({ id }) => id, rows.newTasks);
		for (const { id } of [...rows.newTasks, ...rows.changedTasks]) this.#tidy(id);
		insert(this.assignments, rows.newAssignments, assignmentKey);
		update(this.assignments, rows.changedAssignments, assignmentKey, rows.newAssignments);
		for (const step of steps) {
			this.steps.push(step);
			if (step.position !== this.steps.length) throw new Error(`position ${step.position} is out of line`);
		}
	}

	#tidy(id: string): void {
		const task = this.tasks.get(id);
		if (task === undefined) return;
		const closedAt = task.status === 'in_process' ? null : task.closedAt;
		this.tasks.set(id, { ...task, closedAt, undoneBy: task.undoneBy === NOT_UNDONE ? null : task.undoneBy });
	}
}

const assignmentKey = ({ task, user }: { task: string; user: string }) => `${task} ${user}`;

function insert<Row>(table: Map<string, Row>, rows: readonly Row[], keyOf: (row: Row) => string): void {
	for (const row of rows) {
		if (table.has(keyOf(row))) throw new Error(`unique violation: ${keyOf(row)}`);
		table.set(keyOf(row), row);
	}
}

/** Null leaves a column as it is. Rows that the same statement made are not visible to its updates. */
function update<Row extends object, Change extends object>(
	table: Map<string, Row>,
	changes: readonly Change[],
	keyOf: (row: Change) => string,
	made: readonly (Row & Change)[],
): void {
	const touched = new Set(made.map(keyOf));
	for (const change of changes) {
		const key = keyOf(change);
		const before = table.get(key);
		if (before === undefined || touched.has(key)) throw new Error(`no such row, or touched twice: ${key}`);
		touched.add(key);
		const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
		table.set(key, { ...before, ...given });
	}
}
