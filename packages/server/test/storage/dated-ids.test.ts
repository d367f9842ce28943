import { describe, expect, it } from 'vitest';
import { BLOCK_SIZE, firstIdOfBlock, firstIdOn } from '../../src/storage/dated-ids.ts';
import { createIdAllocator, takeIds, takeManyIds } from '../../src/storage/postgres/id-allocator.ts';

const NEW_YEAR = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

describe('ids', () => {
	it('are in the order of the days on which they were handed out', () => {
		const days = [0, NEW_YEAR - 1, NEW_YEAR, NEW_YEAR + DAY, Date.UTC(2126, 5, 7)].map(firstIdOn);
		expect(days).toEqual([...days].sort((a, b) => a - b));
		expect(firstIdOn(NEW_YEAR)).toBe(1_000_100_000_000_000);
		expect(firstIdOn(NEW_YEAR + DAY - 1)).toBe(firstIdOn(NEW_YEAR));
	});

	it('of a block stay within its day, and no two blocks of a day share any', () => {
		expect(firstIdOfBlock(NEW_YEAR, 999_999) + BLOCK_SIZE).toBe(firstIdOn(NEW_YEAR + DAY));
		expect(firstIdOfBlock(NEW_YEAR, 7) - firstIdOfBlock(NEW_YEAR, 6)).toBe(BLOCK_SIZE);
	});

	it('are sixteen digits below 2^53 whatever the clock says', () => {
		for (const time of [-1e15, 0, NEW_YEAR, Date.UTC(2245, 0, 1), 8.64e15]) {
			const last = firstIdOfBlock(time, 999_999) + BLOCK_SIZE - 1;
			expect(Number.isSafeInteger(last)).toBe(true);
			expect(String(last)).toHaveLength(16);
		}
	});

	it('come from a block of today, even where yesterday left most of one', async () => {
		let now = NEW_YEAR + DAY - 1_000;
		let blocks = 0;
		const ids = createIdAllocator(
			async () => blocks++,
			() => now,
		);
		await ids.room();
		ids.advanceTo(ids.peek() + 1);
		await ids.room();
		expect(ids.peek()).toBe(firstIdOn(NEW_YEAR) + 1);
		now += 3_700_000;
		await ids.room();
		expect(ids.peek()).toBe(firstIdOn(NEW_YEAR + DAY) + BLOCK_SIZE);
	});

	it('are enough for all who ask in the same moment, at the end of a block too', async () => {
		let blocks = 0;
		const ids = createIdAllocator(
			async () => blocks++,
			() => NEW_YEAR,
		);
		const taken: number[] = [];
		for (let moment = 0; moment < 50; moment++) {
			taken.push(...(await Promise.all(Array.from({ length: 64 }, () => takeIds(ids, 100)))));
		}
		expect(blocks).toBeGreaterThan(2);
		expect(new Set(taken).size).toBe(50 * 64);
		expect(
			[...taken].sort((a, b) => a - b).every((id, index, all) => index === 0 || id - (all[index - 1] ?? 0) >= 100),
		).toBe(true);
	});

	it('are given to commands that are written together as many as they need', async () => {
		let blocks = 0;
		const ids = createIdAllocator(
			async () => blocks++,
			() => NEW_YEAR,
		);
		const taken = await takeManyIds(ids, 200_000);
		expect(new Set(taken).size).toBe(200_000);
		expect(taken.every((id) => id < firstIdOfBlock(NEW_YEAR, blocks))).toBe(true);
		expect(await takeManyIds(ids, 0)).toEqual([]);
	});
});
