import { atEndOfTurn } from '../end-of-turn.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';
import { goesWithFirst, takeOut } from '../storage/one-tenant.ts';

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
	const waiting: Waiting[] = [];
	let inFlight = 0;
	let isPumpDue = false;

	function pump(): void {
		isPumpDue = false;
		while (inFlight < limits.inFlight && waiting.length > 0) {
			inFlight++;
			void commitTogether(takeBatch()).finally(() => {
				inFlight--;
				pumpSoon();
			});
		}
	}

	function takeBatch(): readonly Waiting[] {
		const together = goesWithFirst(waiting, ({ write }) => write.facts.tenant, isSharded);
		const share = Math.ceil(underWay() / limits.inFlight);
		const batch = together.slice(0, batchSize(together, Math.min(limits.writes, Math.max(share, 1))));
		takeOut(waiting, batch);
		return batch;
	}

	function pumpSoon(): void {
		if (isPumpDue || inFlight === limits.inFlight || waiting.length === 0) return;
		isPumpDue = true;
		atEndOfTurn('write', pump);
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

	return {
		commit: (write) =>
			new Promise((resolve, reject) => {
				waiting.push({ write, resolve, reject });
				pumpSoon();
			}),
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
