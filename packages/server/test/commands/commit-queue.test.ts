import type { EngineEvent } from '@sendback/engine/events.ts';
import { describe, expect, it, vi } from 'vitest';
import { createCommitQueue } from '../../src/commands/commit-queue.ts';
import type { AssignmentRow, InstanceWrite } from '../../src/storage/instance-write.ts';
import { factsOf, NO_ROWS, stepOf, writeOf } from '../support/writes.ts';

const MANY = 1_000;

interface Batch {
	readonly ids: readonly number[];
	finish(won?: (id: number) => boolean): void;
	fail(error: Error): void;
}

const isCausedByData = (error: unknown) => error instanceof RangeError;
const isHeldUp = (error: unknown) => error instanceof EvalError;

/** A database that answers when the test says so. */
function heldDatabase(underWay = () => MANY) {
	const batches: Batch[] = [];
	const apart: Batch[] = [];
	const commitTo = (list: Batch[]) => (writes: readonly InstanceWrite[]) =>
		new Promise<readonly boolean[]>((resolve, reject) => {
			const ids = writes.map(({ facts }) => Number(facts.id) % 1_000);
			list.push({ ids, finish: (won = () => true) => resolve(ids.map(won)), fail: reject });
		});
	const [commitBatch, commitApart] = [commitTo(batches), commitTo(apart)];
	const queue = createCommitQueue({ commitBatch, commitApart, isCausedByData, isHeldUp, underWay });
	return { batches, apart, commit: (id: number) => queue.commit(writeOf(factsOf(id), 2)) };
}

const messageOf = (error: Error) => error.message;

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

	it('goes on with a batch that was held up beside the others, until what holds it up is alone', async () => {
		const { batches, apart, commit } = heldDatabase();
		const writes = [1, 2, 3, 4].map((id) => commit(id).catch(messageOf));
		await settled();
		batches[0]?.fail(new EvalError('locked'));
		await settled();
		void commit(5);
		await settled();
		// The place of the batch is free for the others.
		expect(batches.map(({ ids }) => ids)).toEqual([[1, 2, 3, 4], [5]]);
		for (let next = 0; next < 5; next++) {
			const batch = apart[next];
			if (batch?.ids.includes(2)) batch.fail(new EvalError('locked'));
			else batch?.finish();
			await settled();
		}
		expect(await Promise.all(writes)).toEqual([true, 'locked', true, true]);
		expect(apart.map(({ ids }) => ids)).toEqual([[1, 2, 3, 4], [1, 2], [1], [2], [3, 4]]);
	});

	it('sends what was held up apart, until it is written', async () => {
		const { batches, apart, commit } = heldDatabase();
		const first = commit(1).catch(messageOf);
		await settled();
		batches[0]?.fail(new EvalError('locked'));
		expect(await first).toBe('locked');
		void commit(1).catch(messageOf);
		void commit(2);
		await settled();
		expect([batches.length, apart.length]).toEqual([2, 1]);
		apart[0]?.fail(new EvalError('locked'));
		await settled();
		const last = commit(1);
		await settled();
		expect([batches.length, apart.length]).toEqual([2, 2]);
		apart[1]?.finish();
		expect(await last).toBe(true);
		batches[1]?.finish();
		void commit(1);
		await settled();
		expect([batches.length, apart.length]).toEqual([3, 2]);
	});

	it('does not halve for long where everything is held up', async () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		const { batches, apart, commit } = heldDatabase();
		const writes = Array.from({ length: 64 }, (_, id) => commit(id).catch(messageOf));
		await settled();
		batches[0]?.fail(new EvalError('locked'));
		for (let next = 0; next < 64; next++) {
			await settled();
			vi.advanceTimersByTime(500);
			apart[next]?.fail(new EvalError('locked'));
		}
		vi.useRealTimers();
		expect(new Set(await Promise.all(writes))).toEqual(new Set(['locked']));
		expect(apart.length).toBeLessThan(8);
	});

	it.each([
		['large states', { state: 'x'.repeat(3_000_000) }],
		['many events', { steps: [{ ...stepOf(2), events: new Array<EngineEvent>(6_000) }] }],
		['many rows', { rows: { ...NO_ROWS, newAssignments: new Array<AssignmentRow>(6_000) } }],
	])('sends %s in batches of their own', async (_, extra) => {
		const sizes: number[] = [];
		const commitBatch = async (writes: readonly InstanceWrite[]) => {
			sizes.push(writes.length);
			await settled();
			return writes.map(() => true);
		};
		const options = { commitApart: commitBatch, isCausedByData, isHeldUp, underWay: () => MANY };
		const queue = createCommitQueue({ commitBatch, ...options });
		await Promise.all([1, 2, 3, 4, 5].map((id) => queue.commit(writeOf(factsOf(id), 2, extra))));
		expect(sizes).toEqual([1, 1, 1, 1, 1]);
	});
});
