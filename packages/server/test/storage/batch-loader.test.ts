import { describe, expect, it } from 'vitest';
import { createBatchLoader, type LoaderKey } from '../../src/storage/postgres/batch-loader.ts';

interface Key extends LoaderKey {
	readonly id: number;
}

/** A loader whose loads wait until they are let go, and what each was asked. */
function stage(isSharded = false) {
	const asked: Key[][] = [];
	const held: { readonly answer: () => void; readonly fail: (error: Error) => void }[] = [];
	const load = createBatchLoader<Key, string>((keys) => {
		asked.push([...keys]);
		return new Promise((resolve, reject) => {
			held.push({ answer: () => resolve(keys.map(({ tenant, id }) => [`${tenant} ${id}`])), fail: reject });
		});
	}, isSharded);
	const ids = () => asked.map((keys) => keys.map(({ id }) => id));
	return { load, ids, held, one: (id: number, tenant = 'acme') => load({ tenant, id }) };
}

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a batch loader', () => {
	it('asks once for all that comes in one turn of the event loop, and answers each', async () => {
		const { one, ids, held } = stage();
		const answers = Promise.all([one(1), one(2), one(3)]);
		await endOfTurn();
		expect(ids()).toEqual([[1, 2, 3]]);
		held[0]?.answer();
		expect(await answers).toEqual([['acme 1'], ['acme 2'], ['acme 3']]);
	});

	it('has two loads under way, and asks together for what comes meanwhile', async () => {
		const { one, ids, held } = stage();
		const answers = [];
		for (const id of [1, 2, 3, 4]) {
			answers.push(one(id));
			await endOfTurn();
		}
		expect(ids()).toEqual([[1], [2]]);
		held[1]?.answer();
		await endOfTurn();
		await endOfTurn();
		expect(ids()).toEqual([[1], [2], [3, 4]]);
		for (const { answer } of held) answer();
		expect((await Promise.all(answers)).flat()).toEqual(['acme 1', 'acme 2', 'acme 3', 'acme 4']);
	});

	it('fails those that were asked together, and nobody else', async () => {
		const { one, held } = stage();
		const failing = Promise.allSettled([one(1), one(2)]);
		await endOfTurn();
		const other = one(3);
		await endOfTurn();
		held[0]?.fail(new Error('gone'));
		held[1]?.answer();
		expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(await other).toEqual(['acme 3']);
	});

	it('asks for one tenant at a time on shards', async () => {
		const { one, ids } = stage(true);
		void Promise.all([one(1), one(2, 'other'), one(3)]);
		await endOfTurn();
		expect(ids()).toEqual([[1, 3], [2]]);
	});

	it('asks for 256 keys at most', async () => {
		const { one, ids } = stage();
		void Promise.all(Array.from({ length: 300 }, (_, id) => one(id)));
		await endOfTurn();
		expect(ids().map(({ length }) => length)).toEqual([256, 44]);
	});
});
