import { type Refusal, refuse, TOO_BUSY } from '../refusals.ts';
import type { InstanceId, TenantId } from '../services.ts';
import { StorageUnavailable } from '../storage/storage-errors.ts';
import type { CommitQueue } from './commit-queue.ts';
import { type Decision, type Folded, foldJobs, type Job } from './fold-jobs.ts';
import type { LiveInstance, LiveInstances } from './live-instance.ts';
import { whyNotKept } from './state-limit.ts';
import type { StepDependencies } from './step-command.ts';

export interface SettleDependencies extends StepDependencies {
	readonly live: LiveInstances;
	readonly commits: CommitQueue;
	readonly isCausedByData: (error: unknown) => boolean;
}

/** Other processes that write the same instance can win against a command this often before it gives up. */
const ATTEMPTS = 20;

/** An instance, and what it is to be where it is not there yet. */
export interface CommandTarget {
	readonly tenant: TenantId;
	readonly id: InstanceId;
	/** Null for an instance that exists. */
	readonly fresh: LiveInstance | null;
}

/**
 * Decides commands of one instance together and commits them. An answer is given only on proven ground: acceptance
 * once it is committed; a refusal once the state it was judged on was committed, or was read as current.
 */
export async function settleJobs(
	deps: SettleDependencies,
	target: CommandTarget,
	jobs: readonly Job[],
): Promise<readonly Decision[]> {
	const { tenant, id, fresh } = target;
	let known = fresh ?? deps.live.cached(tenant, id);
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const isCurrent = known === null || known === fresh;
		known ??= await deps.live.read(tenant, id);
		if (known === null) return jobs.map(() => ({ kind: 'refused', refusal: refuse('instance-unknown') }));
		const folded = await foldJobs(deps, known, jobs).catch((error: unknown) => ({ error }));
		if ('error' in folded) return settleFailed(deps, target, jobs, folded.error, mayBeFaultOfOne(folded.error));
		const refusal = folded.outcome === null ? null : whyNotKept(folded.outcome.write.state, known.state);
		if (refusal !== null && jobs.length > 1) return oneByOne(deps, target, jobs);
		const { decisions, outcome } = refusal === null ? folded : refusedOnly(refusal);
		if (outcome === null && isCurrent) return decisions;
		if (outcome !== null) {
			try {
				if (await deps.commits.commit(outcome.write)) {
					deps.live.remember(outcome.next);
					return decisions;
				}
			} catch (error) {
				deps.live.forget(tenant, id);
				return settleFailed(deps, target, jobs, error, deps.isCausedByData(error));
			}
		}
		known = null;
	}
	return jobs.map(() => ({ kind: 'refused', refusal: TOO_BUSY }));
}

/** Nothing was sent yet, so all but an outage may be the fault of one of them. */
function mayBeFaultOfOne(error: unknown): boolean {
	return !(error instanceof StorageUnavailable);
}

/** Where it may be the fault of one of them, one after the other, so that only that one fails. */
async function settleFailed(
	deps: SettleDependencies,
	target: CommandTarget,
	jobs: readonly Job[],
	error: unknown,
	isFaultOfOne: boolean,
): Promise<readonly Decision[]> {
	if (jobs.length === 1 || !isFaultOfOne) return jobs.map(() => ({ kind: 'failed', error }));
	return oneByOne(deps, target, jobs);
}

async function oneByOne(
	deps: SettleDependencies,
	target: CommandTarget,
	jobs: readonly Job[],
): Promise<readonly Decision[]> {
	const decisions: Decision[] = [];
	for (const job of jobs) decisions.push(...(await settleJobs(deps, target, [job])));
	return decisions;
}

function refusedOnly(refusal: Refusal): Folded {
	return { decisions: [{ kind: 'refused', refusal }], outcome: null };
}
