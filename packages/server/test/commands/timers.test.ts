import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock } from '../../src/clock/test-clock.ts';
import { connect } from '../../src/storage/postgres/connect.ts';
import { fireDueTimers } from '../../src/timers/due-timers.ts';
import { accepted, flow, rollback, type Stage, setStage, TENANT, userTask } from '../support/services.ts';

const MINUTE = 60_000;
const timed = (content: string) => `<timerEventDefinition>${content}</timerEventDefinition>`;
const after = (duration: string) => timed(`<timeDuration>${duration}</timeDuration>`);
const every = (cycle: string) => timed(`<timeCycle>${cycle}</timeCycle>`);
const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';

const FLOWS = {
	deadline: flow(
		`${start}${userTask('review=bob')}${userTask('escalated=cat')}${end}
		<boundaryEvent id="late" attachedToRef="review">${after('PT1H')}</boundaryEvent>`,
		`start > review > end
		late > escalated > end`,
	),
	reminders: flow(
		`${start}${userTask('review=bob')}${userTask('remind=cat')}${end}<endEvent id="reminded"/>
		<boundaryEvent id="late" attachedToRef="review" cancelActivity="false">${every('R3/PT10M')}</boundaryEvent>`,
		`start > review > end
		late > remind > reminded`,
	),
	pause: flow(
		`${start}<intermediateCatchEvent id="wait">${after('PT5M')}</intermediateCatchEvent>${userTask('next=bob')}${end}`,
		'start > wait > next > end',
	),
	watched: flow(
		`${start}${userTask('review=bob')}${userTask('check=cat')}${userTask('escalated=cat')}${end}
		<boundaryEvent id="late" attachedToRef="review">${after('PT1H')}</boundaryEvent>`,
		`start > review > check > end
		late > escalated > end`,
	),
	stuck: flow(
		`${start}<intermediateCatchEvent id="wait">${after('PT1M')}</intermediateCatchEvent>
		<exclusiveGateway id="which"/>${userTask('next=bob')}${end}
		<sequenceFlow id="chosen" sourceRef="which" targetRef="next"><conditionExpression>= open = 1</conditionExpression></sequenceFlow>`,
		`start > wait > which
		next > end`,
	),
};

const clock = createTestClock(Date.UTC(2030, 0, 1));
let stage: Stage;
beforeAll(async () => {
	stage = await setStage(FLOWS, clock);
});
afterAll(() => stage.close());

const advance = async (ms: number) => stage.services.clock.advance?.(ms);

async function caught(instance: string): Promise<readonly string[]> {
	const entries = (await stage.services.instances.history(TENANT, instance, 0, 100))?.entries ?? [];
	const events = entries.flatMap(({ step }) => step.events);
	return events.flatMap((event) =>
		event.type === 'NodeFired' && (event.kind === 'catch' || event.kind === 'interrupt') ? [event.node] : [],
	);
}

