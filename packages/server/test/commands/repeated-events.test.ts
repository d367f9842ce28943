/** Events with an idempotency key: whom they reach is noted before the first is reached, so a repeat reaches nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock } from '../../src/clock/test-clock.ts';
import { createEvents } from '../../src/events/event-service.ts';
import { notesOf } from '../../src/events/notes.ts';
import { refuse } from '../../src/refusals.ts';
import { connect } from '../../src/storage/postgres/connect.ts';
import { accepted, agreement, flow, refusalOf, type Stage, setStage, TENANT, userTask } from '../support/services.ts';

const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';
const message = (id: string) => `<messageEventDefinition messageRef="${id}"/>`;
const caught = (definition: string) => `<intermediateCatchEvent id="wait">${definition}</intermediateCatchEvent>`;
const ROOTS =
	'<message id="paid" name="paid"/><message id="order" name="order"/><message id="stock" name="stock"/><signal id="alarm" name="alarm"/>';

const FLOWS = {
	paid: flow(`${start}${caught(message('paid'))}${userTask('ship=bob')}${end}`, 'start > wait > ship > end', ROOTS),
	watch: flow(
		`${start}${caught('<signalEventDefinition signalRef="alarm"/>')}${userTask('react=bob')}${end}`,
		'start > wait > react > end',
		ROOTS,
	),
	orders: flow(
		`${start}${userTask('work=bob')}${userTask('count=cat')}${end}<endEvent id="counted"/>
		<boundaryEvent id="each" attachedToRef="work" cancelActivity="false">${message('order')}</boundaryEvent>`,
		`start > work > end
		each > count > counted`,
		ROOTS,
	),
	stocked: flow(
		`<startEvent id="stocked">${message('stock')}</startEvent>${userTask('handle=bob')}${end}`,
		'stocked > handle > end',
		ROOTS,
	),
	/** Comes to wait for the message again after each of its tasks. */
	stores: flow(
		`${start}<exclusiveGateway id="next"/>${caught(message('stock'))}${userTask('put_away=bob')}`,
		'start > next > wait > put_away > next',
		ROOTS,
	),
};

let stage: Stage;
beforeAll(async () => {
	stage = await setStage(FLOWS, createTestClock(Date.UTC(2030, 0, 1)));
});
afterAll(() => stage.close());

interface Sent {
	readonly instance?: string;
	readonly businessKey?: string;
	readonly variables?: Record<string, string>;
}
const send = (name: string, { instance, businessKey, variables = {} }: Sent, key: string, services = stage.services) =>
	services.events.correlate({
		tenant: TENANT,
		name,
		instance: instance ?? null,
		businessKey: businessKey ?? null,
		key: null,
		variables,
		idempotency: { key, fingerprint: 'f' },
	});
const broadcast = (name: string, key: string, fingerprint = 'f') =>
	stage.services.events.broadcast({ tenant: TENANT, name, variables: {}, idempotency: { key, fingerprint } });

