import type { TenantId } from './services.ts';

/** What waits, each for its tenant. Tenants take turns, so that each waits for one of another and not for all of them. */
export class TurnsOfTenants<Item> {
	/** First the tenant whose turn is next. */
	readonly #waiting = new Map<TenantId, Item[]>();

	/** How many of a tenant wait. */
	count(tenant: TenantId): number {
		return this.#waiting.get(tenant)?.length ?? 0;
	}

	put(tenant: TenantId, item: Item): void {
		const waiting = this.#waiting.get(tenant);
		if (waiting === undefined) this.#waiting.set(tenant, [item]);
		else waiting.push(item);
	}

	/** Whose turn it is; undefined where nothing waits. */
	next(): Item | undefined {
		const [turn] = this.#waiting;
		if (turn === undefined) return undefined;
		const [tenant, waiting] = turn;
		const item = waiting.shift();
		this.#waiting.delete(tenant);
		if (waiting.length > 0) this.#waiting.set(tenant, waiting);
		return item;
	}
}
