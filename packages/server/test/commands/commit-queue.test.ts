import { describe, expect, it } from 'vitest';
import { createCommitQueue } from '../../src/commands/commit-queue.ts';
import type { InstanceWrite } from '../../src/storage/instance-write.ts';
import { factsOf, writeOf } from '../support/writes.ts';

const MANY = 1_000;

/** A database that answers when the test says so. */
function heldDatabase(underWay = () => MANY) {
	const batches: { ids: number[]; finish(won?: (id: number) => boolean): void; fail(error: Error): void }[] = [];
	const commitBatch = (writes: readonly InstanceWrite[]) =>
		new Promise<readonly boolean[]>((resolve, reject) => {
			const ids = writes.map(({ facts }) => Number(facts.id) % 1_000);
			batches.push({ ids, finish: (won = () => true) => resolve(ids.map(won)), fail: reject });
		});
	const isCausedByData = (error: unknown) => error instanceof RangeError;
	const queue = createCommitQueue({ commitBatch, isCausedByData, underWay });
	return { batches, commit: (id: number) => queue.commit(writeOf(factsOf(id), 2)) };
}

/** Long enough for a batch to end, and for the next to be sent. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the commit queue', () => {
	it('sends a lone write without waiting for others', async () => {
		const { batches, commit } = heldDatabase();
		void commit(1);
		await settled();
		expect(batches.map(({ ids }) => ids)).toEqual([[1]]);
	});

	it('sends what comes in one turn of the event loop together', async () => {
		const { batches, commit } = heldDatabase();
		for (const id of [1, 2, 3]) void commit(id);
		expect(batches).toEqual([]);
		await settled();
		expect(batches.map(({ ids }) => ids)).toEqual([[1, 2, 3]]);
	});

	it('collects while two batches are in flight, and sends the rest together', async () => {
		const { batches, commit } = heldDatabase();
		const writes: Promise<boolean>[] = [];
		for (const id of [1, 2, 3, 4, 5]) {
			writes.push(commit(id));
			await settled();
		}
		expect(batches.map(({ ids }) => ids)).toEqual([[1], [2]]);
		batches[1]?.finish();
		await settled();
		expect(batches.map(({ ids }) => ids)).toEqual([[1], [2], [3, 4, 5]]);
		batches[0]?.finish();
		batches[2]?.finish((id) => id !== 4);
		expect(await Promise.all(writes)).toEqual([true, true, true, false, true]);
	});

	it('leaves the other batch its share of the commands under way', async () => {
		let underWay = 5;
		const { batches, commit } = heldDatabase(() => underWay);
		for (const id of [1, 2, 3, 4]) void commit(id);
		await settled();
		expect(batches.map(({ ids }) => ids)).toEqual([[1, 2, 3], [4]]);
		underWay = 1;
		for (const id of [5, 6]) void commit(id);
		for (const batch of batches) batch.finish();
		await settled();
		expect(batches.slice(2).map(({ ids }) => ids)).toEqual([[5], [6]]);
	});

	it('halves a batch until the write that is to blame fails alone', async () => {
		const { batches, commit } = heldDatabase();
		const writes = [1, 2, 3, 4, 5, 6].map((id) => commit(id).catch((error: Error) => error.message));
		for (let next = 0; next < 20; next++) {
			await settled();
			const batch = batches[next];
			if (batch?.ids.includes(5)) batch.fail(new RangeError('five is bad'));
			else batch?.finish();
		}
		expect(await Promise.all(writes)).toEqual([true, true, true, true, 'five is bad', true]);
		expect(batches.map(({ ids }) => ids)).toEqual([[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5, 6], [4], [5, 6], [5], [6]]);
	});

	it('does not repeat a batch whose outcome is not the fault of its writes', async () => {
		const { batches, commit } = heldDatabase();
		const writes = [1, 2].map((id) => commit(id).catch((error: Error) => error.message));
		await settled();
		batches[0]?.fail(new Error('connection lost'));
		expect(await Promise.all(writes)).toEqual(['connection lost', 'connection lost']);
		expect(batches.length).toBe(1);
	});

	it('sends large states in batches of their own', async () => {
		const sizes: number[] = [];
		const commitBatch = async (writes: readonly InstanceWrite[]) => {
			sizes.push(writes.length);
			await settled();
			return writes.map(() => true);
		};
		const queue = createCommitQueue({ commitBatch, isCausedByData: () => false, underWay: () => MANY });
		const state = 'x'.repeat(3_000_000);
		await Promise.all([1, 2, 3, 4, 5].map((id) => queue.commit(writeOf(factsOf(id), 2, { state }))));
		expect(sizes).toEqual([1, 1, 1, 1, 1]);
	});
});
