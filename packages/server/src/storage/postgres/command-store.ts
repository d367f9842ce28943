import type { EngineEvent } from '@sendback/engine/events.ts';
import type { LogAnswer } from '@sendback/engine/questions.ts';
import type { RollbackId, Seq, TaskId, TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { FindAnswer } from '../../commands/idempotency.ts';
import type { LiveInstance, LoadInstance, StoredInstance } from '../../commands/live-instance.ts';
import type { ReadLog } from '../../commands/log-from.ts';
import type { FlowService, InstanceId, TenantId } from '../../services.ts';
import { isDecimalId, isStorable } from '../decimal-id.ts';
import { readEvents, readState } from '../documents/documents.ts';
import type { Position } from '../instance-write.ts';
import { LruCache } from '../lru-cache.ts';
import { shareReads } from '../share-reads.ts';
import type { LoaderKey } from './batch-loader.ts';
import { run } from './connect.ts';
import { createRowLoader } from './row-loader.ts';

/** What commands read. Reads of the same kind that come together go in one statement. */
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
	/** Of which instances the tasks are. */
	readonly forgetAll: () => void;
}

/** A task never moves to another instance. */
const CACHED_TASKS = 50_000;

export function createCommandStore(pool: pg.Pool, findFlow: FlowService['find'], isSharded: boolean): CommandStore {
	const instances = createRowLoader<EntryKey, InstanceRow>(pool, 'load-instances', entryParameters, isSharded);
	const tasks = createRowLoader<EntryKey, TaskRow>(pool, 'find-task-instances', entryParameters, isSharded);
	const answers = createRowLoader<EntryKey, AnswerRow>(pool, 'find-answers', entryParameters, isSharded);
	const logs = createRowLoader<LogKey, LogRow>(pool, 'read-logs', logParameters, isSharded);
	const instanceOfTask = new LruCache<InstanceId>(CACHED_TASKS);

	const shared = shareReads<InstanceId | null>();

	async function findInstance(tenant: TenantId, task: TaskId): Promise<InstanceId | null> {
		const [row] = isDecimalId(task) ? await tasks({ tenant, key: task }) : [];
		if (row === undefined) return null;
		instanceOfTask.set(`${tenant}/${task}`, String(row.instance_id));
		return String(row.instance_id);
	}

	return {
		load: async (tenant, instance) => {
			const [row] = isDecimalId(instance) ? await instances({ tenant, key: instance }) : [];
			return row === undefined ? null : storedInstance(tenant, instance, row, findFlow);
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
			const [row] = isStorable(key) ? await answers({ tenant, key }) : [];
			if (row === undefined) return null;
			return { fingerprint: row.fingerprint, result: JSON.parse(row.result) as never };
		},
		instanceOfRollback: async (tenant, rollback) => {
			if (!isDecimalId(rollback)) return null;
			const [row] = await run<{ instance_id: number }>(pool, 'find-rollback', [tenant, rollback]);
			return row === undefined ? null : String(row.instance_id);
		},
		readLog: async ({ facts: { tenant, id }, version }, task, anyRun) => {
			const rows = isDecimalId(task) ? await logs({ tenant, instance: id, task, version, anyRun }) : [];
			return completeLog(pool, { tenant, id, version }, rows);
		},
		readLogSince: (instance, seq) => readLogSince(pool, instance, seq),
		forgetAll: () => instanceOfTask.clear(),
	};
}

/** One row of a table, by its id or key. */
interface EntryKey extends LoaderKey {
	readonly key: string;
}

function entryParameters(keys: readonly EntryKey[]): readonly unknown[] {
	return [keys.map(({ tenant }) => tenant), keys.map(({ key }) => key)];
}

interface TaskRow {
	readonly index: number;
	readonly instance_id: number;
}

interface AnswerRow {
	readonly index: number;
	readonly fingerprint: string;
	readonly result: string;
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

interface LogKey extends LoaderKey {
	readonly instance: InstanceId;
	readonly task: TaskId;
	/** A completion after it belongs to a state that is not the one asked about. */
	readonly version: Position;
	readonly anyRun: boolean;
}

interface LogRow {
	readonly index: number;
	readonly completed_seq: number;
	readonly completed_position: number;
	readonly events: string;
}

/** Steps of a log that are read together with those of others, at most. The rest of a longer one is read by itself. */
const STEPS_TOGETHER = 100;

function logParameters(keys: readonly LogKey[]): readonly unknown[] {
	const instances = keys.map(({ instance }) => Number(instance));
	return [
		keys.map(({ tenant }) => tenant),
		instances,
		keys.map(({ task }) => task),
		keys.map(({ version }) => version),
		keys.map(({ anyRun }) => anyRun),
		Math.min(...instances),
		Math.max(...instances),
		STEPS_TOGETHER,
	];
}

async function completeLog(
	pool: pg.Pool,
	{ tenant, id, version }: { readonly tenant: TenantId; readonly id: InstanceId; readonly version: Position },
	rows: readonly LogRow[],
): Promise<LogAnswer['log']> {
	const [first] = rows;
	if (first === undefined) return null;
	const { completed_seq: completion, completed_position: position } = first;
	const next = position + rows.length;
	const rest = next <= version ? await run<{ events: string }>(pool, 'read-steps', [tenant, id, next, version]) : [];
	const events = [...rows, ...rest].flatMap((step) => readEvents(step.events));
	return { completion, events: events.slice(events.findIndex(({ seq }) => seq === completion)) };
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
