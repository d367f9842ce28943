import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../src/storage/storage-errors.ts';
import { agreement, type Stage, sequence, setStage } from '../support/services.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({ two: sequence('manager=bob', 'finance=cat') });
});
afterAll(() => stage.close());

describe('a row that somebody has locked', () => {
	it('fails its own command only, and as often as that is repeated', async () => {
		const started = await Promise.all(Array.from({ length: 40 }, () => stage.start('two')));
		const [held, ...others] = started.map(({ opened }) => opened[0]?.id ?? '');
		const { database, submit } = stage;
		const agree = (task = '', key = task) =>
			submit(task, agreement(task, 'bob'), { key: `app:${key}`, fingerprint: 'f' });
		await database.query('BEGIN');
		await database.query('SELECT FROM instances WHERE id = $1 FOR UPDATE', [started[0]?.instance]);
		const [failed, ...results] = await Promise.allSettled([agree(held), ...others.map((task) => agree(task))]);
		const again = await Promise.allSettled(Array.from({ length: 4 }, () => agree(held)));
		await database.query('ROLLBACK');
		expect(results.map((result) => result.status === 'fulfilled' && result.value.ok)).toEqual(others.map(() => true));
		for (const each of [failed, ...again])
			expect(each?.status === 'rejected' && each.reason).toBeInstanceOf(StorageUnavailable);
		expect(await agree(held)).toMatchObject({ ok: true });
	});
});
