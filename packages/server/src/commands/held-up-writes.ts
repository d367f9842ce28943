import { createBatches } from '../storage/batches.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';
import { type CommitBatch, commitInHalves, rejectAll, type WaitingWrite } from './commit-in-halves.ts';

/** An instance that was held up goes apart until it is written, or for as long as this after it last was not. */
const APART_MS = 60_000;
/** A batch is halved for as long: where a whole table is locked each half would wait again. */
const HALVING_MS = 2_000;
const MAX_WRITES = 256;

export interface HeldUpOptions {
	/** Gives up on a lock within a moment, on a connection that nobody else waits for. */
	readonly commitApart: CommitBatch;
	readonly isCausedByData: (error: unknown) => boolean;
	/** True where nothing was written, as somebody else had locked a row of it, or as it took too long. */
	readonly isHeldUp: (error: unknown) => boolean;
	/** True where a batch has to be of one tenant. */
	readonly isSharded: boolean;
}

/**
 * A row that somebody keeps locked would have every batch wait that a command on its instance is in, and such commands are
 * repeated. So a batch that was held up goes on here, beside the others: halved until what holds it up is alone. That one
 * fails, and what comes of its instance after it goes here at once.
 */
export class HeldUpWrites {
	/** By instance: until when it goes apart. */
	readonly #instances = new Map<string, number>();
	readonly #put: (waiting: WaitingWrite) => void;

	constructor({ commitApart, isCausedByData, isHeldUp, isSharded }: HeldUpOptions) {
		this.#put = createBatches<WaitingWrite>({
			stage: 'write',
			inFlight: 1,
			tenantOf: ({ write }) => write.facts.tenant,
			isSharded,
			size: () => MAX_WRITES,
			work: (batch) => {
				const until = performance.now() + HALVING_MS;
				return commitInHalves(batch, {
					commit: async (writes) => {
						const won = await commitApart(writes);
						for (const write of writes) this.#instances.delete(keyOf(write));
						return won;
					},
					isWorthHalving: (error) => isCausedByData(error) || (isHeldUp(error) && performance.now() < until),
					onFailure: (failed, error) => (isHeldUp(error) ? this.#fail(failed, error) : rejectAll(failed, error)),
				});
			},
		});
	}

	/** Whether its instance was held up lately. */
	has(write: InstanceWrite): boolean {
		if (this.#instances.size === 0) return false;
		const until = this.#instances.get(keyOf(write));
		return until !== undefined && performance.now() < until;
	}

	put(waiting: WaitingWrite): void {
		this.#put(waiting);
	}

	/** Goes on with a batch that was held up by some of it, or by the one that it is. */
	takeOver(batch: readonly WaitingWrite[], error: unknown): void {
		if (batch.length === 1) this.#fail(batch, error);
		else for (const waiting of batch) this.#put(waiting);
	}

	#fail(batch: readonly WaitingWrite[], error: unknown): void {
		const [only] = batch;
		if (only !== undefined && batch.length === 1) this.#remember(keyOf(only.write));
		rejectAll(batch, error);
	}

	#remember(instance: string): void {
		const now = performance.now();
		for (const [each, until] of this.#instances) if (until < now) this.#instances.delete(each);
		this.#instances.set(instance, now + APART_MS);
	}
}

function keyOf({ facts }: InstanceWrite): string {
	return `${facts.tenant}/${facts.id}`;
}
