import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOwner, type OwnerLock, takeOwnerLock } from '../../src/storage/embedded/owner-lock.ts';
import { makeScratch, type Scratch } from './support.ts';

let scratch: Scratch;
beforeEach(async () => {
	scratch = await makeScratch();
});
afterEach(() => scratch.remove());

test('of many that ask at once exactly one gets the lock, round after round', async () => {
	for (let round = 0; round < 10; round += 1) {
		const attempts = await Promise.allSettled([1, 2, 3, 4, 5].map(() => takeOwnerLock(scratch.path, 'data')));
		const taken: OwnerLock[] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
		expect(taken).toHaveLength(1);
		expect(await findOwner(scratch.path)).toBe(process.pid);
		await taken[0]?.release();
		expect(await readdir(scratch.path)).toEqual([]);
	}
});

test('a released lock is free, and a lock that answers nothing is still held', async () => {
	const first = await takeOwnerLock(scratch.path, 'data');
	await first.release();
	expect(await findOwner(scratch.path)).toBeUndefined();
	const stalled = createServer();
	await new Promise<void>((resolve) => stalled.listen(join(scratch.path, 'owner-77-0123456789abcdef.sock'), resolve));
	await expect(takeOwnerLock(scratch.path, 'data')).rejects.toMatchObject({
		code: 'data-dir-in-use',
		message: expect.stringContaining('process 77'),
	});
	stalled.close();
});
