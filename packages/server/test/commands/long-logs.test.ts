import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerDependencies, createAnswers } from '../../src/commands/answer-question.ts';
import { LongLogs } from '../../src/commands/long-logs.ts';
import { subjectOf } from '../../src/commands/step-command.ts';
import { createCommandStore } from '../../src/storage/postgres/command-store.ts';
import { connect } from '../../src/storage/postgres/connect.ts';
import { createLogReader } from '../../src/storage/postgres/log-reader.ts';
import { accepted, agreement, rollback, type Stage, sequence, setStage, TENANT } from '../support/services.ts';

describe('a long log', () => {
	it('waits for its turn, which comes when the one before has ended', async () => {
		const logs = new LongLogs();
		const order: string[] = [];
		const command = async (name: string) => {
			const turn = logs.turn('acme');
			await turn.take();
			await turn.take();
			order.push(`${name} begins`);
			await new Promise(setImmediate);
			order.push(`${name} ends`);
			turn.end();
		};
		logs.turn('acme').end();
		await Promise.all(['a', 'b', 'c'].map(command));
		expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
	});

	it('is not waited for by more than there is patience for', async () => {
		const logs = new LongLogs();
		const first = logs.turn('acme');
		await first.take();
		const turns = Array.from({ length: 66 }, () => logs.turn('acme'));
		const taken = turns.map(async (turn) => {
			const isMine = await turn.take();
			turn.end();
			return isMine;
		});
		first.end();
		expect((await Promise.all(taken)).filter((isMine) => !isMine).length).toBe(2);
		expect(await logs.turn('acme').take()).toBe(true);
	});
});

it('comes for the tenants in turn', async () => {
	const logs = new LongLogs();
	const first = logs.turn('acme');
	await first.take();
	const order: string[] = [];
	const taken = ['acme', 'acme', 'acme', 'other'].map(async (tenant) => {
		const turn = logs.turn(tenant);
		await turn.take();
		order.push(tenant);
		turn.end();
	});
	first.end();
	await Promise.all(taken);
	expect(order).toEqual(['acme', 'other', 'acme', 'acme']);
});

describe('a return', () => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await setStage({ three: sequence('first=bob', 'second=cat', 'third=dan') });
	});
	afterAll(() => stage.close());

	/** To `second` and back to `first`, some times over, so that all of that is in the log from `first` on. */
	async function longInstance(times: number, text: string) {
		const { instance, opened } = await stage.start('three');
		const first = opened[0]?.id ?? '';
		let now = accepted(await stage.agree(first, 'bob')).opened[0]?.id ?? '';
		for (let time = 0; time < times; time++) {
			const decide = { ...agreement(now, 'cat'), variables: { text: `${time}${text}` } };
			const third = accepted(await stage.submit(now, decide)).opened[0]?.id ?? '';
			now = accepted(await stage.submit(third, rollback(third, 'dan', now))).opened[0]?.id ?? '';
		}
		return { instance, first, now };
	}

	async function committed(instance: string) {
		const { pool } = connect({
			connection: stage.database.connection,
			batchesInFlight: 1,
			connections: 2,
			log: () => undefined,
		});
		const found = await createCommandStore(pool, stage.services.flows.find, false).load(TENANT, instance);
		if (found === null) throw new Error('it is not there');
		return { pool, subject: subjectOf(found.instance) };
	}

	it.each([
		['many steps', 40, 'x'],
		['large steps', 3, 'x'.repeat(20_000)],
		['a part of it', 5, 'x'.repeat(3_000_000)],
	])('reads a log of %s to its end', async (_, times, text) => {
		const { instance, first, now } = await longInstance(times, text);
		const { rollback: done } = accepted(await stage.submit(now, rollback(now, 'cat', first)));
		expect(done?.closed.map(({ id }) => id)).toEqual([now]);
		expect(await stage.openNodes(instance)).toEqual(['first']);
		const undone = (await stage.services.tasks.ofInstance(TENANT, instance)).filter(
			({ undoneBy }) => undoneBy !== null,
		);
		expect(undone.length).toBe(times + 1);
	});

	it('is refused where more has been written since than can be looked through', async () => {
		const { instance, first } = await longInstance(40, 'x');
		const { pool, subject } = await committed(instance);
		const read = async (bytes: number) => {
			const { readLog, readLogSince } = createLogReader(pool, false, bytes);
			const answer = createAnswers({ readLog, readLogSince } as AnswerDependencies);
			const asked = [
				{ kind: 'log-from', task: first },
				{ kind: 'log-since', seq: 1 },
			] as const;
			const logs = new LongLogs();
			const answers = [];
			for (const question of asked) {
				const turn = logs.turn('acme');
				answers.push(await answer(question, subject, turn));
				turn.end();
			}
			return answers;
		};
		expect(await read(1_000)).toMatchObject([1, 2].map(() => ({ kind: 'refused', refusal: { code: 'log-limit' } })));
		expect((await read(1_000_000)).map(({ kind }) => kind)).toEqual(['log-from', 'log-since']);
		await pool.end();
	});

	it('needs no turn for what is short, also to be taken back or to return directly', async () => {
		const { instance } = await longInstance(40, 'x');
		const { pool, subject } = await committed(instance);
		const answer = createAnswers(createLogReader(pool, false) as AnswerDependencies);
		const since = async (seq: number) => {
			const none = { take: async () => false, end: () => undefined };
			const answered = await answer({ kind: 'log-since', seq }, subject, none);
			return answered.kind === 'log-since' ? answered.events : answered;
		};
		const last = (subject.state?.nextSeq ?? 0) - 1;
		expect(await since(last)).toMatchObject([{ type: 'RolledBack', seq: last }]);
		expect(await since(last - 20)).toMatchObject(Array.from({ length: 21 }, (_, n) => ({ seq: last - 20 + n })));
		expect(await since(1)).toMatchObject({ kind: 'refused', refusal: { code: 'too-busy' } });
		await pool.end();
	});

	it.each([
		['long logs', 6, () => 'x'.repeat(50_000)],
		['ordinary ones', 80, () => randomBytes(2_000).toString('base64')],
	])('is carried out for many at once that have %s', async (_, many, text) => {
		const all = await Promise.all(Array.from({ length: many }, () => longInstance(1, text())));
		const answers = await Promise.all(all.map(({ now, first }) => stage.submit(now, rollback(now, 'cat', first))));
		expect(answers.map(({ ok }) => ok)).toEqual(all.map(() => true));
	});
});
