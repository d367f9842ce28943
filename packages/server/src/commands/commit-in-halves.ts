import type { InstanceWrite } from '../storage/instance-write.ts';

/** Writes each instance whole or not at all and says which it wrote; throws where it wrote nothing. */
export type CommitBatch = (writes: readonly InstanceWrite[]) => Promise<readonly boolean[]>;

/** A write, and who waits for it. */
export interface WaitingWrite {
	readonly write: InstanceWrite;
	readonly resolve: (won: boolean) => void;
	readonly reject: (error: unknown) => void;
}

export interface HalvingOptions {
	readonly commit: CommitBatch;
	/** True where some of a batch may go through without the others. */
	readonly isWorthHalving: (error: unknown) => boolean;
	/** What becomes of those that could not be written. */
	readonly onFailure: (batch: readonly WaitingWrite[], error: unknown) => void;
}

/** Commits a batch; where that fails, its halves, so that one bad write fails alone. Never throws. */
export async function commitInHalves(batch: readonly WaitingWrite[], options: HalvingOptions): Promise<void> {
	try {
		const won = await options.commit(batch.map(({ write }) => write));
		for (const [index, { resolve }] of batch.entries()) resolve(won[index] === true);
	} catch (error) {
		if (batch.length === 1 || !options.isWorthHalving(error)) {
			options.onFailure(batch, error);
			return;
		}
		const middle = batch.length >> 1;
		await commitInHalves(batch.slice(0, middle), options);
		await commitInHalves(batch.slice(middle), options);
	}
}

export function rejectAll(batch: readonly WaitingWrite[], error: unknown): void {
	for (const { reject } of batch) reject(error);
}
