import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Compensations } from '../commands/without-workers.ts';
import type { Clock } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';

/** Longer than any command takes; after that a process that died in between holds up nobody. */
const RESERVED_MS = 60_000;

export function createCompensations(pool: pg.Pool, clock: Clock): Compensations {
	return {
		reserve: async (tenant, rollback) => {
			// Several may have them locked at a time, and each gives back its own.
			const holder = `/${randomUUID()}`;
			const now = clock.now();
			const values = [tenant, rollback, now + RESERVED_MS, now, holder];
			const [row] = await run<{ compensations: number; reserved: number }>(pool, 'reserve-compensations', values);
			return {
				isWhole: row === undefined || row.compensations === row.reserved,
				release: async () => {
					await run(pool, 'release-compensations', [tenant, rollback, holder]);
				},
			};
		},
	};
}
