/**
 * Ids carry the day on which they were handed out: each day has a range of 100,000,000,000 of them, in which blocks of
 * 100,000 go to processes. So rows are in the order of their time by their key alone, and a month of the log is a range
 * of ids. Ids stay 16 digits below 2^53 until the year 2245; times before 2026 share the first day.
 */
import type { TimeMs } from '@sendback/engine/terms.ts';

const FIRST_ID = 1_000_000_000_000_000;
const IDS_PER_DAY = 100_000_000_000;
export const BLOCK_SIZE = 100_000;
const BLOCKS_PER_DAY = IDS_PER_DAY / BLOCK_SIZE;
export const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2025, 11, 31) / DAY_MS;
const LAST_DAY = Math.floor((Number.MAX_SAFE_INTEGER - FIRST_ID) / IDS_PER_DAY) - 1;

/** The lowest id of the day of a time: what was handed out before that day is below it. */
export function firstIdOn(time: TimeMs): number {
	const day = Math.floor(time / DAY_MS) - FIRST_DAY;
	return FIRST_ID + Math.min(LAST_DAY, Math.max(0, day)) * IDS_PER_DAY;
}

/** The first id of a block. Its number never repeats, and a day has room for a million of them. */
export function firstIdOfBlock(time: TimeMs, block: number): number {
	return firstIdOn(time) + (block % BLOCKS_PER_DAY) * BLOCK_SIZE;
}
