import { isWithinReach, rollbackPoints } from '@sendback/engine/causality/points.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { PastTask } from '@sendback/engine/state.ts';
import type { TaskId, TimeMs, UserId } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { LoadInstance } from '../../commands/live-instance.ts';
import { refuse } from '../../refusals.ts';
import type { Answered, FlowService, InstanceId, RollbackPoint, TenantId } from '../../services.ts';
import { calledFlows } from '../called-flows.ts';
import { readPast } from '../documents/documents.ts';
import { run } from './connect.ts';

/** Every occurrence of a node can be a point, and a loop can have any number of them: the search ends here. */
const MAX_POINTS = 200;
const MAX_ROUNDS = 20;

export interface PointDependencies {
	readonly pool: pg.Pool;
	readonly instanceOf: (tenant: TenantId, task: TaskId) => Promise<InstanceId | null>;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
	readonly findFlow: FlowService['find'];
}

export interface PointRequest {
	readonly tenant: TenantId;
	readonly task: TaskId;
	readonly user: UserId;
	readonly occurrences: 'latest' | 'all';
}

interface PointRow {
	readonly id: number;
	/** The completed task: the one asked for, or a run of the repeated one asked for. */
	readonly task: number;
	readonly completed_seq: number;
	readonly completed_by: UserId;
	readonly closed_at: TimeMs;
	readonly past: string;
	/** The called flow that its node is of, and the version of that; null: the instance's own. */
	readonly called_flow: string | null;
	readonly called_version: number;
}

/** Where an open task can be sent back to, newest first. Reads the points and never the log. */
export async function readRollbackPoints(
	{ pool, instanceOf, load, findFlow }: PointDependencies,
	{ tenant, task, user, occurrences }: PointRequest,
): Promise<Answered<readonly RollbackPoint[]>> {
	const instance = await instanceOf(tenant, task);
	const stored = instance === null ? null : await load(tenant, instance);
	if (stored === null || stored.instance.state === null)
		return { ok: false, refusal: refuse('task-unknown', { task }) };
	const { model, state, facts } = stored.instance;
	const view = { model, state, answers: await calledFlows(findFlow, facts, state) };
	const withRuns = occurrences === 'all';
	const answer = rollbackPoints(view, task, user);
	if (!answer.ok) return { ok: false, refusal: answer.rejection };

	const read = (ids: readonly TaskId[]) =>
		run<PointRow>(pool, 'describe-points', [tenant, ids, withRuns ? MAX_POINTS : 1]);
	// A narrower range admits only points that the task's own past already names.
	const rounds = withRuns && answer.range === 'any' ? MAX_ROUNDS : 1;
	const isReached = (point: PastTask) => isWithinReach(state, answer.task, point);
	const found = await walkBack(answer.points, isReached, rounds, withRuns, read);
	const modelOf = async ({
		called_flow: called,
		called_version: version,
	}: PointRow): Promise<ProcessModel | undefined> =>
		called === null ? model : (await findFlow(tenant, facts.namespace, called, version))?.model;
	const points: RollbackPoint[] = [];
	for (const { point, row } of found) {
		points.push({
			id: point.task,
			node: point.node,
			nodeName: (await modelOf(row))?.nodes[point.node]?.name ?? point.node,
			isStart: point.outcome === 'start',
			completedBy: row.completed_by,
			completedAt: row.closed_at,
		});
	}
	return { ok: true, value: points };
}

interface FoundPoint {
	readonly point: PastTask;
	readonly row: PointRow;
}

/** The points, and the pasts of the tasks found so far, round by round; the newest are kept. */
async function walkBack(
	latest: readonly PastTask[],
	isReached: (point: PastTask) => boolean,
	rounds: number,
	withRuns: boolean,
	read: (ids: readonly TaskId[]) => Promise<readonly PointRow[]>,
): Promise<readonly FoundPoint[]> {
	const seen = new Set<TaskId>();
	const found: FoundPoint[] = [];
	let next = latest;
	for (let round = 0; round < rounds && found.length < MAX_POINTS; round++) {
		const fresh = new Map(next.filter(({ task }) => !seen.has(task)).map((point) => [point.task, point]));
		const newest = [...fresh.values()].sort(newestFirst).slice(0, MAX_POINTS - found.length);
		if (newest.length === 0) break;
		for (const { task } of newest) seen.add(task);
		const rows = await read(newest.map(({ task }) => task));
		for (const point of newest) {
			const own = rows.filter(({ id }) => String(id) === point.task).sort((a, b) => b.completed_seq - a.completed_seq);
			const last = own[0];
			if (last === undefined) continue;
			found.push({ point, row: last });
			if (withRuns) found.push(...own.flatMap((row) => runOf(point, row)));
		}
		next = rows.flatMap(({ past }) => readPast(past)).filter(isReached);
	}
	return found.sort((a, b) => newestFirst(a.point, b.point)).slice(0, MAX_POINTS);
}

/** One run of a repeated task, which can be returned to alone. */
function runOf(point: PastTask, row: PointRow): readonly FoundPoint[] {
	const task = String(row.task);
	return task === point.task ? [] : [{ point: { ...point, task, seq: row.completed_seq }, row }];
}

function newestFirst(a: PastTask, b: PastTask): number {
	return b.seq - a.seq;
}
