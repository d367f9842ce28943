import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestClock } from '../../src/clock/test-clock.ts';
import { createCompensations } from '../../src/jobs/compensations.ts';
import { fetchJobs } from '../../src/jobs/fetch-jobs.ts';
import { createJobs } from '../../src/jobs/job-service.ts';
import type { Job } from '../../src/services.ts';
import { connect } from '../../src/storage/postgres/connect.ts';
import { accepted, flow, refusalOf, type Stage, setStage, TENANT, userTask } from '../support/services.ts';

const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';
const work = (id: string, attributes = 'sendback:effect="pure"') =>
	`<serviceTask id="${id}" sendback:topic="${id}" sendback:retries="2" ${attributes}/>`;

const FLOWS = {
	one: flow(
		`${start}${work('pay')}${userTask('check=bob')}${userTask('refused=cat')}${end}
		<boundaryEvent id="broke" attachedToRef="pay"><errorEventDefinition errorRef="e"/></boundaryEvent>`,
		`start > pay > check > end
		broke > refused > end`,
		'<error id="e" errorCode="no-money"/>',
	),
	effects: flow(
		`${start}${work('book', 'sendback:compensationTopic="unbook"')}${work('ship', 'sendback:compensationTopic="unship"')}
		${userTask('check=bob')}${end}`,
		'start > book > ship > check > end',
	),
	each: flow(
		`${start}<subProcess id="each">
			<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>
			<startEvent id="s"/>${userTask('ask=bob')}${work('charge', 'sendback:compensationTopic="refund"')}
			${userTask('look=cat')}<endEvent id="e"/>
			<sequenceFlow id="f1" sourceRef="s" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="charge"/>
			<sequenceFlow id="f3" sourceRef="charge" targetRef="look"/><sequenceFlow id="f4" sourceRef="look" targetRef="e"/>
		</subProcess>${end}`,
		'start > each > end',
	),
	steps: flow(
		`${start}${work('book', 'sendback:compensationTopic="unbook"')}${userTask('pack=bob')}
		${work('ship', 'sendback:compensationTopic="unship"')}${userTask('check=bob')}${end}`,
		'start > book > pack > ship > check > end',
	),
	inside: flow(
		`${start}${userTask('before=ann')}<subProcess id="sub">
			<startEvent id="s"/><parallelGateway id="fork"/>${userTask('beside=dan')}${userTask('ask=bob')}${work('charge', 'sendback:compensationTopic="refund"')}
			${userTask('look=cat')}<endEvent id="e"/>
			<sequenceFlow id="f0" sourceRef="s" targetRef="fork"/><sequenceFlow id="f1" sourceRef="fork" targetRef="ask"/>
			<sequenceFlow id="f5" sourceRef="fork" targetRef="beside"/><sequenceFlow id="f6" sourceRef="beside" targetRef="e"/>
			<sequenceFlow id="f2" sourceRef="ask" targetRef="charge"/>
			<sequenceFlow id="f3" sourceRef="charge" targetRef="look"/><sequenceFlow id="f4" sourceRef="look" targetRef="e"/>
		</subProcess>${end}`,
		'start > before > sub > end',
	),
};

const clock = createTestClock(Date.UTC(2030, 0, 1));
let stage: Stage;
beforeAll(async () => {
	stage = await setStage(FLOWS, clock);
});
afterAll(() => stage.close());
beforeEach(() => stage.database.query('TRUNCATE jobs').then(() => undefined));

const jobs = () => stage.services.jobs;
const fetch = (topic: string, worker = 'w1', limit = 10): Promise<readonly Job[]> =>
	jobs().fetch({ tenant: TENANT, worker, topics: [topic], lockMs: 60_000, limit });
async function only(found: Promise<readonly Job[]>): Promise<Job> {
	const [job, ...others] = await found;
	if (job === undefined || others.length > 0) throw new Error(`not one job: ${others.length}`);
	return job;
}
const complete = (job: string, worker = 'w1', variables = {}) =>
	jobs().complete({ tenant: TENANT, job, worker, variables });
const advance = (ms: number) => stage.services.clock.advance?.(ms);

