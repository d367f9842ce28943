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
/** Live states that are in memory at a time, together about: of each a page shows a few short texts. */
const MAX_STATES_BYTES = 8_000_000;

const STATEMENTS: Readonly<Record<NonNullable<TaskQuery['source']>, string>> = {
	assignMe: 'find-assigned-tasks',
	fromMe: 'find-started-tasks',
	CCMe: 'find-copied-tasks',
};

interface QueriedRow {
	/** Which of the ids it is, from 1. */
	readonly number: number;
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
	readonly state: string;
}

interface QueryDependencies {
	readonly pool: pg.Pool;
	readonly findFlow: FlowService['find'];
}

/** Two statements: which tasks, by one range of an index; then what to show of them. */
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
	const tasks: QueriedTask[] = [];
	for (let ids = found.ids; ids.length > 0; ) {
		const rows = await run<QueriedRow>(pool, 'describe-tasks', [tenant, ids, MAX_STATES_BYTES]);
		tasks.push(...(await Promise.all(rows.map((row) => queriedTask(findFlow, tenant, row)))));
		ids = ids.slice(rows.at(-1)?.number ?? ids.length);
	}
	return { count: Math.min(found.count, COUNT_LIMIT), tasks };
}

async function queriedTask(findFlow: FlowService['find'], tenant: TenantId, row: QueriedRow): Promise<QueriedTask> {
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
		summary: summaryOf(readState(row.state)),
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
