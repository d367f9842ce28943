import type pg from 'pg';
import type { Compensations } from '../commands/without-workers.ts';
import type { Clock } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';

/** Longer than any command takes; after that a process that died in between holds up nobody. */
const RESERVED_MS = 60_000;

export function createCompensations(pool: pg.Pool, clock: Clock): Compensations {
	return {
		reserve: async (tenant, rollback) => {
			const [row] = await run<{ compensations: number; reserved: number }>(pool, 'reserve-compensations', [
				tenant,
				rollback,
				clock.now() + RESERVED_MS,
			]);
			return row === undefined || row.compensations === row.reserved;
		},
		release: async (tenant, rollback) => {
			await run(pool, 'release-compensations', [tenant, rollback]);
		},
	};
}