describe('timers', () => {
	it('fire when their time has come, and not before', async () => {
		const { instance } = await stage.start('deadline');
		await advance(59 * MINUTE);
		expect(await stage.openNodes(instance)).toEqual(['review']);
		await advance(MINUTE);
		expect(await stage.openNodes(instance)).toEqual(['escalated']);
		const [review] = (await stage.services.tasks.ofInstance(TENANT, instance)).filter(({ node }) => node === 'review');
		expect(review).toMatchObject({ status: 'canceled', closedAt: stage.services.clock.now() });
	});

	it('are gone with what they were about', async () => {
		const { instance } = await stage.start('deadline');
		const review = await stage.openTask(instance, 'review');
		await stage.agree(review.id, 'bob');
		expect(await stage.database.query('SELECT FROM waits WHERE instance_id = $1', [instance])).toEqual([]);
		await advance(120 * MINUTE);
		expect(await caught(instance)).toEqual([]);
	});

	it('fire each at its own time, however far time is moved at once', async () => {
		const { instance } = await stage.start('reminders');
		const begun = stage.services.clock.now();
		await advance(100 * MINUTE);
		const tasks = await stage.services.tasks.ofInstance(TENANT, instance);
		const minutes = tasks.filter(({ node }) => node === 'remind').map(({ openedAt }) => (openedAt - begun) / MINUTE);
		expect(minutes).toEqual([10, 20, 30]);
	});

	it('fire at their own times also where several move time at once', async () => {
		const { instance } = await stage.start('reminders');
		const begun = stage.services.clock.now();
		await Promise.all([10 * MINUTE, 1, 10 * MINUTE, 2].map(advance));
		expect(stage.services.clock.now()).toBe(begun + 20 * MINUTE + 3);
		const tasks = await stage.services.tasks.ofInstance(TENANT, instance);
		expect(tasks.filter(({ node }) => node === 'remind')).toHaveLength(2);
	});

	it('fire once, however many processes look after them', async () => {
		const started = await Promise.all(Array.from({ length: 30 }, () => stage.start('pause')));
		const others = [stage.services, await stage.another(), await stage.another()];
		// Time has come for all of them at once: each process finds what the others have not taken.
		await clock.advance(5 * MINUTE);
		await Promise.all(others.map(({ events }) => events.runDueTimers()));
		for (const { instance } of started) expect(await caught(instance)).toEqual(['wait']);
	});

	it('fire once where the hint that keeps processes apart is gone', async () => {
		const { instance } = await stage.start('pause');
		await clock.advance(5 * MINUTE);
		const trigger = async () => {
			await stage.database.query('UPDATE waits SET try_at = 0 WHERE instance_id = $1', [instance]);
			return stage.services.events.runDueTimers();
		};
		await Promise.all([trigger(), trigger(), trigger()]);
		expect(await caught(instance)).toEqual(['wait']);
	});

	it('are waited for by whoever moves time, also where the loop took them before', async () => {
		const { instance } = await stage.start('pause');
		await clock.advance(5 * MINUTE);
		const loop = stage.services.runDueWork();
		await advance(0);
		expect(await stage.openNodes(instance)).toEqual(['next']);
		await loop;
	});

	it('that somebody took just before a return armed them anew stay, and fire at their own time', async () => {
		const { services, database, another } = stage;
		const { instance } = await stage.start('watched');
		await clock.advance(60 * MINUTE);
		async function sendBack(): Promise<void> {
			const review = await stage.openTask(instance, 'review');
			await stage.agree(review.id, 'bob');
			const check = await stage.openTask(instance, 'check');
			accepted(await stage.submit(check.id, rollback(check.id, 'cat', review.id)));
		}
		const { connection } = database;
		const { pool, close } = connect({ connection, batchesInFlight: 1, connections: 1, log: () => undefined });
		const { start } = services.commands;
		const submit: typeof services.commands.submit = async (request) => {
			await sendBack();
			return (await another()).commands.submit(request);
		};
		expect(await fireDueTimers({ pool, clock, commands: { start, submit }, log: () => undefined })).toBe(1);
		await close();
		await advance(59 * MINUTE);
		expect([await caught(instance), await stage.openNodes(instance)]).toEqual([[], ['review']]);
		await advance(MINUTE);
		expect([await caught(instance), await stage.openNodes(instance)]).toEqual([['late'], ['escalated']]);
	});

	it('that cannot fire hold up nobody, and are tried again later and later', async () => {
		const bad = await stage.start('stuck', { variables: { open: 0 } });
		const good = await stage.start('stuck', { variables: { open: 1 } });
		await advance(MINUTE);
		expect(await stage.openNodes(good.instance)).toEqual(['next']);
		const row = async () =>
			(
				await stage.database.query<{ tries: number }>('SELECT tries FROM waits WHERE instance_id = $1', [bad.instance])
			)[0];
		expect(await row()).toEqual({ tries: 1 });
		await advance(9_000);
		expect(await row()).toEqual({ tries: 1 });
		await advance(1_000);
		expect(await row()).toEqual({ tries: 2 });
		await advance(20_000);
		expect(await row()).toEqual({ tries: 3 });
	});

	it('come back in full when a rollback undoes what ended them', async () => {
		const { instance } = await stage.start('deadline');
		await advance(60 * MINUTE);
		const escalated = await stage.openTask(instance, 'escalated');
		const begin = (await stage.services.tasks.ofInstance(TENANT, instance)).find(({ isStart }) => isStart);
		const command = {
			type: 'roll-back',
			task: escalated.id,
			user: 'cat',
			to: begin?.id ?? '',
			opinion: '',
			resume: 'replay',
		} as const;
		expect(await stage.submit(escalated.id, command)).toMatchObject({ ok: true });
		expect(await stage.database.query('SELECT FROM waits WHERE instance_id = $1', [instance])).toEqual([]);
		const again = await stage.openTask(instance, 'start');
		await stage.agree(again.id, 'ann');
		await advance(59 * MINUTE);
		expect(await stage.openNodes(instance)).toEqual(['review']);
		await advance(MINUTE);
		expect(await stage.openNodes(instance)).toEqual(['escalated']);
	});
});

