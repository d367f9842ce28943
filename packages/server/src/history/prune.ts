import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { InstanceId } from '../services.ts';
import { DAY_MS, firstIdOn } from '../storage/dated-ids.ts';
import { run } from '../storage/postgres/connect.ts';
import { Archive } from './archive.ts';
import { gently } from './gently.ts';
import { dropUnused, type LogPartition, listPartitions } from './log-months.ts';
import { allTenants, keepDaysOf, type Tenant } from './tenants.ts';

/** Instances read, and instances removed, in one statement. */
const PAGE = 500;
const BATCH = 50;
/** A block of ids lasts an hour and clocks differ: after this nothing starts in a month that is over. */
const MONTH_RESTS_MS = 2 * DAY_MS;

export interface PruneOptions {
	readonly now: TimeMs;
	/** Only this one's; null: those of all tenants that do not keep everything. */
	readonly tenant: string | null;
	/** Says what would be removed, and removes nothing. */
	readonly dryRun: boolean;
	/** A folder in which to write instances before they are removed; null: they are not written. */
	readonly archive: string | null;
	readonly progress: (message: string) => void;
}

export interface Pruned {
	readonly instances: number;
	/** Names of the partitions of the log that were dropped. */
	readonly dropped: readonly string[];
}

/**
 * Removes what ended longer ago than its tenant keeps it, oldest first, in small pieces; what runs is never touched. It
 * can be broken off at any moment and begun again, and several can run beside each other and beside the servers.
 */
export async function prune(pool: pg.Pool, options: PruneOptions): Promise<Pruned> {
	const tenants: Tenant[] = [];
	for await (const tenant of allTenants(pool)) tenants.push(tenant);
	const archive = options.archive === null ? null : new Archive(pool, options.archive, options.now);
	let instances = 0;
	const dropped: string[] = [];
	const held: LogPartition[] = [];
	async function drop(partition: LogPartition): Promise<boolean> {
		const outcome = await dropUnused(pool, partition);
		if (outcome === 'dropped') {
			dropped.push(partition.name);
			options.progress(`${partition.name}: dropped`);
		}
		return outcome !== 'held';
	}
	for (const range of rangesOf(await listPartitions(pool))) {
		const pruning = new RangePruning(pool, options, archive, range, tenants);
		if (!pruning.isOld) break;
		const { removed, emptied } = await pruning.run();
		instances += removed;
		if (emptied === null) continue;
		// Each try keeps others waiting, and whoever holds one of them most often holds all.
		if (held.length > 0 || !(await drop(emptied))) held.push(emptied);
	}
	for (let next = held.shift(); next !== undefined; next = held.shift()) {
		if (await drop(next)) continue;
		const names = [next, ...held].map(({ name }) => name).join(', ');
		options.progress(
			`${names}: emptied, but in use, as by a transaction that has read the log; the next prune drops them`,
		);
		break;
	}
	return { instances, dropped };
}

interface IdRange {
	readonly from: number;
	readonly to: number;
	/** Null where the log of these ids is in steps_rest. */
	readonly partition: LogPartition | null;
}

/** All ids there can be, cut as the log is. */
function rangesOf(partitions: readonly LogPartition[]): readonly IdRange[] {
	const ranges: IdRange[] = [];
	let next = 0;
	for (const partition of partitions) {
		const from = partition.from ?? 0;
		if (next < from) ranges.push({ from: next, to: from, partition: null });
		ranges.push({ from, to: partition.to, partition });
		next = partition.to;
	}
	return [...ranges, { from: next, to: Number.MAX_SAFE_INTEGER, partition: null }];
}

interface Page {
	/** Null after the last page. */
	readonly last: number | null;
	readonly seen: number;
	readonly expired: readonly InstanceId[];
}

class RangePruning {
	readonly #pool: pg.Pool;
	readonly #options: PruneOptions;
	readonly #archive: Archive | null;
	readonly #range: IdRange;
	readonly #tenants: readonly Tenant[];

	constructor(
		pool: pg.Pool,
		options: PruneOptions,
		archive: Archive | null,
		range: IdRange,
		tenants: readonly Tenant[],
	) {
		this.#pool = pool;
		this.#options = options;
		this.#archive = archive;
		this.#range = range;
		this.#tenants = tenants;
	}

