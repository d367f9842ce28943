import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock } from '../../src/clock/test-clock.ts';
import type { Delivery } from '../../src/services.ts';
import { accepted, flow, refusalOf, rollback, type Stage, setStage, TENANT, userTask } from '../support/services.ts';

const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';
const message = (id: string, attributes = '') => `<messageEventDefinition messageRef="${id}" ${attributes}/>`;
const signal = (id: string) => `<signalEventDefinition signalRef="${id}"/>`;
const caught = (id: string, definition: string) =>
	`<intermediateCatchEvent id="${id}">${definition}</intermediateCatchEvent>`;
const thrown = (id: string, definition: string) =>
	`<intermediateThrowEvent id="${id}">${definition}</intermediateThrowEvent>`;
const where = (from: string, to: string, condition: string) =>
	`<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}">
		<conditionExpression xsi:type="tFormalExpression">= ${condition}</conditionExpression>
	</sequenceFlow>`;
const ROOTS =
	'<message id="paid" name="paid"/><message id="order" name="order"/><signal id="alarm" name="alarm"/><signal id="late" name="late"/><signal id="open" name="open"/><signal id="close" name="close"/>';

/** A task for each coming of an event while another task is open. */
const counting = (definition: string) =>
	flow(
		`${start}${userTask('work=bob')}${userTask('count=cat')}${end}<endEvent id="counted"/>
		<boundaryEvent id="each" attachedToRef="work" cancelActivity="false">${definition}</boundaryEvent>`,
		`start > work > end
		each > count > counted`,
		ROOTS,
	);

