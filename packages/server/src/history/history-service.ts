import type pg from 'pg';
import type { Clock, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import { type LogPartition, listPartitions } from './log-months.ts';
import { type Pruned, type PruneOptions, prune } from './prune.ts';
import { allTenants, type Tenant } from './tenants.ts';

/** What an operator asks about history that has ended. Nothing of it goes without being asked for. */
export interface History {
	status(): Promise<{ readonly partitions: readonly LogPartition[]; readonly tenants: readonly Tenant[] }>;
	/** @param days null: for ever. @returns false where there is no such tenant */
	keep(tenant: TenantId, days: number | null): Promise<boolean>;
	prune(options: Omit<PruneOptions, 'now'>): Promise<Pruned>;
}

export function createHistory(pool: pg.Pool, clock: Clock): History {
	return {
		status: async () => {
			const tenants = [];
			for await (const tenant of allTenants(pool)) tenants.push(tenant);
			return { partitions: await listPartitions(pool), tenants };
		},
		keep: async (tenant, days) => (await run(pool, 'set-keep-days', [tenant, days])).length > 0,
		prune: (options) => prune(pool, { ...options, now: clock.now() }),
	};
}
