import type { RollbackId, TaskId, TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { FindAnswer } from '../../commands/idempotency.ts';
import type { LoadInstance, StoredInstance } from '../../commands/live-instance.ts';
import type { FlowService, InstanceId, TenantId } from '../../services.ts';
import { isDecimalId, isStorable } from '../decimal-id.ts';
import { readState } from '../documents/documents.ts';
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
	/** Of which instances the tasks are. */
	readonly forgetAll: () => void;
}

/** A task never moves to another instance. */
const CACHED_TASKS = 50_000;

export function createCommandStore(pool: pg.Pool, findFlow: FlowService['find'], isSharded: boolean): CommandStore {
	const instances = createRowLoader<EntryKey, InstanceRow>(pool, 'load-instances', entryParameters, isSharded);
	const tasks = createRowLoader<EntryKey, TaskRow>(pool, 'find-task-instances', entryParameters, isSharded);
	const answers = createRowLoader<EntryKey, AnswerRow>(pool, 'find-answers', entryParameters, isSharded);
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
