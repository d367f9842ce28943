import { IDS_PER_COMMAND } from '@sendback/engine/step-outcome.ts';

const FIRST_ID = 1_000_000_000_000_000;
const BLOCK_SIZE = 100_000;

/** Hands out ids of 16 digits from blocks that no other process has. */
export interface IdAllocator {
	/** Waits until a command has room. What it finds is only sure until the next await. */
	makeRoom(): Promise<void>;
	/** The next id that was not taken. Call after makeRoom, without an await between. */
	peek(): number;
	/** Says that all ids before this one are taken. */
	advanceTo(next: number): void;
}

/** Takes some ids that follow each other, at most as many as a command may take, and answers the first. */
export async function takeIds(ids: IdAllocator, count: number): Promise<number> {
	if (count > IDS_PER_COMMAND) throw new Error(`bug: ${count} ids are more than a command may take`);
	await ids.makeRoom();
	const first = ids.peek();
	ids.advanceTo(first + count);
	return first;
}

/** @param nextBlock the number of a block that nobody else gets */
export function createIdAllocator(nextBlock: () => Promise<number>): IdAllocator {
	let next = 0;
	let end = 0;
	let filling: Promise<void> | null = null;

	async function fill(): Promise<void> {
		try {
			const block = await nextBlock();
			next = FIRST_ID + block * BLOCK_SIZE;
			end = next + BLOCK_SIZE;
		} finally {
			filling = null;
		}
	}

	// Room for one more id than a command may take: the instance's own, or the rollback's.
	const hasRoom = () => end - next > IDS_PER_COMMAND;

	return {
		makeRoom: async () => {
			while (!hasRoom()) {
				filling ??= fill();
				await filling;
			}
		},
		peek: () => {
			if (!hasRoom()) throw new Error('bug: ids were taken without making room');
			return next;
		},
		advanceTo: (taken) => {
			if (taken < next || taken > end) throw new Error(`bug: id ${taken} is outside the block`);
			next = taken;
		},
	};
}
