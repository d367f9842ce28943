import type { TokenId } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { LoadInstance } from '../commands/live-instance.ts';
import { type RefusalCode, refuse } from '../refusals.ts';
import type { Answered, Clock, CommandService, JobReport, JobService, SubmittedCommand } from '../services.ts';
import { isDecimalId, isStorable } from '../storage/decimal-id.ts';
import { run } from '../storage/postgres/connect.ts';
import { fetchJobs } from './fetch-jobs.ts';
import { jobsAtRest, jobsOfInstance } from './list-jobs.ts';

export interface JobDependencies {
	readonly pool: pg.Pool;
	readonly clock: Clock;
	readonly commands: Pick<CommandService, 'submit'>;
	/** Reads an instance as it is committed now. */
	readonly load: LoadInstance;
}

/**
 * Rows of work, made and ended by the commits of commands; a worker's lock is between the worker and the row. Only
 * completing work and throwing an error are commands: then the instance decides, and its version proves who came first.
 */
export function createJobs({ pool, clock, commands, load }: JobDependencies): JobService {
	/** The job, as long as this worker has it. */
	async function findLocked({ tenant, job, worker }: JobReport): Promise<LockedJob | null> {
		if (!isDecimalId(job) || !isStorable(worker)) return null;
		const [row] = await run<{ instance_id: number; token_id: TokenId | null }>(pool, 'find-job', [
			tenant,
			job,
			worker,
			clock.now(),
		]);
		return row === undefined ? null : { instance: String(row.instance_id), token: row.token_id };
	}

	async function submit(report: JobReport, instance: string, command: SubmittedCommand): Promise<Answered<null>> {
		const { tenant } = report;
		const answer = await commands.submit({ tenant, target: { instance }, command, idempotency: null });
		if (answer.ok) return DONE;
		return ENDED.has(answer.refusal.code) ? notLocked(report) : answer;
	}

	return {
		fetch: (request) => fetchJobs({ pool, clock, load }, request),
		ofInstance: (tenant, instance, page) => jobsOfInstance({ pool, clock }, tenant, instance, page),
		atRest: (tenant, page) => jobsAtRest({ pool, clock }, tenant, page),
		complete: async (report) => {
			const found = await findLocked(report);
			if (found === null) return notLocked(report);
			const { instance, token } = found;
			if (token !== null) return submit(report, instance, { type: 'complete-job', token, variables: report.variables });
			const { tenant, job, worker } = report;
			const done = await run(pool, 'finish-compensation', [tenant, job, worker, clock.now()]);
			return done.length > 0 ? DONE : notLocked(report);
		},
		fail: async (report) => {
			const { tenant, job, worker, message, retries, retryAfterMs } = report;
			if (!isDecimalId(job) || !isStorable(worker)) return notLocked(report);
			const now = clock.now();
			const failure = message.replaceAll('\0', '');
			const values = [tenant, job, worker, now, failure, retries, now + retryAfterMs];
			return (await run(pool, 'fail-job', values)).length > 0 ? DONE : notLocked(report);
		},
		throwError: async (report) => {
			const { code, variables } = report;
			const found = await findLocked(report);
			if (found === null) return notLocked(report);
			const { instance, token } = found;
			// Nothing of a model is around a compensation.
			if (token === null) return { ok: false, refusal: refuse('error-not-caught', { code }) };
			return submit(report, instance, { type: 'throw-job-error', token, code, variables });
		},
		setRetries: async (tenant, job, retries) => {
			const set = isDecimalId(job) ? await run(pool, 'set-job-retries', [tenant, job, retries, clock.now()]) : [];
			return set.length > 0 ? DONE : { ok: false, refusal: refuse('job-unknown', { job }) };
		},
	};
}

interface LockedJob {
	readonly instance: string;
	/** Null for a compensation. */
	readonly token: TokenId | null;
}

const DONE = { ok: true, value: null } as const;

/** The work was done or withdrawn after its lock was looked at: no other answer than a moment later. */
const ENDED: ReadonlySet<RefusalCode> = new Set(['job-unknown', 'instance-not-open']);

function notLocked({ job, worker }: JobReport): Answered<null> {
	return { ok: false, refusal: refuse('job-not-locked', { job, worker }) };
}