describe('the work of service tasks', () => {
	it('is fetched with what the task sees, done, and goes on with what the worker found', async () => {
		const { instance } = await stage.start('one', { variables: { amount: 3 } });
		const job = await only(fetch('pay'));
		expect(job).toMatchObject({ instance, node: 'pay', topic: 'pay', compensates: null, retries: 2 });
		expect(job.variables).toEqual({ amount: 3 });
		expect(job.id).toMatch(/^\d{16}$/);
		expect(await complete(job.id, 'w1', { paid: 7 })).toEqual({ ok: true, value: null });
		expect(await stage.openNodes(instance)).toEqual(['check']);
		const view = await stage.services.instances.find(TENANT, instance);
		expect(view?.state.scopes[0]?.variables.paid?.value).toBe(7);
		expect(refusalOf(await complete(job.id))).toBe('job-not-locked');
	});

	it('is given to one worker at a time, whatever their number', async () => {
		await Promise.all(Array.from({ length: 40 }, () => stage.start('one')));
		const workers = Array.from({ length: 8 }, (_, number) => `w${number}`);
		const found = (await Promise.all(workers.map((worker) => fetch('pay', worker)))).flat();
		expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
		const rest = (await Promise.all(workers.map((worker) => fetch('pay', worker)))).flat();
		expect(found.length + rest.length).toBe(40);
	});

	it('is free again when its lock has run out, and then only the new worker may report on it', async () => {
		await stage.start('one');
		const job = await only(fetch('pay'));
		expect(await fetch('pay', 'w2')).toEqual([]);
		await advance(60_000);
		expect((await only(fetch('pay', 'w2'))).id).toBe(job.id);
		expect(refusalOf(await complete(job.id, 'w1'))).toBe('job-not-locked');
		expect(await complete(job.id, 'w2')).toMatchObject({ ok: true });
	});

	it('is tried again after it failed, until it rests, and anew when somebody sets its retries', async () => {
		await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		const fail = () =>
			jobs().fail({ tenant: TENANT, job, worker: 'w1', message: 'no', retries: null, retryAfterMs: 5_000 });
		expect(await fail()).toMatchObject({ ok: true });
		expect(await fetch('pay')).toEqual([]);
		await advance(5_000);
		expect((await only(fetch('pay'))).retries).toBe(1);
		await fail();
		await advance(5_000);
		expect(await fetch('pay')).toEqual([]);
		expect(await jobs().setRetries(TENANT, job, 1)).toMatchObject({ ok: true });
		expect(await fetch('pay')).toHaveLength(1);
		expect(refusalOf(await jobs().setRetries('other', job, 1))).toBe('job-unknown');
	});

	it('that failed comes before what was made later, and at once where somebody sets its retries', async () => {
		await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		const failed = { tenant: TENANT, job, worker: 'w1', message: 'no' };
		await jobs().fail({ ...failed, retries: 1, retryAfterMs: 1_000 });
		await advance(1_001);
		await stage.start('one');
		await advance(1);
		expect((await only(fetch('pay', 'w1', 1))).id).toBe(job);
		await jobs().fail({ ...failed, retries: 0, retryAfterMs: 3_600_000 });
		await jobs().setRetries(TENANT, job, 1);
		expect((await fetch('pay')).map(({ id }) => id)).toContain(job);
	});

	it('is listed with who has it and why it failed, that of all instances where it rests', async () => {
		const { instance } = await stage.start('one');
		const { instance: other } = await stage.start('one');
		const [job] = (await fetch('pay')).filter((each) => each.instance === instance);
		const all = { after: 0, limit: 10 };
		const facts = { id: job?.id, instance, node: 'pay', topic: 'pay', compensates: null, createdAt: clock.now() };
		const lock = { worker: 'w1', until: clock.now() + 60_000 };
		expect(await jobs().ofInstance(TENANT, instance, all)).toEqual([{ ...facts, retries: 2, failure: null, lock }]);
		expect(await jobs().atRest(TENANT, all)).toEqual([]);
		const report = { tenant: TENANT, job: job?.id ?? '', worker: 'w1', message: 'no bank', retryAfterMs: 0 };
		await jobs().fail({ ...report, retries: 0 });
		const resting = [{ ...facts, retries: 0, failure: 'no bank', lock: null }];
		expect(await jobs().atRest(TENANT, all)).toEqual(resting);
		expect(await jobs().ofInstance(TENANT, instance, all)).toEqual(resting);
		expect(await jobs().atRest(TENANT, { after: Number(job?.id), limit: 10 })).toEqual([]);
		expect(await jobs().atRest('other', all)).toEqual([]);
		expect(await jobs().ofInstance(TENANT, other, all)).toHaveLength(1);
	});

	it('that does not fit into one answer is free for the next', async () => {
		const variables = { text: 'x'.repeat(900_000) };
		await Promise.all(Array.from({ length: 12 }, () => stage.start('one', { variables })));
		const first = await fetch('pay', 'w1', 20);
		const second = await fetch('pay', 'w2', 20);
		expect([first.length, second.length]).toEqual([8, 4]);
		expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(12);
	});

	it('whose instance cannot be read is free again', async () => {
		await stage.start('one');
		const connection = stage.database.connection as pg.PoolConfig;
		const { pool, close } = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
		const load = () => Promise.reject(new Error('lost'));
		const request = { tenant: TENANT, worker: 'w1', topics: ['pay'], lockMs: 60_000, limit: 9 };
		await expect(fetchJobs({ pool, clock, load }, request)).rejects.toThrow('lost');
		await only(fetch('pay', 'w2'));
		await close();
	});

	it('can end in an error that the model catches, and in no other', async () => {
		const { instance } = await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		const report = { tenant: TENANT, job, worker: 'w1', variables: {} };
		expect(refusalOf(await jobs().throwError({ ...report, code: 'unheard-of' }))).toBe('error-not-caught');
		expect(await jobs().throwError({ ...report, code: 'no-money' })).toMatchObject({ ok: true });
		expect(await stage.openNodes(instance)).toEqual(['refused']);
	});

	it('is withdrawn when the instance ends', async () => {
		const { instance } = await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		const command = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
		await stage.services.commands.submit({ tenant: TENANT, target: { instance }, command, idempotency: null });
		expect(refusalOf(await complete(job))).toBe('job-not-locked');
		await advance(60_000);
		expect(await fetch('pay')).toEqual([]);
	});

	it.each(['reported', 'canceled'])('that is %s while a report of it comes is not locked any more', async (what) => {
		const { instance } = await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		const { commands } = stage.services;
		const cancel = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
		const connection = stage.database.connection as pg.PoolConfig;
		const { pool, close } = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
		// Between the look at the lock and the command.
		const submit: typeof commands.submit = async (request) => {
			if (what === 'reported') await complete(job);
			else await commands.submit({ tenant: TENANT, target: { instance }, command: cancel, idempotency: null });
			return commands.submit(request);
		};
		const late = createJobs({ pool, clock, commands: { submit }, load: async () => null });
		expect(refusalOf(await late.complete({ tenant: TENANT, job, worker: 'w1', variables: {} }))).toBe('job-not-locked');
		await close();
	});

	it('is no other tenant’s', async () => {
		await stage.start('one');
		const { id: job } = await only(fetch('pay'));
		await advance(60_000);
		const other = { tenant: 'other', worker: 'w1' };
		expect(await jobs().fetch({ ...other, topics: ['pay'], lockMs: 1, limit: 9 })).toEqual([]);
		expect(refusalOf(await jobs().complete({ ...other, job, variables: {} }))).toBe('job-not-locked');
	});
});

