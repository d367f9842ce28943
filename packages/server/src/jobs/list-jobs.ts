import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { Clock, InstanceId, JobPage, OpenJob, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';
import { type JobFactsRow, jobFacts } from './job-facts.ts';

interface OpenRow extends JobFactsRow {
	readonly failure: string | null;
	readonly created_at: TimeMs;
	readonly worker: string | null;
	readonly locked_until: TimeMs;
}

interface ListDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
}

/** All work of an instance that is not done, by id. */
export async function jobsOfInstance(
	{ pool, clock }: ListDependencies,
	tenant: TenantId,
	instance: InstanceId,
	{ after, limit }: JobPage,
): Promise<readonly OpenJob[]> {
	return (await run<OpenRow>(pool, 'jobs-of-instance', [tenant, instance, after, limit, clock.now()])).map(openJob);
}

/** All work of a tenant that failed as often as it may, by id. */
export async function jobsAtRest(
	{ pool, clock }: ListDependencies,
	tenant: TenantId,
	{ after, limit }: JobPage,
): Promise<readonly OpenJob[]> {
	return (await run<OpenRow>(pool, 'jobs-at-rest', [tenant, after, limit, clock.now()])).map(openJob);
}

function openJob(row: OpenRow): OpenJob {
	return {
		...jobFacts(row),
		failure: row.failure,
		createdAt: row.created_at,
		lock: row.worker === null ? null : { worker: row.worker, until: row.locked_until },
	};
}
