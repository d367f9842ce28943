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
	/** A loop can have any number of visits. */
	readonly atMost: number;
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
	{ tenant, task, user, occurrences, atMost }: PointRequest,
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

	const read = (ids: readonly TaskId[]) => run<PointRow>(pool, 'describe-points', [tenant, ids, withRuns ? atMost : 1]);
	// A narrower range admits only points that the task's own past already names.
	const goesBack = withRuns && answer.range === 'any';
	const isReached = (point: PastTask) => isWithinReach(state, answer.task, point);
	const found = await walkBack(answer.points, { atMost, goesBack, withRuns, isReached, read });
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

interface Walk {
	readonly atMost: number;
	/** Whether earlier visits are looked for too, in the pasts of the later ones. */
	readonly goesBack: boolean;
	readonly withRuns: boolean;
	readonly isReached: (point: PastTask) => boolean;
	readonly read: (ids: readonly TaskId[]) => Promise<readonly PointRow[]>;
}

/** The newest of the points and of what they follow from, round by round: that is older, so it ends where there are enough. */
async function walkBack(
	latest: readonly PastTask[],
	{ atMost, goesBack, withRuns, isReached, read }: Walk,
): Promise<readonly FoundPoint[]> {
	const seen = new Set<TaskId>();
	const ahead = new Map(latest.map((point) => [point.task, point]));
	let found: readonly FoundPoint[] = [];
	for (;;) {
		const enough = found[atMost - 1]?.point.seq ?? 0;
		const next = [...ahead.values()]
			.filter(({ seq }) => seq > enough)
			.sort(newestFirst)
			.slice(0, atMost);
		if (next.length === 0) return found;
		for (const { task } of next) {
			seen.add(task);
			ahead.delete(task);
		}
		const rows = await read(next.map(({ task }) => task));
		found = [...found, ...next.flatMap((point) => foundAt(point, rows, withRuns))]
			.sort((a, b) => newestFirst(a.point, b.point))
			.slice(0, atMost);
		for (const point of goesBack ? rows.flatMap(({ past }) => readPast(past)) : []) {
			// In the pasts of its own runs a repeated task is as old as the run before.
			const isNews = !seen.has(point.task) && point.seq > (ahead.get(point.task)?.seq ?? 0);
			if (isNews && isReached(point)) ahead.set(point.task, point);
		}
	}
}

function foundAt(point: PastTask, rows: readonly PointRow[], withRuns: boolean): readonly FoundPoint[] {
	const own = rows.filter(({ id }) => String(id) === point.task).sort((a, b) => b.completed_seq - a.completed_seq);
	const [last] = own;
	if (last === undefined) return [];
	return [{ point, row: last }, ...(withRuns ? own.flatMap((row) => runOf(point, row)) : [])];
}

/** One run of a repeated task, which can be returned to alone. */
function runOf(point: PastTask, row: PointRow): readonly FoundPoint[] {
	const task = String(row.task);
	return task === point.task ? [] : [{ point: { ...point, task, seq: row.completed_seq }, row }];
}

function newestFirst(a: PastTask, b: PastTask): number {
	return b.seq - a.seq;
}
