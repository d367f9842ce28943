import { createBatches } from '../storage/batches.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';
import { type CommitBatch, commitInHalves, rejectAll, type WaitingWrite } from './commit-in-halves.ts';
import { type HeldUpOptions, HeldUpWrites } from './held-up-writes.ts';
import { writeWeight } from './write-weight.ts';

/** A batch also ends at this much (write-weight.ts): what is more than that goes alone. */
const MAX_WEIGHT = 4_000_000;

export interface CommitQueue {
	/** True once the instance is written; false where it was changed meanwhile and nothing was written. */
	commit(write: InstanceWrite): Promise<boolean>;
}

export interface CommitQueueOptions extends Omit<HeldUpOptions, 'isSharded'> {
	readonly commitBatch: CommitBatch;
	readonly limits?: CommitLimits;
	/** Commands that the process has taken and not yet answered, those of the waiting writes included. */
	readonly underWay: () => number;
	/** True where a batch has to be of one tenant. */
	readonly isSharded?: boolean;
}

export interface CommitLimits {
	/** Two: while PostgreSQL works on one batch, the next one is collected and sent, and its disk never waits for us. */
	readonly inFlight: number;
	/** Instances in a batch at most. */
	readonly writes: number;
}

export const COMMIT_LIMITS: CommitLimits = { inFlight: 2, writes: 256 };

/**
 * Micro-batching without a timer: a write goes at the end of this turn of the event loop, together with all others of
 * the turn, as the requests that arrived together are decided in one; what comes while two batches are in flight goes
 * together in the next. An instance has at most one write here at a time (instance-lanes.ts).
 *
 * A batch takes no more than its share of all commands under way. With everybody in one batch, process and database would
 * take turns: each idle while the other works on all of them.
 */
export function createCommitQueue({
	commitBatch,
	commitApart,
	isCausedByData,
	isHeldUp,
	limits = COMMIT_LIMITS,
	underWay,
	isSharded = false,
}: CommitQueueOptions): CommitQueue {
	const heldUp = new HeldUpWrites({ commitApart, isCausedByData, isHeldUp, isSharded });

	function maxWrites(): number {
		const share = Math.ceil(underWay() / limits.inFlight);
		return Math.min(limits.writes, Math.max(share, 1));
	}

	const put = createBatches<WaitingWrite>({
		stage: 'write',
		inFlight: limits.inFlight,
		tenantOf: ({ write }) => write.facts.tenant,
		isSharded,
		size: (together) => batchSize(together, maxWrites()),
		work: (batch) =>
			commitInHalves(batch, {
				commit: commitBatch,
				isWorthHalving: isCausedByData,
				onFailure: (failed, error) => (isHeldUp(error) ? heldUp.takeOver(failed, error) : rejectAll(failed, error)),
			}),
	});
	return {
		commit: (write) =>
			new Promise((resolve, reject) => {
				const waiting = { write, resolve, reject };
				if (heldUp.has(write)) heldUp.put(waiting);
				else put(waiting);
			}),
	};
}

function batchSize(waiting: readonly WaitingWrite[], maxWrites: number): number {
	let weight = 0;
	for (const [index, { write }] of waiting.entries()) {
		weight += writeWeight(write);
		if (index === maxWrites || (weight > MAX_WEIGHT && index > 0)) return index;
	}
	return waiting.length;
}