describe('compensations', () => {
	/** Books, ships, and sends back to the start; answers the rollback's id. */
	async function sentBack(): Promise<{ readonly instance: string; readonly rollback: string }> {
		const { instance } = await stage.start('effects', { variables: { who: 'ann' } });
		for (const topic of ['book', 'ship']) {
			await complete((await only(fetch(topic))).id, 'w1', { [topic]: 'done', last: topic });
		}
		const check = await stage.openTask(instance, 'check');
		const begin = (await stage.services.tasks.ofInstance(TENANT, instance)).find(({ isStart }) => isStart);
		const command = {
			type: 'roll-back',
			task: check.id,
			user: 'bob',
			to: begin?.id ?? '',
			opinion: '',
			resume: 'replay',
		} as const;
		const { rollback } = accepted(await stage.submit(check.id, command));
		expect(rollback?.compensations.map(({ topic }) => topic)).toEqual(['unship', 'unbook']);
		return { instance, rollback: rollback?.rollback ?? '' };
	}
	async function returnTo(instance: string, node: string, user: string, target: string) {
		const { id: task } = await stage.openTask(instance, node);
		const done = (await stage.services.tasks.ofInstance(TENANT, instance)).find((each) => each.node === target);
		return { type: 'roll-back', task, user, to: done?.id ?? '', opinion: '', resume: 'replay' } as const;
	}
	const takeBack = (rollback: string, user = 'bob', { commands } = stage.services) =>
		commands.submit({
			tenant: TENANT,
			target: { rollback },
			command: { type: 'undo-rollback', user, opinion: '' },
			idempotency: null,
		});

	it('are work too, one after the other, the latest effect first, and done once', async () => {
		const { instance } = await sentBack();
		expect(await fetch('unbook')).toEqual([]);
		const unship = await only(fetch('unship'));
		expect(unship).toMatchObject({ instance, node: 'ship', retries: 3 });
		expect(unship.compensates).toBeGreaterThan(0);
		expect(await complete(unship.id)).toMatchObject({ ok: true });
		expect(refusalOf(await complete(unship.id))).toBe('job-not-locked');
		expect(await complete((await only(fetch('unbook'))).id)).toMatchObject({ ok: true });
		await advance(600_000);
		expect([...(await fetch('unship')), ...(await fetch('unbook'))]).toEqual([]);
	});

	it('of two rollbacks are done one after the other too, the latest effect first', async () => {
		const { instance } = await stage.start('steps');
		await complete((await only(fetch('book'))).id);
		await stage.agree((await stage.openTask(instance, 'pack')).id, 'bob');
		await complete((await only(fetch('ship'))).id);
		for (const [from, to] of [
			['check', 'pack'],
			['pack', 'start'],
		] as const) {
			const command = await returnTo(instance, from, 'bob', to);
			accepted(await stage.submit(command.task, command));
		}
		expect(await fetch('unbook')).toEqual([]);
		await complete((await only(fetch('unship'))).id);
		await only(fetch('unbook'));
	});

	it('get the variables of the work that they undo, with what it wrote, whatever has been written since', async () => {
		const { instance } = await sentBack();
		await stage.agree((await stage.openTask(instance, 'start')).id, 'ann');
		const unship = await only(fetch('unship'));
		expect(unship.variables).toEqual({ who: 'ann', book: 'done', ship: 'done', last: 'ship' });
		await complete(unship.id);
		expect((await only(fetch('unbook'))).variables).toEqual({ who: 'ann', book: 'done', last: 'book' });
	});

	it('keep once what they share, however large it is', async () => {
		const { instance } = await stage.start('effects', { variables: { text: 'x'.repeat(500_000) } });
		for (const topic of ['book', 'ship']) await complete((await only(fetch(topic))).id, 'w1', { [topic]: 'done' });
		const check = await stage.openTask(instance, 'check');
		const [begin] = await stage.services.tasks.ofInstance(TENANT, instance);
		const by = { user: 'bob', to: begin?.id ?? '', opinion: '', resume: 'replay' } as const;
		accepted(await stage.submit(check.id, { type: 'roll-back', task: check.id, ...by }));
		const kept = await stage.database.query<{ size: number }>('SELECT length(variables::text) AS size FROM jobs');
		expect(kept.map(({ size }) => size < 200)).toEqual([true, true]);
		const { variables } = await only(fetch('unship'));
		expect({ ...variables, text: String(variables.text).length }).toEqual({
			text: 500_000,
			book: 'done',
			ship: 'done',
		});
	});

	it('hold up no work of other runs', async () => {
		const { instance } = await stage.start('each');
		const open = async (node: string) => {
			const tasks = await stage.services.tasks.ofInstance(TENANT, instance);
			return tasks.filter((task) => task.node === node && task.status === 'in_process').map(({ id }) => id);
		};
		const [first = '', second = ''] = await open('ask');
		await stage.agree(first, 'bob');
		await complete((await only(fetch('charge'))).id);
		const [look = ''] = await open('look');
		const back = { user: 'cat', to: first, opinion: '', resume: 'replay' } as const;
		accepted(await stage.submit(look, { type: 'roll-back', task: look, ...back }));
		await stage.agree(second, 'bob');
		const other = await only(fetch('charge'));
		const again = (await open('ask')).find((id) => id !== second) ?? '';
		await stage.agree(again, 'bob');
		expect(await fetch('charge')).toEqual([]);
		await complete((await only(fetch('refund'))).id);
		expect((await only(fetch('charge'))).id).not.toBe(other.id);
	});

	describe('come before the same work also where what was around it is sent back too', () => {
		async function inside() {
			const { instance } = await stage.start('inside');
			const agree = async (node: string, user: string) =>
				accepted(await stage.agree((await stage.openTask(instance, node)).id, user));
			const submit = async (command: Awaited<ReturnType<typeof returnTo>>) =>
				accepted(await stage.submit(command.task, command)).rollback?.rollback ?? '';
			const sendBack = async (node: string, user: string, target: string) =>
				submit(await returnTo(instance, node, user, target));
			await agree('before', 'ann');
			await agree('ask', 'bob');
			await complete((await only(fetch('charge'))).id);
			return { instance, agree, submit, sendBack };
		}
		async function expectHeldUp(agree: (node: string, user: string) => Promise<unknown>): Promise<void> {
			await agree('before', 'ann');
			await agree('ask', 'bob');
			expect(await fetch('charge')).toEqual([]);
			await complete((await only(fetch('refund'))).id);
			await only(fetch('charge'));
		}

		it('afterwards', async () => {
			const { agree, sendBack } = await inside();
			await sendBack('look', 'cat', 'ask');
			await sendBack('ask', 'bob', 'before');
			await expectHeldUp(agree);
		});

		it('in the same moment', async () => {
			const { instance, agree, submit } = await inside();
			const commands = [
				await returnTo(instance, 'look', 'cat', 'ask'),
				await returnTo(instance, 'beside', 'dan', 'before'),
			];
			await Promise.all(commands.map(submit));
			await expectHeldUp(agree);
		});

		it('again, after that was taken back', async () => {
			const { agree, sendBack } = await inside();
			await sendBack('look', 'cat', 'ask');
			const rollback = await sendBack('ask', 'bob', 'before');
			accepted(await takeBack(rollback));
			await sendBack('ask', 'bob', 'before');
			await expectHeldUp(agree);
		});
	});

	it.each([
		['', 'SELECT'],
		[', as earlier versions made them', 'UPDATE jobs SET places = NULL, variables = NULL'],
	])('come before the same work is done again%s', async (_, stored) => {
		const { instance } = await sentBack();
		await stage.database.query(stored);
		await stage.agree((await stage.openTask(instance, 'start')).id, 'ann');
		expect(await fetch('book')).toEqual([]);
		await complete((await only(fetch('unship'))).id);
		expect(await fetch('book')).toEqual([]);
		await complete((await only(fetch('unbook'))).id);
		expect(await fetch('book')).toHaveLength(1);
	});

	it('are withdrawn when the rollback is taken back before a worker had one', async () => {
		const { instance, rollback } = await sentBack();
		expect(await takeBack(rollback)).toMatchObject({ ok: true });
		expect(await stage.openNodes(instance)).toEqual(['check']);
		expect(await fetch('unship')).toEqual([]);
		expect(await stage.database.query('SELECT FROM jobs')).toEqual([]);
	});

	it('stand in the way of taking the rollback back once a worker had one', async () => {
		const { instance, rollback } = await sentBack();
		await only(fetch('unship'));
		expect(refusalOf(await takeBack(rollback))).toBe('rollback-barrier');
		expect(await stage.openNodes(instance)).toEqual(['start']);
	});

	it('are free again where taking back was refused for another reason', async () => {
		const { instance, rollback } = await sentBack();
		const again = await stage.openTask(instance, 'start');
		await stage.agree(again.id, 'ann');
		expect(refusalOf(await takeBack(rollback))).toBe('rollback-not-last');
		expect(await fetch('unship')).toHaveLength(1);
	});

	it('stay locked for whoever is taking the rollback back while somebody else is refused', async () => {
		const { instance, rollback } = await sentBack();
		const { database } = stage;
		const another = await stage.another();
		await database.query('BEGIN');
		await database.query('SELECT FROM instances WHERE id = $1 FOR UPDATE', [instance]);
		const takingBack = takeBack(rollback);
		const isReserved = async () => (await database.query('SELECT FROM jobs WHERE locked_by IS NOT NULL')).length > 0;
		await expect.poll(isReserved).toBe(true);
		const refused = await takeBack(rollback, 'eve', another);
		const fetched = await fetch('unship');
		await database.query('COMMIT');
		expect([refusalOf(refused), fetched]).toEqual(['not-permitted', []]);
		expect(await takingBack).toMatchObject({ ok: true });
		expect(await stage.openNodes(instance)).toEqual(['check']);
	});

	it('are free again after the last of those who were refused, and of one that died in time', async () => {
		const { rollback } = await sentBack();
		const connection = stage.database.connection as pg.PoolConfig;
		const { pool, close } = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
		const { reserve } = createCompensations(pool, clock);
		await reserve(TENANT, rollback);
		await advance(60_000);
		const [first, second] = [await reserve(TENANT, rollback), await reserve(TENANT, rollback)];
		await second.release();
		await second.release();
		expect(await fetch('unship')).toEqual([]);
		await first.release();
		expect(await fetch('unship')).toHaveLength(1);
		await close();
	});
});
