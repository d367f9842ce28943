import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { InstanceId, TenantId } from '../services.ts';
import { readState } from '../storage/documents/documents.ts';
import type { InstanceFacts, Position } from '../storage/instance-write.ts';
import { LruCache } from '../storage/lru-cache.ts';

/** An instance as commands see it. */
export interface LiveInstance {
	readonly facts: InstanceFacts;
	readonly model: ProcessModel;
	/** Counts its commands; 0: it is about to be started. */
	readonly version: Position;
	/** Null exactly when version is 0. */
	readonly state: InstanceState | null;
	readonly endedAt: TimeMs | null;
}

/** Loads from storage; null where there is no such instance. */
export type LoadInstance = (tenant: TenantId, instance: InstanceId) => Promise<StoredInstance | null>;

export interface StoredInstance {
	readonly instance: LiveInstance;
	/** Its state as it is stored. */
	readonly text: string;
}

/** Models in memory, each there once. */
export interface KeptModels {
	/** Null for one that has no name here. */
	nameOf(model: ProcessModel): string | null;
	/** Null where it is not in memory any more. */
	named(name: string): ProcessModel | null;
}

/**
 * As stored text a state takes a fifth of the memory, nothing of the garbage collector's time, and is read in microseconds.
 * Only the name of the model is here: there may be as many models as instances, and each is larger than its instance.
 */
interface Kept extends Omit<LiveInstance, 'state' | 'model'> {
	readonly modelName: string;
	readonly text: string;
	/** Bytes of memory that it takes, about. */
	readonly weight: number;
}

/** Bytes, about. */
const CACHE_LIMIT = 50_000_000;
/** What an instance takes besides its text: its key, its facts and their texts. */
const REST_BYTES = 500;

/**
 * The live states used last. A cached state may be out of date, as other processes write too: then a commit based on
 * it loses, and a refusal based on it has to be judged again on a state that was read (settle-jobs.ts).
 */
export class LiveInstances {
	readonly #load: LoadInstance;
	readonly #models: KeptModels;
	readonly #cache = new LruCache<Kept>(CACHE_LIMIT, ({ weight }) => weight);

	constructor(load: LoadInstance, models: KeptModels) {
		this.#load = load;
		this.#models = models;
	}

	cached(tenant: TenantId, instance: InstanceId): LiveInstance | null {
		const kept = this.#cache.get(`${tenant}/${instance}`);
		if (kept === undefined) return null;
		const model = this.#models.named(kept.modelName);
		if (model === null) return null;
		const { facts, version, endedAt, text } = kept;
		return { facts, model, version, endedAt, state: readState(text) };
	}

	/** As it is committed now. */
	async read(tenant: TenantId, instance: InstanceId): Promise<LiveInstance | null> {
		const stored = await this.#load(tenant, instance);
		if (stored === null) return null;
		// A commit may have overtaken the read.
		const kept = this.#cache.get(`${tenant}/${instance}`);
		if (kept === undefined || kept.version < stored.instance.version) this.remember(stored);
		return stored.instance;
	}

	remember({ instance: { facts, model, version, endedAt }, text }: StoredInstance): void {
		const modelName = this.#models.nameOf(model);
		if (modelName === null) {
			this.forget(facts.tenant, facts.id);
			return;
		}
		// Counting the bytes also joins the pieces in which V8 keeps a text that was just written.
		const weight = Buffer.byteLength(text) + REST_BYTES;
		this.#cache.set(`${facts.tenant}/${facts.id}`, { facts, modelName, version, endedAt, text, weight });
	}

	forgetAll(): void {
		this.#cache.clear();
	}

	forget(tenant: TenantId, instance: InstanceId): void {
		this.#cache.delete(`${tenant}/${instance}`);
	}
}
