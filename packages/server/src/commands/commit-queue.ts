import { createBatches } from '../storage/batches.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';

/** A batch also ends at this many bytes of JSON. */
const MAX_BYTES = 4_000_000;

export interface CommitQueue {
	/** True once the instance is written; false where it was changed meanwhile and nothing was written. */
	commit(write: InstanceWrite): Promise<boolean>;
}

export interface CommitQueueOptions {
	/** Writes each instance whole or not at all and says which it wrote; throws where it wrote nothing. */
	readonly commitBatch: (writes: readonly InstanceWrite[]) => Promise<readonly boolean[]>;
	/** True where the values of a write are to blame for an error, so that the others would go through without it. */
	readonly isCausedByData: (error: unknown) => boolean;
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

interface Waiting {
	readonly write: InstanceWrite;
	readonly resolve: (won: boolean) => void;
	readonly reject: (error: unknown) => void;
}

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
	isCausedByData,
	limits = COMMIT_LIMITS,
	underWay,
	isSharded = false,
}: CommitQueueOptions): CommitQueue {
	function maxWrites(): number {
		const share = Math.ceil(underWay() / limits.inFlight);
		return Math.min(limits.writes, Math.max(share, 1));
	}

	/** Never throws: every write gets its own answer. */
	async function commitTogether(batch: readonly Waiting[]): Promise<void> {
		try {
			const won = await commitBatch(batch.map(({ write }) => write));
			for (const [index, { resolve }] of batch.entries()) resolve(won[index] === true);
		} catch (error) {
			if (batch.length === 1 || !isCausedByData(error)) {
				for (const { reject } of batch) reject(error);
				return;
			}
			// One bad write fails alone: halve until it is found.
			const middle = batch.length >> 1;
			await commitTogether(batch.slice(0, middle));
			await commitTogether(batch.slice(middle));
		}
	}

	const put = createBatches<Waiting>({
		stage: 'write',
		inFlight: limits.inFlight,
		tenantOf: ({ write }) => write.facts.tenant,
		isSharded,
		size: (together) => batchSize(together, maxWrites()),
		work: commitTogether,
	});
	return {
		commit: (write) => new Promise((resolve, reject) => put({ write, resolve, reject })),
	};
}

function batchSize(waiting: readonly Waiting[], maxWrites: number): number {
	let bytes = 0;
	for (const [index, { write }] of waiting.entries()) {
		bytes += write.state.length;
		if (index === maxWrites || (bytes > MAX_BYTES && index > 0)) return index;
	}
	return waiting.length;
}
