import type { Assignment } from '@sendback/engine/state.ts';
import type { NodeId, TimeMs, UserId } from '@sendback/engine/terms.ts';
import type { TaskReader, TaskRecord, TaskStatus, TenantId } from '../../services.ts';
import { isDecimalId } from '../decimal-id.ts';
import { run } from './connect.ts';
import { type PointDependencies, readRollbackPoints } from './rollback-points.ts';
import { queryTasks } from './task-query.ts';

interface TaskRow {
	readonly id: number;
	readonly instance_id: number;
	readonly node_id: NodeId;
	readonly status: TaskStatus;
	readonly is_start: boolean;
	readonly opened_at: TimeMs;
	readonly closed_at: TimeMs | null;
	readonly completed_by: UserId | null;
	readonly undone_by: number | null;
	readonly assignments: string;
	readonly namespace: string;
	readonly flow_id: string;
	readonly flow_version: number;
	readonly loop_id: number | null;
}

export type TaskReaderDependencies = PointDependencies;

export function createTaskReader(deps: TaskReaderDependencies): TaskReader {
	async function read(name: string, tenant: TenantId, id: string): Promise<readonly TaskRecord[]> {
		if (!isDecimalId(id)) return [];
		const rows = await run<TaskRow>(deps.pool, name, [tenant, id]);
		return Promise.all(rows.map((row) => taskRecord(deps, tenant, row)));
	}

	return {
		ofInstance: (tenant, instance) => read('tasks-of-instance', tenant, instance),
		find: async (tenant, task) => (await read('find-task', tenant, task))[0] ?? null,
		rollbackPoints: (tenant, task, user, occurrences, atMost = Number.MAX_SAFE_INTEGER) =>
			readRollbackPoints(deps, { tenant, task, user, occurrences, atMost }),
		query: (tenant, query) => queryTasks(deps, tenant, query),
	};
}

async function taskRecord({ findFlow }: TaskReaderDependencies, tenant: TenantId, row: TaskRow): Promise<TaskRecord> {
	const flow = await findFlow(tenant, row.namespace, row.flow_id, row.flow_version);
	const assignments = JSON.parse(row.assignments) as readonly Assignment[];
	return {
		id: String(row.id),
		instance: String(row.instance_id),
		node: row.node_id,
		nodeName: flow?.model.nodes[row.node_id]?.name ?? row.node_id,
		status: row.status,
		isStart: row.is_start,
		loop: row.loop_id === null ? null : String(row.loop_id),
		openedAt: row.opened_at,
		closedAt: row.closed_at,
		completedBy: row.completed_by,
		undoneBy: row.undone_by === null ? null : String(row.undone_by),
		assignments: assignments.map(({ user, status, opinion = '', decidedAt = null }) => ({
			user,
			status,
			opinion,
			decidedAt,
		})),
	};
}
