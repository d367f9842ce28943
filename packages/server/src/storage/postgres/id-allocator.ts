import { IDS_PER_COMMAND } from '@sendback/engine/step-outcome.ts';
import type { TimeMs } from '@sendback/engine/terms.ts';
import { BLOCK_SIZE, firstIdOfBlock } from '../dated-ids.ts';

/** Then the rest of a block is given up, so that ids are of the day on which they are handed out, or almost. */
const BLOCK_LASTS_MS = 3_600_000;

/** Hands out ids of 16 digits from blocks that no other process has. */
export interface IdAllocator {
	/**
	 * Null where a command has room now; otherwise what to wait for before asking again, as others who waited for the same
	 * may have taken it: `for (let room = ids.room(); room !== null; room = ids.room()) await room;`
	 */
	room(): Promise<void> | null;
	/** The next id that was not taken. Call once there is room, without an await between. */
	peek(): number;
	/** Says that all ids before this one are taken. */
	advanceTo(next: number): void;
}

export interface BlockAllocator extends IdAllocator {
	/** Gives up the rest of the block: another process may be given the same one, where the database has lost that it was given. */
	forgetAll(): void;
}

/** Takes some ids that follow each other, at most as many as a command may take, and answers the first. */
export async function takeIds(ids: IdAllocator, count: number): Promise<number> {
	if (count > IDS_PER_COMMAND) throw new Error(`bug: ${count} ids are more than a command may take`);
	for (let room = ids.room(); room !== null; room = ids.room()) await room;
	const first = ids.peek();
	ids.advanceTo(first + count);
	return first;
}

/** Takes any number of ids, as many at a time as a command may take: several commands may be written together. */
export async function takeManyIds(ids: IdAllocator, count: number): Promise<readonly number[]> {
	const taken: number[] = [];
	while (taken.length < count) {
		const piece = Math.min(count - taken.length, IDS_PER_COMMAND);
		const first = await takeIds(ids, piece);
		for (let id = first; id < first + piece; id++) taken.push(id);
	}
	return taken;
}

/** @param nextBlock the number of a block that nobody else gets */
export function createIdAllocator(nextBlock: () => Promise<number>, now: () => TimeMs): BlockAllocator {
	let next = 0;
	let end = 0;
	let filledAt: TimeMs = 0;
	let filling: Promise<void> | null = null;

	async function fill(): Promise<void> {
		try {
			const block = await nextBlock();
			filledAt = now();
			next = firstIdOfBlock(filledAt, block);
			end = next + BLOCK_SIZE;
		} finally {
			filling = null;
		}
	}

	// Room for one more id than a command may take: the instance's own, or the rollback's.
	const hasRoom = () => end - next > IDS_PER_COMMAND;

	return {
		room: () => {
			if (hasRoom() && Math.abs(now() - filledAt) <= BLOCK_LASTS_MS) return null;
			filling ??= fill();
			return filling;
		},
		peek: () => {
			if (!hasRoom()) throw new Error('bug: ids were taken without room');
			return next;
		},
		advanceTo: (taken) => {
			if (taken < next || taken > end) throw new Error(`bug: id ${taken} is outside the block`);
			next = taken;
		},
		forgetAll: () => {
			end = next;
		},
	};
}
