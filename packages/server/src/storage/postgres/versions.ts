import { createHash } from 'node:crypto';
import { completeNames } from '@sendback/engine/expressions/complete-names.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { ModelProblem, TenantId } from '../../services.ts';
import { isStorable } from '../decimal-id.ts';
import { LruCache } from '../lru-cache.ts';
import { shareReads } from '../share-reads.ts';
import type { BatchLoader } from './batch-loader.ts';
import { run } from './connect.ts';
import { createRowLoader } from './row-loader.ts';
import { isUniqueViolation } from './server-errors.ts';

/** Bytes of memory that the versions used last take, about: twice the largest that there can be, and room for others. */
const CACHE_LIMIT = 64_000_000;
/** What a model takes for each character of its JSON, measured. */
const MODEL_BYTES = 1.5;
/** Deployments of one thing at the same moment that this one may lose against. */
const ATTEMPTS = 10;

/** Where versions are stored: a table, and statements that have the same parameters and columns for each. */
export interface VersionStatements {
	readonly table: string;
	readonly deploy: string;
	readonly find: string;
	readonly latest: string;
}

/** One version of what was deployed under an id, be it a flow or a decision. */
export interface StoredVersion<Model> {
	readonly version: number;
	readonly model: Model;
	readonly xml: string;
	readonly warnings: readonly ModelProblem[];
	readonly deployedAt: TimeMs;
}

interface VersionRow {
	readonly version: number;
	readonly xml: string;
	readonly model: string;
	readonly warnings: string;
	readonly deployed_at: number;
}

interface LatestKey {
	readonly tenant: TenantId;
	readonly namespace: string;
	readonly id: string;
}

interface LatestRow {
	readonly index: number;
	readonly version: number;
}

interface KeptVersion<Model> {
	readonly found: StoredVersion<Model>;
	readonly weight: number;
}

/** A version is never changed, so it is cached for ever; which one is the latest is asked each time. */
export class Versions<Model extends ProcessModel | DecisionModel> {
	readonly #pool: pg.Pool;
	readonly #statements: VersionStatements;
	readonly #latest: BatchLoader<LatestKey, LatestRow>;
	readonly #cache = new LruCache<KeptVersion<Model>>(CACHE_LIMIT, ({ weight }) => weight);
	readonly #names = new WeakMap<Model, string>();
	readonly #shared = shareReads<StoredVersion<Model> | null>();

	constructor(pool: pg.Pool, statements: VersionStatements, isSharded: boolean) {
		this.#pool = pool;
		this.#statements = statements;
		this.#latest = createRowLoader(
			pool,
			statements.latest,
			(keys: readonly LatestKey[]) => [
				keys.map(({ tenant }) => tenant),
				keys.map(({ namespace }) => namespace),
				keys.map(({ id }) => id),
			],
			isSharded,
		);
	}

	/** The number of the version that has this content now. `more`: further parameters of the statement. */
	async deploy(
		key: readonly [tenant: TenantId, namespace: string, id: string],
		deployed: Omit<StoredVersion<Model>, 'version'>,
		more: readonly unknown[] = [],
	): Promise<number> {
		const { xml, model, warnings, deployedAt } = deployed;
		const content = createHash('sha256').update(xml).digest();
		const values = [...key, content, xml, JSON.stringify(model), JSON.stringify(warnings), deployedAt, ...more];
		const { deploy, table } = this.#statements;
		for (let attempt = 1; ; attempt++) {
			try {
				const [row] = await run<{ version: number }>(this.#pool, deploy, values);
				if (row === undefined) throw new Error('bug: a deployment gave no version');
				return row.version;
			} catch (error) {
				if (!isUniqueViolation(error, table) || attempt >= ATTEMPTS) throw error;
			}
		}
	}

	/** `version` null: the latest. Null where there is none. */
	async find(
		tenant: TenantId,
		namespace: string,
		id: string,
		version: number | null,
	): Promise<StoredVersion<Model> | null> {
		if (!isStorable(namespace) || !isStorable(id)) return null;
		if (version !== null) return this.#findVersion([tenant, namespace, id, version]);
		const [latest] = await this.#latest({ tenant, namespace, id });
		return latest === undefined ? null : this.#findVersion([tenant, namespace, id, latest.version]);
	}

	/** What a model that was found here is called, for whoever keeps only that. */
	nameOf(model: Model): string | null {
		return this.#names.get(model) ?? null;
	}

	/** At once, and so only what is in memory: the one that is shared by all who ask. */
	named(name: string): Model | null {
		return this.#cache.get(name)?.found.model ?? null;
	}

	forgetAll(): void {
		this.#cache.clear();
	}

	async #findVersion(values: readonly unknown[]): Promise<StoredVersion<Model> | null> {
		const name = JSON.stringify(values);
		return this.#cache.get(name)?.found ?? this.#shared(name, () => this.#read(name, values));
	}

	async #read(name: string, values: readonly unknown[]): Promise<StoredVersion<Model> | null> {
		const [row] = await run<VersionRow>(this.#pool, this.#statements.find, values);
		if (row === undefined) return null;
		const model = JSON.parse(row.model) as Model;
		completeNames(model);
		const found: StoredVersion<Model> = {
			version: row.version,
			model,
			xml: row.xml,
			warnings: JSON.parse(row.warnings) as readonly ModelProblem[],
			deployedAt: row.deployed_at,
		};
		this.#names.set(model, name);
		this.#cache.set(name, { found, weight: row.xml.length + row.warnings.length + MODEL_BYTES * row.model.length });
		return found;
	}
}
