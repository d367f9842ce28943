import type { EngineEvent } from '@sendback/engine/events.ts';
import type { LogAnswer } from '@sendback/engine/questions.ts';
import type { RollbackId, Seq, TaskId, TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { FindAnswer } from '../../commands/idempotency.ts';
import type { LiveInstance, LoadInstance, StoredInstance } from '../../commands/live-instance.ts';
import type { ReadLog } from '../../commands/log-from.ts';
import type { FlowService, InstanceId, TenantId } from '../../services.ts';
import { isDecimalId, isStorable } from '../decimal-id.ts';
import { readEvents, readState } from '../documents.ts';
import { LruCache } from '../lru-cache.ts';
import { shareReads } from '../share-reads.ts';
import { type BatchLoader, createBatchLoader, type LoaderKey } from './batch-loader.ts';
import { run } from './connect.ts';

/** What commands read. Reads of the same kind that wait go together in one statement. */
export interface CommandStore {
	readonly load: LoadInstance;
	readonly instanceOf: (tenant: TenantId, task: TaskId) => Promise<InstanceId | null>;
	/** Saves a look-up: a new task is likely to be decided here. */
	readonly rememberTask: (tenant: TenantId, task: TaskId, instance: InstanceId) => void;
	/** What a key answered says what it is: whoever repeats a request asks for the same kind of answer. */
	readonly findAnswer: FindAnswer<never>;
	readonly instanceOfRollback: (tenant: TenantId, rollback: RollbackId) => Promise<InstanceId | null>;
	readonly readLog: ReadLog;
	readonly readLogSince: (instance: LiveInstance, seq: Seq) => Promise<readonly EngineEvent[]>;
}

/** A task never moves to another instance. */
const CACHED_TASKS = 50_000;

export function createCommandStore(pool: pg.Pool, findFlow: FlowService['find'], isSharded: boolean): CommandStore {
	const instances = loaderOf<InstanceRow>(pool, 'load-instances', isSharded);
	const tasks = loaderOf<{ index: number; instance_id: number }>(pool, 'find-task-instances', isSharded);
	const answers = loaderOf<{ index: number; fingerprint: string; result: string }>(pool, 'find-answers', isSharded);
	const instanceOfTask = new LruCache<InstanceId>(CACHED_TASKS);

	const shared = shareReads<InstanceId | null>();

	async function findInstance(tenant: TenantId, task: TaskId): Promise<InstanceId | null> {
		const row = isDecimalId(task) ? await tasks(tenant, task) : null;
		if (row === null) return null;
		instanceOfTask.set(`${tenant}/${task}`, String(row.instance_id));
		return String(row.instance_id);
	}

	return {
		load: async (tenant, instance) => {
			const row = isDecimalId(instance) ? await instances(tenant, instance) : null;
			return row === null ? null : storedInstance(tenant, instance, row, findFlow);
		},
		instanceOf: (tenant, task) => {
			const key = `${tenant}/${task}`;
			const cached = instanceOfTask.get(key);
			if (cached !== undefined) return Promise.resolve(cached);
			// Commands on one task that come together share one look-up, and so keep their order.
			return shared(key, () => findInstance(tenant, task));
		},
		rememberTask: (tenant, task, instance) => instanceOfTask.set(`${tenant}/${task}`, instance),
		findAnswer: async (tenant, key) => {
			const row = isStorable(key) ? await answers(tenant, key) : null;
			if (row === null) return null;
			return { fingerprint: row.fingerprint, result: JSON.parse(row.result) as never };
		},
		instanceOfRollback: async (tenant, rollback) => {
			if (!isDecimalId(rollback)) return null;
			const [row] = await run<{ instance_id: number }>(pool, 'find-rollback', [tenant, rollback]);
			return row === undefined ? null : String(row.instance_id);
		},
		readLog: (instance, task, anyRun) => readLog(pool, instance, task, anyRun),
		readLogSince: (instance, seq) => readLogSince(pool, instance, seq),
	};
}

function loaderOf<Row extends { readonly index: number }>(
	pool: pg.Pool,
	name: string,
	isSharded: boolean,
): BatchLoader<Row> {
	return createBatchLoader<Row>(async (keys: readonly LoaderKey[]) => {
		const values = [keys.map((_, index) => index), keys.map(({ tenant }) => tenant), keys.map(({ key }) => key)];
		const found = new Map((await run<Row>(pool, name, values)).map((row) => [row.index, row]));
		return keys.map((_, index) => found.get(index) ?? null);
	}, isSharded);
}

interface InstanceRow {
	readonly index: number;
	readonly version: number;
	readonly state: string;
	readonly namespace: string;
	readonly flow_id: string;
	readonly flow_version: number;
	readonly initiator: string;
	readonly business_key: string | null;
	readonly started_at: TimeMs;
	readonly ended_at: TimeMs | null;
}

async function storedInstance(
	tenant: TenantId,
	id: InstanceId,
	row: InstanceRow,
	findFlow: FlowService['find'],
): Promise<StoredInstance> {
	const { namespace, flow_id: flowId, flow_version: flowVersion } = row;
	const flow = await findFlow(tenant, namespace, flowId, flowVersion);
	if (flow === null)
		throw new Error(`bug: instance ${id} runs version ${flowVersion} of ${flowId}, which is not there`);
	const facts = {
		tenant,
		id,
		namespace,
		flowId,
		flowVersion,
		initiator: row.initiator,
		businessKey: row.business_key,
		startedAt: row.started_at,
	};
	const state = readState(row.state);
	return {
		instance: { facts, model: flow.model, version: row.version, state, endedAt: row.ended_at },
		text: row.state,
	};
}

interface CompletionRow {
	readonly instance_id: number;
	readonly completed_seq: number;
	readonly completed_position: number;
}

async function readLog(
	pool: pg.Pool,
	{ facts, version }: LiveInstance,
	task: TaskId,
	anyRun: boolean,
): Promise<LogAnswer['log']> {
	if (!isDecimalId(task)) return null;
	const { tenant, id } = facts;
	// A completion after the version belongs to a state that is not the one asked about.
	const [completion] = await run<CompletionRow>(pool, 'find-completion', [tenant, task, version, anyRun]);
	if (completion === undefined || String(completion.instance_id) !== id) return null;
	const steps = await run<{ events: string }>(pool, 'read-steps', [tenant, id, completion.completed_position, version]);
	const events = steps.flatMap((step) => readEvents(step.events));
	const from = events.findIndex((event) => event.seq === completion.completed_seq);
	return { completion: completion.completed_seq, events: events.slice(from) };
}

async function readLogSince(
	pool: pg.Pool,
	{ facts, version }: LiveInstance,
	seq: Seq,
): Promise<readonly EngineEvent[]> {
	const { tenant, id } = facts;
	const [found] = await run<{ position: number }>(pool, 'find-position', [tenant, id, version, seq]);
	if (found === undefined) return [];
	const steps = await run<{ events: string }>(pool, 'read-steps', [tenant, id, found.position, version]);
	return steps.flatMap((step) => readEvents(step.events)).filter((event) => event.seq >= seq);
}