const FLOWS = {
	paid: flow(
		`${start}${caught('wait', message('paid', 'sendback:correlationKey="= invoice"'))}${userTask('ship=bob')}${end}`,
		'start > wait > ship > end',
		ROOTS,
	),
	any: flow(
		`${start}${caught('wait', message('paid'))}${userTask('ship=bob')}${end}`,
		'start > wait > ship > end',
		ROOTS,
	),
	watch: flow(
		`${start}${caught('wait', signal('alarm'))}${userTask('react=bob')}${end}`,
		'start > wait > react > end',
		ROOTS,
	),
	counts: counting(signal('late')),
	orders: counting(message('order')),
	echo: flow(
		`${start}<parallelGateway id="split"/>${userTask('work=bob')}${userTask('count=cat')}${end}<endEvent id="counted"/>
		<boundaryEvent id="each" attachedToRef="work" cancelActivity="false">${signal('late')}</boundaryEvent>
		<manualTask id="a_step_later"/>${thrown('tell', signal('late'))}<endEvent id="told"/>`,
		`start > split > work > end
		split > a_step_later > tell > told
		each > count > counted`,
		ROOTS,
	),
	// Two tokens wait at one event, and each comes back to it.
	rounds: flow(
		`${start}<parallelGateway id="split"/><manualTask id="one"/><manualTask id="two"/><exclusiveGateway id="again"/>
		${caught('hear', signal('late'))}${userTask('work=bob')}${thrown('tell', signal('late'))}<endEvent id="told"/>`,
		`start > split > one > again > hear > again
		split > two > again
		split > work > tell > told`,
		ROOTS,
	),
	cry: flow(
		`${start}<parallelGateway id="split"/>${userTask('check=bob')}${thrown('alert', signal('alarm'))}
		${caught('hear', signal('alarm'))}${userTask('self=cat')}<endEvent id="e1"/><endEvent id="e2"/>`,
		`start > split > check > alert > e1
		split > hear > self > e2`,
		ROOTS,
	),
	lateness: flow(
		`${start}${thrown('tell', signal('late'))}${userTask('rest=bob')}${end}`,
		'start > tell > rest > end',
		ROOTS,
	),
	checked: flow(
		`${start}${userTask('check=bob')}${thrown('tell', signal('late'))}${userTask('rest=bob')}${end}`,
		'start > check > tell > rest > end',
		ROOTS,
	),
	twice: flow(
		`${start}${thrown('tell', signal('late'))}${thrown('again', signal('late'))}${userTask('rest=bob')}${end}`,
		'start > tell > again > rest > end',
		ROOTS,
	),
	unheard: flow(
		`${start}<scriptTask id="name" scriptFormat="feel" sendback:resultVariable="name"><script>"\\u0000"</script></scriptTask>
		${thrown('tell', signal('named'))}${userTask('rest=bob')}${end}`,
		'start > name > tell > rest > end',
		'<signal id="named" name="$' + '{name}"/>',
	),
	choosy: flow(
		`${start}${caught('wait', signal('close'))}<exclusiveGateway id="fork"/>${userTask('react=bob')}${end}${where('fork', 'react', 'ready')}`,
		`start > wait > fork
		react > end`,
		ROOTS,
	),
	closed: flow(
		`<startEvent id="by_signal">${signal('close')}</startEvent><exclusiveGateway id="fork"/>${userTask('react=bob')}${end}${where('fork', 'react', 'ready')}`,
		`by_signal > fork
		react > end`,
		ROOTS,
	),
	order: flow(
		`<startEvent id="ordered">${message('order')}</startEvent>${userTask('handle=bob')}${end}`,
		'ordered > handle > end',
		ROOTS,
	),
	opened: flow(
		`<startEvent id="by_hand"/><startEvent id="by_signal">${signal('open')}</startEvent>
		${userTask('manual=bob')}${userTask('automatic=bob')}${end}`,
		`by_hand > manual > end
		by_signal > automatic > end`,
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
	readonly key?: string;
	readonly variables?: Record<string, string>;
}
const send = (name: string, { instance, businessKey, key, variables = {} }: Sent = {}, idempotencyKey?: string) =>
	stage.services.events.correlate({
		tenant: TENANT,
		name,
		instance: instance ?? null,
		businessKey: businessKey ?? null,
		key: key ?? null,
		variables,
		idempotency: idempotencyKey === undefined ? null : { key: idempotencyKey, fingerprint: 'f' },
	});
const broadcast = (name: string, tenant = TENANT) => stage.services.events.broadcast({ tenant, name, variables: {} });
const reached = (answer: Awaited<ReturnType<typeof send>>): Delivery => accepted(answer);
const flowOf = async (instance: string | undefined) =>
	(await stage.services.instances.find(TENANT, instance ?? ''))?.flowId;

describe('a message', () => {
	it('reaches what has its correlation key, and brings its variables', async () => {
		const one = await stage.start('paid', { variables: { invoice: 'A1' } });
		const two = await stage.start('paid', { variables: { invoice: 'A2' } });
		expect(reached(await send('paid', { key: 'A2', variables: { by: 'card' } }))).toEqual({
			delivered: [two.instance],
			started: [],
		});
		expect([await stage.openNodes(one.instance), await stage.openNodes(two.instance)]).toEqual([[], ['ship']]);
		const view = await stage.services.instances.find(TENANT, two.instance);
		expect(view?.state.scopes[0]?.variables.by?.value).toBe('card');
		expect(reached(await send('paid', { key: 'A2' }))).toEqual({ delivered: [], started: [] });
		expect(reached(await send('paid', { instance: one.instance })).delivered).toEqual([one.instance]);
	});

	it('reaches the instances of a business key, whether they wait for it or for any', async () => {
		const any = await stage.start('any', { businessKey: 'B7' });
		const keyed = await stage.start('paid', { businessKey: 'C', variables: { invoice: 'B7' } });
		const other = await stage.start('any', { businessKey: 'B8' });
		const { delivered } = reached(await send('paid', { businessKey: 'B7' }));
		expect(delivered).toEqual([any.instance, keyed.instance].sort());
		expect(reached(await send('paid')).delivered).toEqual([other.instance]);
	});

	it('starts flows where nothing waits for it, once for each idempotency key', async () => {
		const first = reached(await send('order', { businessKey: 'O1' }, 'k1'));
		expect(first).toMatchObject({ delivered: [], started: [expect.any(String)] });
		expect(await flowOf(first.started[0])).toBe('order');
		expect(await stage.openNodes(first.started[0] ?? '')).toEqual(['handle']);
		expect(reached(await send('order', { businessKey: 'O1' }, 'k1'))).toMatchObject(first);
		// As if the process had died before it noted anything but what it did.
		await stage.database.query(`DELETE FROM idempotency WHERE key = 'k1'`);
		expect(reached(await send('order', { businessKey: 'O1' }, 'k1'))).toMatchObject(first);
	});

	it('reaches what waits for each of many that come at the same time', async () => {
		const { instance } = await stage.start('orders');
		const answers = await Promise.all(Array.from({ length: 12 }, () => send('order', { instance })));
		expect(answers.map((answer) => reached(answer).delivered)).toEqual(Array(12).fill([instance]));
		expect(await stage.openNodes(instance)).toEqual([...Array(12).fill('count'), 'work']);
	});

	it('comes once for each idempotency key where it is waited for again', async () => {
		const { instance } = await stage.start('orders');
		const first = reached(await send('order', { instance }, 'k2'));
		// As if the process had died before it noted anything but what it did.
		await stage.database.query(`DELETE FROM idempotency WHERE key = 'k2'`);
		expect(reached(await send('order', { instance }, 'k2'))).toEqual(first);
		expect(await stage.openNodes(instance)).toEqual(['count', 'work']);
	});

	it('is refused for an instance that is not there, and where its variables cannot be', async () => {
		expect(refusalOf(await send('paid', { instance: '123' }))).toBe('instance-unknown');
		await stage.start('any');
		expect(refusalOf(await send('paid', { variables: { '': 'x' } }))).toBe('variables-invalid');
	});
});

describe('a signal', () => {
	it('reaches everything that waits for it in its tenant, and only once', async () => {
		const watching = await Promise.all(Array.from({ length: 70 }, () => stage.start('watch')));
		const foreign = await stage.start('watch', { tenant: 'other' });
		const { delivered } = reached(await broadcast('alarm'));
		expect(delivered).toEqual(watching.map(({ instance }) => instance).sort());
		expect(reached(await broadcast('alarm')).delivered).toEqual([]);
		expect(reached(await broadcast('alarm', 'other')).delivered).toEqual([foreign.instance]);
	});

	it('starts flows at the event that it is, and by hand they start at the other', async () => {
		const { started } = reached(await broadcast('open'));
		expect(started).toHaveLength(1);
		expect(await stage.openNodes(started[0] ?? '')).toEqual(['automatic']);
		const { instance } = await stage.start('opened');
		expect(await stage.openNodes(instance)).toEqual(['manual']);
		expect((await stage.services.instances.find(TENANT, started[0] ?? ''))?.state.initiator).toBe('system');
	});
});

describe('a signal that some refuse', () => {
	it('reaches the others, and says who did not take it and why, to a repeat too', async () => {
		const ready = await stage.start('choosy', { variables: { ready: true } });
		const unready = await stage.start('choosy', { variables: { ready: false } });
		const idempotency = { key: 'closing', fingerprint: 'f' };
		const close = () => stage.services.events.broadcast({ tenant: TENANT, name: 'close', variables: {}, idempotency });
		const answer = {
			delivered: [ready.instance],
			started: [],
			refused: [
				{ by: { instance: unready.instance }, code: 'no-flow-selected', details: { node: 'fork' } },
				{ by: { namespace: 'demo__c', flowId: 'closed' }, code: 'no-flow-selected', details: { node: 'fork' } },
			],
		};
		expect(reached(await close())).toEqual(answer);
		expect(reached(await close())).toMatchObject(answer);
		expect(stage.logged).toEqual([expect.objectContaining({ tenant: TENANT, refused: 2, some: answer.refused })]);
	});
});

describe('an event that an instance throws', () => {
	it('reaches its own instance with what threw it, and others after the commit of that', async () => {
		const watching = await stage.start('watch');
		const { instance } = await stage.start('cry');
		await stage.agree((await stage.openTask(instance, 'check')).id, 'bob');
		expect(await stage.openNodes(instance)).toEqual(['self']);
		expect(await stage.openNodes(watching.instance)).toEqual([]);
		await stage.services.runDueWork();
		expect(await stage.openNodes(watching.instance)).toEqual(['react']);
	});

	it('does not reach what begins to wait after it was thrown, however late it is delivered', async () => {
		const before = await stage.start('watch');
		const crying = await stage.start('cry');
		await stage.agree((await stage.openTask(crying.instance, 'check')).id, 'bob');
		const after = await stage.start('watch');
		await stage.services.runDueWork();
		expect(await stage.openNodes(before.instance)).toEqual(['react']);
		expect(await stage.openNodes(after.instance)).toEqual([]);
		expect(reached(await broadcast('alarm')).delivered).toContain(after.instance);
	});

	it('reaches what waits for each as often as it was thrown', async () => {
		const counting = await stage.start('counts');
		await stage.start('twice');
		const later = await stage.start('counts');
		await stage.services.runDueWork();
		expect(await stage.openNodes(counting.instance)).toEqual(['count', 'count', 'work']);
		expect(await stage.openNodes(later.instance)).toEqual(['work']);
	});

	it('reaches what waits for each of many that come at the same time', async () => {
		const counting = await stage.start('counts');
		await Promise.all(Array.from({ length: 12 }, () => stage.start('lateness')));
		const another = await stage.another();
		await Promise.all([stage.services.runDueWork(), another.runDueWork()]);
		expect(await stage.openNodes(counting.instance)).toEqual([...Array(12).fill('count'), 'work']);
	});

	it('is not heard a second time where it was thrown by what waits anew', async () => {
		const { instance } = await stage.start('echo');
		expect(await stage.openNodes(instance)).toEqual(['count', 'work']);
		await stage.services.runDueWork();
		expect(await stage.openNodes(instance)).toEqual(['count', 'work']);
	});

	it('is caught by each of several tokens at one event, which wait there again', async () => {
		const { instance } = await stage.start('rounds');
		const waiting = () =>
			stage.database.query<{ since: string }>(
				'SELECT token_id, since FROM waits WHERE instance_id = $1 ORDER BY token_id',
				[instance],
			);
		const before = await waiting();
		accepted(await stage.agree((await stage.openTask(instance, 'work')).id, 'bob'));
		const after = await waiting();
		expect([before.length, after.length]).toEqual([2, 2]);
		expect(after.map(({ since }) => since)).toEqual(before.map(({ since }) => since));
		expect(after).not.toEqual(before);
	});

	it('is delivered by another process where the first died after the commit, and once whatever happens', async () => {
		const counting = await stage.start('counts');
		await stage.start('lateness');
		// The first process died after it had written down whom it reaches, and had reached them.
		const another = await stage.another();
		await another.runDueWork();
		expect(await stage.openNodes(counting.instance)).toEqual(['count', 'work']);
		await stage.database.query(
			`UPDATE outbox SET sent_at = NULL, try_at = 0 WHERE kind = 'event-thrown' AND recipients IS NOT NULL`,
		);
		await Promise.all([stage.services.runDueWork(), another.runDueWork()]);
		expect(await stage.openNodes(counting.instance)).toEqual(['count', 'work']);
		expect(await stage.database.query(`SELECT FROM outbox WHERE sent_at IS NULL`)).toEqual([]);
		// What waits anew hears the next one.
		await stage.start('lateness');
		await stage.services.runDueWork();
		expect(await stage.openNodes(counting.instance)).toEqual(['count', 'count', 'work']);
	});

	it('stays thrown where it is sent back, and is thrown again by what is decided anew, but not by a direct return', async () => {
		const hearing = await stage.start('counts');
		const { instance } = await stage.start('checked');
		await stage.agree((await stage.openTask(instance, 'check')).id, 'bob');

		/** How often it was heard before and after what is returned to is decided anew. */
		async function heard(resume: 'replay' | 'direct'): Promise<readonly number[]> {
			const from = (await stage.openTask(instance, 'rest')).id;
			const tasks = await stage.services.tasks.ofInstance(TENANT, instance);
			const to = tasks.findLast(({ node }) => node === 'check')?.id ?? '';
			accepted(await stage.submit(from, { ...rollback(from, 'bob', to), resume }));
			await stage.services.runDueWork();
			const before = await stage.openNodes(hearing.instance);
			await stage.agree((await stage.openTask(instance, 'check')).id, 'bob');
			await stage.services.runDueWork();
			const after = await stage.openNodes(hearing.instance);
			return [before, after].map((nodes) => nodes.filter((node) => node === 'count').length);
		}
		// Sent back before it was delivered.
		expect(await heard('replay')).toEqual([1, 2]);
		expect(await heard('direct')).toEqual([2, 2]);
	});

	/** What is still to be delivered of what an instance threw. */
	const undelivered = (instance: string) =>
		stage.database.query('SELECT tries FROM outbox WHERE sent_at IS NULL AND instance_id = $1', [instance]);

	it('reaches nobody where its name cannot be stored', async () => {
		const { instance } = await stage.start('unheard');
		await stage.services.runDueWork();
		expect(await undelivered(instance)).toEqual([]);
	});

	it('is given up where it fails again and again', async () => {
		const { instance } = await stage.start('lateness');
		await stage.database.query(`UPDATE outbox SET recipients = '{}', tries = 8 WHERE instance_id = $1`, [instance]);
		await stage.services.runDueWork();
		expect(await undelivered(instance)).toEqual([{ tries: 9 }]);
		await stage.database.query('UPDATE outbox SET try_at = 0 WHERE instance_id = $1', [instance]);
		await stage.services.runDueWork();
		expect(await undelivered(instance)).toEqual([]);
	});
});
