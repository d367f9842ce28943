import type pg from 'pg';
import type { TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';

export interface Tenant {
	readonly id: TenantId;
	/** How many days after its end an instance is kept at least; null: for ever. */
	readonly keepDays: number | null;
}

const PAGE = 500;

export async function* allTenants(pool: pg.Pool): AsyncGenerator<Tenant> {
	for (let after = ''; ; ) {
		const rows = await run<{ tenant_id: string; keep_days: number | null }>(pool, 'list-tenants', [after, PAGE]);
		for (const { tenant_id: id, keep_days: keepDays } of rows) yield { id, keepDays };
		const last = rows.at(-1);
		if (last === undefined || rows.length < PAGE) return;
		after = last.tenant_id;
	}
}

/** As it is now; null: for ever. */
export async function keepDaysOf(pool: pg.Pool, tenant: TenantId): Promise<number | null> {
	const [row] = await run<{ keep_days: number | null }>(pool, 'find-keep-days', [tenant]);
	return row?.keep_days ?? null;
}