describe('an event that is repeated with its key after its answer was lost', () => {
	/** The database fails after the event has reached everybody, when its answer is noted. */
	async function sendAndDie(key: string, sending: () => Promise<unknown>): Promise<void> {
		await stage.database.query(`
			CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'dead'; END $$;
			CREATE TRIGGER dying BEFORE INSERT OR UPDATE ON idempotency FOR EACH ROW
			WHEN (NEW.key = '${key}' AND NEW.result -> 'delivered' IS NOT NULL) EXECUTE FUNCTION die()`);
		await expect(sending()).rejects.toThrow('dead');
		await stage.database.query('DROP FUNCTION die CASCADE');
	}
	const startedByStock = async () => {
		const query = `SELECT id::text FROM instances WHERE flow_id = 'stocked' ORDER BY id`;
		return (await stage.database.query<{ id: string }>(query)).map(({ id }) => id);
	};
	const nobody = { delivered: [], started: [] };

	it('starts nothing where what waited has consumed it, and gets the first answer', async () => {
		const { instance } = await stage.start('stores', { businessKey: 'S1' });
		const before = await startedByStock();
		await sendAndDie('lost1', () => send('stock', { businessKey: 'S1' }, 'lost1'));
		expect(await stage.openNodes(instance)).toEqual(['put_away']);
		const first = { delivered: [instance], started: [] };
		expect(accepted(await send('stock', { businessKey: 'S1' }, 'lost1'))).toEqual(first);
		expect(accepted(await send('stock', { businessKey: 'S1' }, 'lost1'))).toEqual({ ...first, repeated: true });
		expect(await startedByStock()).toEqual(before);
	});

	it('gets the first answer where nothing waits any more', async () => {
		const { instance } = await stage.start('paid');
		await sendAndDie('lost2', () => send('paid', { instance }, 'lost2'));
		expect(accepted(await send('paid', { instance }, 'lost2'))).toEqual({ ...nobody, delivered: [instance] });
	});

	it('reaches nobody who waits since, if it is a signal', async () => {
		const { instance } = await stage.start('watch');
		await sendAndDie('lost3', () => broadcast('alarm', 'lost3'));
		const later = await stage.start('watch');
		expect(accepted(await broadcast('alarm', 'lost3'))).toEqual({ ...nobody, delivered: [instance] });
		expect(await stage.openNodes(later.instance)).toEqual([]);
	});

	it('does not reach what waits for the next one', async () => {
		const { instance } = await stage.start('stores', { businessKey: 'S2' });
		await sendAndDie('lost4', () => send('stock', { businessKey: 'S2' }, 'lost4'));
		await stage.agree((await stage.openTask(instance, 'put_away')).id, 'bob');
		expect(accepted(await send('stock', { businessKey: 'S2' }, 'lost4'))).toEqual({ ...nobody, delivered: [instance] });
		expect(await stage.openNodes(instance)).toEqual([]);
		expect(accepted(await send('stock', { businessKey: 'S2' }, 'next')).delivered).toEqual([instance]);
	});

	it('started flows because those who waited had stopped, and does not reach one that waits again', async () => {
		const { instance } = await stage.start('stores', { businessKey: 'S3' });
		const [wait] = await stage.database.query<{ token: number }>(
			'SELECT token_id::int AS token FROM waits WHERE instance_id = $1',
			[instance],
		);
		// As if it were found just before it stops.
		const moveWait = (token: number) =>
			stage.database.query('UPDATE waits SET token_id = $2 WHERE instance_id = $1', [instance, token]);
		await moveWait(999);
		const before = await startedByStock();
		await sendAndDie('lost5', () => send('stock', { businessKey: 'S3' }, 'lost5'));
		const started = (await startedByStock()).filter((id) => !before.includes(id));
		expect(started).toHaveLength(1);
		await moveWait(wait?.token ?? 0);
		expect(accepted(await send('stock', { businessKey: 'S3' }, 'lost5'))).toEqual({ delivered: [], started });
		expect(await stage.openNodes(instance)).toEqual([]);
	});

	it('is told from another request under its key', async () => {
		const { instance } = await stage.start('paid');
		await sendAndDie('lost6', () => send('paid', { instance }, 'lost6'));
		const idempotency = { key: 'lost6', fingerprint: 'another' };
		expect(refusalOf(await broadcast('alarm', 'lost6', 'another'))).toBe('idempotency-key-reused');
		const task = (await stage.openTask(instance, 'ship')).id;
		expect(refusalOf(await stage.submit(task, agreement(task, 'bob'), idempotency))).toBe('idempotency-key-reused');
	});
});

