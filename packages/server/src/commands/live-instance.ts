import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { InstanceId, TenantId } from '../services.ts';
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
	/** Length of its state as JSON: what it weighs in the cache. */
	readonly weight: number;
}

/** Characters of state JSON kept; as objects they take about five times as much memory. */
const CACHE_LIMIT = 8_000_000;

/**
 * The live states used last. A cached state may be out of date, as other processes write too: then a commit based on
 * it loses, and a refusal based on it has to be judged again on a state that was read (settle-jobs.ts).
 */
export class LiveInstances {
	readonly #load: LoadInstance;
	readonly #cache = new LruCache<StoredInstance>(CACHE_LIMIT);

	constructor(load: LoadInstance) {
		this.#load = load;
	}

	cached(tenant: TenantId, instance: InstanceId): LiveInstance | null {
		return this.#cache.get(`${tenant}/${instance}`)?.instance ?? null;
	}

	/** As it is committed now. */
	async read(tenant: TenantId, instance: InstanceId): Promise<LiveInstance | null> {
		const stored = await this.#load(tenant, instance);
		if (stored === null) return null;
		// A commit may have overtaken the read.
		const cached = this.cached(tenant, instance);
		if (cached === null || cached.version < stored.instance.version) this.remember(stored);
		return stored.instance;
	}

	remember(stored: StoredInstance): void {
		const { tenant, id } = stored.instance.facts;
		this.#cache.set(`${tenant}/${id}`, stored, stored.weight);
	}

	forget(tenant: TenantId, instance: InstanceId): void {
		this.#cache.delete(`${tenant}/${instance}`);
	}
}