describe('flows that a timer starts', () => {
	const flows = (cycle: string) =>
		flow(`<startEvent id="daily">${every(cycle)}</startEvent>${userTask('check=bob')}${end}`, 'daily > check > end');
	const started = async (flowId: string) =>
		(
			await stage.database.query<{ initiator: string; at: number }>(
				'SELECT initiator, started_at::float AS at FROM instances WHERE tenant_id = $1 AND flow_id = $2 ORDER BY at',
				[TENANT, flowId],
			)
		).map(({ initiator, at }) => [initiator, at]);

	it('start at each of its times, by nobody, once whatever the processes', async () => {
		const { services } = stage;
		const begun = services.clock.now();
		expect(await services.flows.deploy(TENANT, 'demo__c', 'daily', flows('R2/PT1H'))).toMatchObject({ ok: true });
		await advance(60 * MINUTE);
		// As if the process had died before it noted that the first time is over.
		await stage.database.query('UPDATE start_waits SET due = $1, try_at = $1, remaining = 1', [begun + 60 * MINUTE]);
		await Promise.all([services.events.runDueTimers(), (await stage.another()).events.runDueTimers()]);
		expect(await started('daily')).toEqual([['system', begun + 60 * MINUTE]]);
		await advance(600 * MINUTE);
		expect(await started('daily')).toHaveLength(2);
		expect(await stage.database.query('SELECT FROM start_waits')).toEqual([]);
	});

	it('start whatever an earlier version took as the count of another one', async () => {
		const { services, database } = stage;
		await services.flows.deploy(TENANT, 'demo__c', 'countless', flows('R1000000000/PT1H'));
		await services.flows.deploy(TENANT, 'demo__c', 'beside', flows('R2/PT1H'));
		await database.query("UPDATE start_waits SET remaining = 99999999999999998 WHERE flow_id = 'countless'");
		await advance(60 * MINUTE);
		expect([await started('beside'), await started('countless')]).toMatchObject([{ length: 1 }, { length: 1 }]);
		await database.query("DELETE FROM start_waits WHERE flow_id = 'countless'");
	});

	it('start where the timers of instances cannot be read', async () => {
		const { services, database } = stage;
		const { instance } = await stage.start('pause');
		await database.query('UPDATE waits SET due = 9007199254740993 WHERE instance_id = $1', [instance]);
		await services.flows.deploy(TENANT, 'demo__c', 'besides', flows('R1/PT5M'));
		await advance(5 * MINUTE);
		expect(await started('besides')).toHaveLength(1);
		await database.query('DELETE FROM waits WHERE instance_id = $1', [instance]);
	});

	it('start in the latest version only', async () => {
		const { services } = stage;
		await services.flows.deploy(TENANT, 'demo__c', 'versions', flows('R/PT1H'));
		await advance(60 * MINUTE);
		expect(await started('versions')).toHaveLength(1);
		await services.flows.deploy(
			TENANT,
			'demo__c',
			'versions',
			flow(`${start}${userTask('check=bob')}${end}`, 'start > check > end'),
		);
		await advance(600 * MINUTE);
		expect(await started('versions')).toHaveLength(1);
	});
});

describe('a moment that has no end', () => {
	const SIGNAL = '<signalEventDefinition signalRef="s"/>';
	const flows = {
		/** Each signal starts an instance, which throws the next. */
		endless: flow(
			`<startEvent id="start">${SIGNAL}</startEvent><endEvent id="end">${SIGNAL}</endEvent>`,
			'start > end',
			'<signal id="s" name="again"/>',
		),
	};

	it('is left at a limit, and time stays there', async () => {
		const stage = await setStage(flows, createTestClock(Date.UTC(2030, 0, 1)));
		const { services } = stage;
		await services.events.broadcast({ tenant: TENANT, name: 'again', variables: {} });
		const answer = await services.clock.advance?.(MINUTE);
		expect(answer).toMatchObject({ code: 'due-limit', details: { now: '2030-01-01T00:00:00.000Z' } });
		expect(services.clock.now()).toBe(Date.UTC(2030, 0, 1));
		await stage.database.query('UPDATE outbox SET sent_at = 0');
		expect(await services.clock.advance?.(MINUTE)).toBeNull();
		expect(services.clock.now()).toBe(Date.UTC(2030, 0, 1) + MINUTE);
		await stage.close();
	}, 60_000);
});
