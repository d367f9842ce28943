import { cutText } from '@sendback/engine/cut-text.ts';
import type { InstanceState, InstanceStatus } from '@sendback/engine/state.ts';
import type { NodeId, TimeMs, UserId, Value } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { FlowService, QueriedTask, TaskQuery, TaskReader, TenantId } from '../../services.ts';
import { isStorable } from '../decimal-id.ts';
import { readState } from '../documents/documents.ts';
import { run } from './connect.ts';

/** A total is exact up to this many tasks, and this number stands for all that are more: counting reads each of them. */
export const COUNT_LIMIT = 1_000;
/** Tasks that a page may skip: skipping reads them too. Whoever wants older ones narrows the time. */
export const MAX_OFFSET = 10_000;
const MAX_PAGE = 100;
const SUMMARY_LENGTH = 20;
const MAX_SUMMARY_TEXT = 1_000;

const STATEMENTS: Readonly<Record<NonNullable<TaskQuery['source']>, string>> = {
	assignMe: 'find-assigned-tasks',
	fromMe: 'find-started-tasks',
	CCMe: 'find-copied-tasks',
};

interface QueriedRow {
	readonly id: number;
	readonly opened_at: TimeMs;
	readonly node_id: NodeId;
	readonly instance_id: number;
	readonly status: InstanceStatus;
	readonly namespace: string;
	readonly flow_id: string;
	readonly flow_version: number;
	/** Where its node is of a called flow; the version is that of whichever flow it is of. */
	readonly called_flow: string | null;
	readonly called_version: number | null;
	readonly initiator: UserId;
	readonly initiator_name: string | null;
	/** Null where it is large. */
	readonly state: string | null;
}

interface QueryDependencies {
	readonly pool: pg.Pool;
	readonly findFlow: FlowService['find'];
}

/** Two statements: which tasks, by one range of an index; then what to show of them. And one for each large instance. */
export async function queryTasks(
	deps: QueryDependencies,
	tenant: TenantId,
	query: TaskQuery,
): ReturnType<TaskReader['query']> {
	const { pool, findFlow } = deps;
	const { user, type, source, startTime, endTime, flowIds } = query;
	const limit = Math.min(query.limit, MAX_PAGE);
	if (!isStorable(user)) return { count: 0, tasks: [] };
	// Nothing is shown so far back, but what there is is still counted.
	if (query.offset > MAX_OFFSET) return queryTasks(deps, tenant, { ...query, offset: 0, limit: 0 });
	const [found] = await run<{ count: number; ids: readonly string[] }>(pool, STATEMENTS[source ?? 'assignMe'], [
		tenant,
		user,
		startTime ?? 0,
		endTime ?? Number.MAX_SAFE_INTEGER,
		flowIds?.filter(isStorable) ?? null,
		Math.max(COUNT_LIMIT, query.offset + limit),
		type !== 'archived',
		type !== 'pending',
		query.offset,
		limit,
	]);
	if (found === undefined) throw new Error('bug: a count is always one row');
	const rows = found.ids.length === 0 ? [] : await run<QueriedRow>(pool, 'describe-tasks', [tenant, found.ids]);
	const summaries = await summariesOf(pool, tenant, rows);
	const tasks = await Promise.all(
		rows.map((row) => queriedTask(findFlow, tenant, row, summaries.get(row.instance_id) ?? {})),
	);
	return { count: Math.min(found.count, COUNT_LIMIT), tasks };
}

/** What is shown of each instance. Large states are read one after the other: of each a few short texts stay. */
async function summariesOf(
	pool: pg.Pool,
	tenant: TenantId,
	rows: readonly QueriedRow[],
): Promise<ReadonlyMap<number, QueriedTask['summary']>> {
	const summaries = new Map<number, QueriedTask['summary']>();
	for (const { instance_id: id, state } of rows) {
		if (summaries.has(id)) continue;
		const text = state ?? (await run<{ state: string }>(pool, 'load-instances', [[0], [tenant], [id]]))[0]?.state;
		if (text !== undefined) summaries.set(id, summaryOf(readState(text)));
	}
	return summaries;
}

async function queriedTask(
	findFlow: FlowService['find'],
	tenant: TenantId,
	row: QueriedRow,
	summary: QueriedTask['summary'],
): Promise<QueriedTask> {
	const flow = await findFlow(tenant, row.namespace, row.flow_id, row.flow_version);
	const { called_flow: called } = row;
	const owner = await findFlow(tenant, row.namespace, called ?? row.flow_id, row.called_version ?? row.flow_version);
	return {
		id: String(row.id),
		openedAt: row.opened_at,
		instance: String(row.instance_id),
		instanceStatus: row.status,
		flowName: flow?.model.name ?? row.flow_id,
		nodeName: owner?.model.nodes[row.node_id]?.name ?? row.node_id,
		initiator: { id: row.initiator, name: row.initiator_name ?? row.initiator },
		summary,
	};
}

function summaryOf(state: InstanceState): QueriedTask['summary'] {
	const variables = Object.entries(state.scopes[0]?.variables ?? {}).slice(0, SUMMARY_LENGTH);
	return Object.fromEntries(variables.map(([name, { value }]) => [name, summaryText(value)]));
}

function summaryText(value: Value): string {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	if (text.length <= MAX_SUMMARY_TEXT) return text;
	// Written and read, or V8 would keep the whole text for the sake of its beginning.
	return `${JSON.parse(JSON.stringify(cutText(text, MAX_SUMMARY_TEXT)))}…`;
}