	/** Whether anything of it can have ended long enough ago. */
	get isOld(): boolean {
		return this.#tenants.some((tenant) => this.#range.from < this.#end(tenant));
	}

	/** Of what is emptied the log is still there, and is to be dropped; if that is broken off, the next prune finds it so. */
	async run(): Promise<{ readonly removed: number; readonly emptied: LogPartition | null }> {
		const { partition } = this.#range;
		const { dryRun, progress } = this.#options;
		const found = await this.#survey();
		const where = partition?.name ?? 'steps_rest';
		if (found.expired > 0) progress(`${where}: ${found.expired} instances to remove, ${found.kept} to keep`);
		if (dryRun) return { removed: found.expired, emptied: null };
		const isEmptied = partition !== null && this.#isOver && found.kept === 0;
		// What is dropped need not be deleted before.
		const removed = await this.#remove(!isEmptied);
		if (removed > 0) progress(`${where}: removed ${removed} instances`);
		return { removed, emptied: isEmptied ? partition : null };
	}

	async #survey(): Promise<{ expired: number; kept: number }> {
		let expired = 0;
		let kept = 0;
		for (const tenant of this.#tenants) {
			for await (const page of this.#pages(tenant)) {
				expired += page.expired.length;
				kept += page.seen - page.expired.length;
				// Nobody asks how much a tenant has that keeps everything.
				if (this.#cutoff(tenant) === null) break;
			}
		}
		return { expired, kept };
	}

	async #remove(withSteps: boolean): Promise<number> {
		let removed = 0;
		for (const tenant of this.#tenants) {
			const cutoff = this.#cutoff(tenant);
			if (cutoff !== null) removed += await this.#removeOf(tenant, cutoff, withSteps);
		}
		return removed;
	}

	async #removeOf(tenant: Tenant, cutoff: TimeMs, withSteps: boolean): Promise<number> {
		let removed = 0;
		for await (const { expired } of this.#pages(tenant)) {
			for (let index = 0; index < expired.length; index += BATCH) {
				if ((await keepDaysOf(this.#pool, tenant.id)) !== tenant.keepDays) {
					this.#options.progress(`${tenant.id}: how long it keeps what ended was changed; the next prune goes by that`);
					return removed;
				}
				const ids = expired.slice(index, index + BATCH);
				await this.#archive?.add(tenant.id, ids);
				const values = [tenant.id, ids, cutoff, withSteps];
				const [row] = await gently(() => run<{ removed: number }>(this.#pool, 'remove-instances', values));
				removed += row?.removed ?? 0;
			}
		}
		return removed;
	}

	/** The instances of the range, whatever became of them; of a month that is not over only those that are old enough. */
	async *#pages(tenant: Tenant): AsyncGenerator<Page> {
		const { from, to } = this.#range;
		const end = this.#isOver ? to : Math.min(to, this.#end(tenant));
		const cutoff = this.#cutoff(tenant) ?? 0;
		for (let after: number | null = from - 1; after !== null; ) {
			const page = await this.#page([tenant.id, after, end, cutoff, PAGE]);
			yield page;
			after = page.last;
		}
	}

	async #page(values: readonly unknown[]): Promise<Page> {
		const [page] = await run<Page>(this.#pool, 'survey-instances', values);
		if (page === undefined) throw new Error('bug: a survey is always one row');
		return page;
	}

	/** Whether its month is past: nothing starts in it any more. */
	get #isOver(): boolean {
		return this.#range.to <= firstIdOn(this.#options.now - MONTH_RESTS_MS);
	}

	/** What ended before this may go; null: nothing may. */
	#cutoff({ id, keepDays }: Tenant): TimeMs | null {
		const { tenant, now } = this.#options;
		return keepDays === null || (tenant !== null && tenant !== id) ? null : now - keepDays * DAY_MS;
	}

	/** Where the ids of what may go end: what ended before the cutoff was started before it, within the block's hour. */
	#end(tenant: Tenant): number {
		const cutoff = this.#cutoff(tenant);
		return cutoff === null ? 0 : firstIdOn(cutoff + DAY_MS);
	}
}