describe('an event with a key', () => {
	it('reaches the same, once, in all requests that come at the same time, whichever process they reach', async () => {
		const { instance } = await stage.start('stores', { businessKey: 'S4' });
		const twin = await stage.start('orders', { businessKey: 'S4' });
		const before = await stage.database.query('SELECT FROM instances');
		const another = await stage.another();
		const sendAll = (name: string) =>
			Promise.all(
				Array.from({ length: 12 }, (_, index) =>
					send(name, { businessKey: 'S4' }, `at once: ${name}`, index % 2 === 0 ? stage.services : another),
				),
			);
		for (const answer of await sendAll('stock')) {
			expect(accepted(answer)).toMatchObject({ delivered: [instance], started: [] });
		}
		for (const answer of await sendAll('order')) {
			expect(accepted(answer)).toMatchObject({ delivered: [twin.instance], started: [] });
		}
		expect(await stage.openNodes(twin.instance)).toEqual(['count', 'work']);
		expect(await stage.database.query('SELECT FROM instances')).toHaveLength(before.length);
	});

	it('that nothing waits for leaves its key to a repeat, if it is a message', async () => {
		const lost = { delivered: [], started: [] };
		const { instance } = await stage.start('stores', { businessKey: 'S5' });
		const put = () => send('stock', { instance }, 'early');
		expect(accepted(await put()).delivered).toEqual([instance]);
		expect(accepted(await send('stock', { instance }, 'second'))).toEqual(lost);
		expect(accepted(await send('paid', { businessKey: 'S6' }, 'unpaid'))).toEqual(lost);
		const { instance: paid } = await stage.start('paid', { businessKey: 'S6' });
		await stage.agree((await stage.openTask(instance, 'put_away')).id, 'bob');
		expect(accepted(await send('stock', { instance }, 'second')).delivered).toEqual([instance]);
		expect(accepted(await send('paid', { businessKey: 'S6' }, 'unpaid')).delivered).toEqual([paid]);
		expect(accepted(await put())).toEqual({ delivered: [instance], started: [], repeated: true });
	});

	it('that nothing waits for keeps its answer, if it is a signal', async () => {
		const nobody = { delivered: [], started: [] };
		await broadcast('alarm', 'clear');
		expect(accepted(await broadcast('alarm', 'silence'))).toEqual(nobody);
		const { instance } = await stage.start('watch');
		expect(accepted(await broadcast('alarm', 'silence'))).toEqual({ ...nobody, repeated: true });
		expect(await stage.openNodes(instance)).toEqual([]);
	});

	it('that reached nobody does not take its key from a repeat that has found somebody meanwhile', async () => {
		const recipients = { waiting: [{ instance: '1', token: 2, since: 3 }], startable: [] };
		const { connection } = stage.database;
		const { pool, close } = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
		const { clock } = stage.services;
		const notes = notesOf({ pool, clock, findAnswer: async () => null }, TENANT, { key: 'two', fingerprint: 'f' });
		await notes.address(recipients, 'first');
		await notes.forget({ waiting: [], startable: [] });
		expect(await stage.database.query(`SELECT FROM idempotency WHERE key = 'two'`)).toHaveLength(1);
		await notes.forget(recipients);
		expect(await stage.database.query(`SELECT FROM idempotency WHERE key = 'two'`)).toEqual([]);
		await close();
	});

	it('that is refused leaves its key to another', async () => {
		const { instance } = await stage.start('paid');
		expect(refusalOf(await send('paid', { instance, variables: { '': 'x' } }, 'free'))).toBe('variables-invalid');
		expect(await stage.database.query(`SELECT FROM idempotency WHERE key = 'free'`)).toEqual([]);
		expect(accepted(await send('paid', { instance }, 'free')).delivered).toEqual([instance]);
	});
});

it('an event that some were too busy for is no answer yet: a repeat reaches the rest', async () => {
	const [first, second] = [await stage.start('watch'), await stage.start('watch')];
	const database = connect({
		connection: stage.database.connection,
		batchesInFlight: 1,
		connections: 2,
		log: () => undefined,
	});
	const { pool } = database;
	let isBusy = true;
	const { commands, clock } = stage.services;
	const events = createEvents({
		pool,
		clock,
		runDueTimers: async () => undefined,
		load: async () => null,
		log: () => undefined,
		findAnswer: async () => null,
		commands: {
			start: commands.start,
			submit: async (request) => {
				const isSecond = 'instance' in request.target && request.target.instance === second.instance;
				if (!isBusy || !isSecond) return commands.submit(request);
				return { ok: false, refusal: { ...refuse('too-busy'), retryAfterSeconds: 1 } };
			},
		},
	});
	const give = () =>
		events.broadcast({
			tenant: TENANT,
			name: 'alarm',
			variables: {},
			idempotency: { key: 'crowd', fingerprint: 'f' },
		});
	expect(await give()).toMatchObject({ ok: false, refusal: { code: 'too-busy' } });
	expect(await stage.openNodes(first.instance)).toEqual(['react']);
	isBusy = false;
	expect(accepted(await give()).delivered).toEqual(expect.arrayContaining([first.instance, second.instance]));
	expect(await stage.openNodes(second.instance)).toEqual(['react']);
	await database.close();
});
