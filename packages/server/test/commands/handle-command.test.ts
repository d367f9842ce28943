import { apply } from '@sendback/engine/apply.ts';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	accepted,
	agreement,
	refusalOf,
	rollback,
	type Stage,
	sequence,
	setStage,
	TENANT,
} from '../support/services.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({
		two: sequence('manager=bob', 'finance=cat'),
		three: sequence('manager=bob', 'finance=cat', 'board=dan'),
		crowd: sequence('vote=ann,bob,cat,dan,eve'),
	});
});
afterAll(() => stage.close());

describe('a command', () => {
	it('starts an instance, decides its tasks and ends it', async () => {
		const started = await stage.start('two', { variables: { amount: 12 } });
		expect(started).toMatchObject({
			status: 'in_process',
			repeated: false,
			opened: [{ node: 'manager' }],
			rollback: null,
		});
		expect(started.instance).toMatch(/^[0-9]{16}$/);

		const first = accepted(await stage.agree(started.opened[0]?.id ?? '', 'bob'));
		expect(first.opened).toMatchObject([{ node: 'finance' }]);
		const second = accepted(await stage.agree(first.opened[0]?.id ?? '', 'cat'));
		expect(second).toMatchObject({ status: 'agreed', opened: [] });

		const view = await stage.services.instances.find(TENANT, started.instance);
		expect(view).toMatchObject({ version: 1, flowId: 'two', state: { status: 'agreed' } });
		expect(view?.endedAt).toBeGreaterThan(view?.startedAt ?? 0);
		const tasks = await stage.services.tasks.ofInstance(TENANT, started.instance);
		expect(tasks.map(({ node, status, completedBy }) => [node, status, completedBy])).toEqual([
			['start', 'completed', 'ann'],
			['manager', 'agreed', 'bob'],
			['finance', 'agreed', 'cat'],
		]);
		expect(tasks[1]?.assignments).toMatchObject([{ user: 'bob', status: 'agreed', opinion: 'ok' }]);
	});

	it('keeps the longest keys that there are, where no character is like another and each has four bytes', async () => {
		const characters = (count: number) =>
			String.fromCodePoint(...Array.from({ length: count }, (_, index) => 0x20000 + ((index * 7919) % 40000)));
		const request = {
			tenant: TENANT,
			namespace: 'demo__c',
			flowId: 'two',
			initiator: 'ann',
			variables: {},
			businessKey: characters(255),
			idempotency: { key: characters(512), fingerprint: 'f' },
		};
		const { instance, opened } = accepted(await stage.services.commands.start(request));
		expect(await stage.services.instances.find(TENANT, instance)).toMatchObject({ businessKey: request.businessKey });
		const task = opened[0]?.id ?? '';
		const chat = characters(255);
		accepted(await stage.submit(task, { type: 'link-chat-group', task, user: 'bob', chat, name: 'x', users: [] }));
	});

	it('sends back, with the plan that a preview showed before', async () => {
		const { instance, opened } = await stage.start('two');
		const manager = opened[0]?.id ?? '';
		const finance = accepted(await stage.agree(manager, 'bob')).opened[0]?.id ?? '';
		const request = {
			tenant: TENANT,
			target: { task: finance },
			command: rollback(finance, 'cat', manager),
			idempotency: null,
		};

		const preview = accepted(await stage.services.commands.previewRollback(request));
		expect(preview).toMatchObject({
			rollback: null,
			reopened: [{ id: null, node: 'manager', users: ['bob'] }],
			closed: [{ id: finance }],
			undone: [{ id: manager }],
			barriers: [],
		});
		expect((await stage.openTask(instance, 'finance')).id).toBe(finance);

		const done = accepted(await stage.services.commands.submit(request));
		expect(done.rollback).toMatchObject({
			rollback: expect.stringMatching(/^[0-9]{16}$/),
			closed: preview.closed,
			undone: preview.undone,
			kept: preview.kept,
		});
		expect(done.opened.map(({ node }) => node)).toEqual(['manager']);

		const tasks = await stage.services.tasks.ofInstance(TENANT, instance);
		expect(tasks.map(({ node, status, undoneBy }) => [node, status, undoneBy])).toEqual([
			['start', 'completed', null],
			['manager', 'agreed', done.rollback?.rollback],
			['finance', 'rollback', null],
			['manager', 'in_process', null],
		]);
		const history = (await stage.services.instances.history(TENANT, instance, 0, 10))?.entries;
		expect(history?.map(({ position, undoneBy }) => [position, undoneBy.map(({ rollback: id }) => id)])).toEqual([
			[1, []],
			[2, [done.rollback?.rollback]],
			[3, []],
		]);
		expect(refusalOf(await stage.agree(finance, 'cat'))).toBe('task-not-open');
		expect((await stage.agree(done.opened[0]?.id ?? '', 'bob')).ok).toBe(true);
	});

	it('sends back over more steps than logs are read together for, beside others', async () => {
		async function opened(urges: number) {
			const manager = (await stage.start('three')).opened[0]?.id ?? '';
			const finance = accepted(await stage.agree(manager, 'bob')).opened[0]?.id ?? '';
			const urge = { type: 'urge-task', task: finance, user: 'ann', users: ['cat'], opinion: '' } as const;
			for (let urged = 0; urged < urges; urged++) accepted(await stage.submit(finance, urge));
			const board = accepted(await stage.agree(finance, 'cat')).opened[0]?.id ?? '';
			return { manager, finance, board };
		}
		const sent = async ({ manager, board }: Awaited<ReturnType<typeof opened>>) => {
			const done = accepted(await stage.submit(board, rollback(board, 'dan', manager)));
			return [done.opened.map(({ node }) => node), done.rollback?.undone.map(({ id }) => id)];
		};
		const all = await Promise.all([130, 98, 99, 100, ...Array<number>(16).fill(0)].map(opened));
		const expected = all.map(({ manager, finance }) => [['manager'], [manager, finance]]);
		expect(await Promise.all(all.map(sent))).toEqual(expected);
	});

	it('reopens the start for the initiator, whose inbox then shows it', async () => {
		const { opened, instance } = await stage.start('two', { initiator: 'eve' });
		const manager = opened[0]?.id ?? '';
		const [start] = accepted(await stage.services.tasks.rollbackPoints(TENANT, manager, 'bob', 'latest'));
		expect(start).toMatchObject({ isStart: true, completedBy: 'eve' });
		accepted(await stage.submit(manager, rollback(manager, 'bob', start?.id ?? '')));
		const page = { user: 'eve', type: 'pending', source: 'assignMe', limit: 10, offset: 0 } as const;
		const inbox = await stage.services.tasks.query(TENANT, {
			...page,
			startTime: null,
			endTime: null,
			flowIds: ['two'],
		});
		expect(inbox.tasks.map((task) => task.instance)).toEqual([instance]);
	});

	it('is refused for what does not exist', async () => {
		const { commands } = stage.services;
		const common = {
			tenant: TENANT,
			namespace: 'demo__c',
			initiator: 'ann',
			variables: {},
			businessKey: null,
			idempotency: null,
		};
		expect(refusalOf(await commands.start({ ...common, flowId: 'nothing' }))).toBe('flow-unknown');
		expect(refusalOf(await commands.start({ ...common, flowId: 'two', initiator: 'nobody' }))).toBe('user-unknown');
		expect(refusalOf(await commands.start({ ...common, flowId: 'two', businessKey: 'a\0b' }))).toBe(
			'variables-invalid',
		);
		for (const task of ['1234', 'x', '', '9'.repeat(40), '-1', '1e3', '\0']) {
			expect(refusalOf(await stage.agree(task, 'bob'))).toBe('task-unknown');
		}
		const command = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
		const target = { instance: '1234' };
		expect(refusalOf(await commands.submit({ tenant: TENANT, target, command, idempotency: null }))).toBe(
			'instance-unknown',
		);
	});

	it('cannot reach an instance of another tenant', async () => {
		const { instance, opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const { commands } = stage.services;
		const foreign = { tenant: 'other', idempotency: null };
		expect(refusalOf(await commands.submit({ ...foreign, target: { task }, command: agreement(task, 'bob') }))).toBe(
			'task-unknown',
		);
		const cancel = { type: 'cancel-instance', user: 'ann', opinion: '' } as const;
		expect(refusalOf(await commands.submit({ ...foreign, target: { instance }, command: cancel }))).toBe(
			'instance-unknown',
		);
		const preview = { ...foreign, target: { task }, command: rollback(task, 'bob', '1') };
		expect(refusalOf(await commands.previewRollback(preview))).toBe('task-unknown');
	});
});

describe('what people note on a task', () => {
	it('is kept for those whom it concerns', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const by = { task, user: 'ann', users: ['bob', 'dan'] };
		accepted(await stage.submit(task, { ...by, type: 'urge-task', opinion: 'please', users: ['bob'] }));
		accepted(await stage.submit(task, { ...by, type: 'copy-task' }));
		accepted(await stage.submit(task, { ...by, type: 'link-chat-group', chat: 'oc_1', name: 'one' }));
		accepted(await stage.submit(task, { ...by, type: 'link-chat-group', chat: 'oc_1', name: 'two', users: ['eve'] }));
		const { database } = stage;
		const notices = "SELECT kind, payload, sent_at FROM outbox WHERE payload ->> 'task' = $1 ORDER BY seq";
		expect(await database.query(notices, [task])).toEqual([
			{ kind: 'task-urged', payload: { task, user: 'ann', users: ['bob'], opinion: 'please' }, sent_at: null },
			{ kind: 'task-copied', payload: { task, user: 'ann', users: ['bob', 'dan'] }, sent_at: null },
		]);
		expect(await database.query('SELECT user_id FROM copies WHERE task_id = $1 ORDER BY 1', [task])).toEqual([
			{ user_id: 'bob' },
			{ user_id: 'dan' },
		]);
		expect(await database.query('SELECT chat_id, name, members FROM chat_groups WHERE task_id = $1', [task])).toEqual([
			{ chat_id: 'oc_1', name: 'two', members: ['eve'] },
		]);
	});

	it('moves a task from one inbox to another when it is transferred', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const transfer = { type: 'transfer-task', task, user: 'bob', from: [], to: ['eve'], opinion: 'yours' } as const;
		accepted(await stage.submit(task, transfer));
		const rows = await stage.database.query(
			'SELECT user_id, status FROM assignments WHERE task_id = $1 ORDER BY user_id',
			[task],
		);
		expect(rows).toEqual([
			{ user_id: 'bob', status: 'transferred' },
			{ user_id: 'eve', status: 'pending' },
		]);
		expect(refusalOf(await stage.agree(task, 'bob'))).toBe('not-an-assignee');
		expect((await stage.agree(task, 'eve')).ok).toBe(true);
	});

	it('is refused where the database cannot hold it', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const chat = { type: 'link-chat-group', task, user: 'ann', users: [], chat: 'a\0', name: 'n' } as const;
		expect(refusalOf(await stage.submit(task, chat))).toBe('variables-invalid');
		const key = { key: 'a\0', fingerprint: 'f' };
		expect(refusalOf(await stage.submit(task, agreement(task, 'bob'), key))).toBe('variables-invalid');
		const odd = { ...agreement(task, 'bob'), opinion: 'nul \0, half a pair \ud800, 退回' };
		expect((await stage.submit(task, odd)).ok).toBe(true);
	});
});

describe('commands at the same time', () => {
	it('of two on one task exactly one wins', async () => {
		for (let round = 0; round < 10; round++) {
			const { opened } = await stage.start('two');
			const task = opened[0]?.id ?? '';
			const answers = await Promise.all([stage.agree(task, 'bob'), stage.agree(task, 'bob'), stage.agree(task, 'bob')]);
			expect(answers.map(refusalOf).sort()).toEqual(['', 'task-not-open', 'task-not-open']);
		}
	});

	it('on one instance are all kept, in the order they came', async () => {
		const { instance, opened } = await stage.start('crowd');
		const task = opened[0]?.id ?? '';
		const voters = ['cat', 'ann', 'eve', 'dan', 'bob'];
		// A process that has never heard of the task has to look it up first, and still keeps the order.
		const { commands } = await stage.another();
		const request = { tenant: TENANT, target: { task }, idempotency: null };
		const answers = await Promise.all(
			voters.map((user) => commands.submit({ ...request, command: agreement(task, user) })),
		);
		expect(answers.map(refusalOf)).toEqual(['', '', '', '', '']);
		expect(answers.map((answer) => answer.ok && answer.value.status)).toEqual([
			...Array(4).fill('in_process'),
			'agreed',
		]);
		const history = (await stage.services.instances.history(TENANT, instance, 1, 10))?.entries;
		expect(
			history
				?.map(({ step }) => step.events[0])
				.map((event) => 'user' in (event ?? {}) && (event as { user: string }).user),
		).toEqual(voters);
		const [, vote] = await stage.services.tasks.ofInstance(TENANT, instance);
		expect(vote?.assignments.map(({ status }) => status)).toEqual(Array(5).fill('agreed'));
		const rows = await stage.database.query(
			'SELECT status, count(*)::int AS n FROM assignments WHERE task_id = $1 GROUP BY 1',
			[task],
		);
		expect(rows).toEqual([{ status: 'agreed', n: 5 }]);
	});

	it('of several processes are all kept, and of two on one task exactly one wins', async () => {
		const processes = [stage.services, await stage.another(), await stage.another()];
		const instances = await Promise.all(Array.from({ length: 8 }, () => stage.start('crowd')));
		const voters = ['ann', 'bob', 'cat', 'dan', 'eve'];
		const answers = await Promise.all(
			instances.flatMap(({ opened }) =>
				voters.flatMap((user, index) =>
					[0, 1].map((copy) => {
						const task = opened[0]?.id ?? '';
						const services = processes[(index + copy) % processes.length] ?? stage.services;
						return services.commands.submit({
							tenant: TENANT,
							target: { task },
							command: agreement(task, user),
							idempotency: null,
						});
					}),
				),
			),
		);
		expect(answers.filter(({ ok }) => ok).length).toBe(40);
		for (const { instance } of instances) {
			const view = await stage.services.instances.find(TENANT, instance);
			expect(view?.state.status).toBe('agreed');
		}
	});

	it('is judged on what another process has just committed, never on a stale state', async () => {
		const other = await stage.another();
		const { opened } = await stage.start('two');
		const manager = opened[0]?.id ?? '';
		const request = {
			tenant: TENANT,
			target: { task: manager },
			command: agreement(manager, 'bob'),
			idempotency: null,
		};
		const finance = accepted(await other.commands.submit(request)).opened[0]?.id ?? '';
		// This process still has the state from before in its cache, where this task does not exist.
		expect(accepted(await stage.agree(finance, 'cat')).status).toBe('agreed');
	});
});

describe('the state in the database', () => {
	it('equals the state in memory, and what the log folds to', async () => {
		const { instance, opened } = await stage.start('two', { variables: { amount: 1, text: '退回 "x"' } });
		const manager = opened[0]?.id ?? '';
		const finance = accepted(await stage.agree(manager, 'bob')).opened[0]?.id ?? '';
		accepted(await stage.submit(finance, rollback(finance, 'cat', manager)));
		const view = await stage.services.instances.find(TENANT, instance);
		const history = (await stage.services.instances.history(TENANT, instance, 0, 100))?.entries ?? [];
		const events: readonly EngineEvent[] = history.flatMap(({ step }) => step.events);
		const folded = events.reduce<InstanceState | null>(apply, null);
		expect(view?.state).toEqual(folded);
		expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
	});
});

describe('a repeat with the same idempotency key', () => {
	const key = { key: 'app:1', fingerprint: 'f1' };

	it('gets the same answer and does nothing', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const first = accepted(await stage.submit(task, agreement(task, 'bob'), key));
		const again = accepted(await stage.submit(task, agreement(task, 'bob'), key));
		expect(again).toEqual({ ...first, repeated: true });
		expect(refusalOf(await stage.submit(task, agreement(task, 'bob'), { ...key, fingerprint: 'f2' }))).toBe(
			'idempotency-key-reused',
		);
	});

	it('at the same time gets the same answer, and the start happens once', async () => {
		const request = {
			tenant: TENANT,
			namespace: 'demo__c',
			flowId: 'two',
			initiator: 'dan',
			variables: {},
			businessKey: 'order 1',
			idempotency: { key: 'app:start', fingerprint: 'f' },
		};
		const other = await stage.another();
		const answers = await Promise.all([
			...Array.from({ length: 5 }, () => stage.services.commands.start(request)),
			...Array.from({ length: 5 }, () => other.commands.start(request)),
		]);
		const results = answers.map(accepted);
		expect(new Set(results.map(({ instance }) => instance)).size).toBe(1);
		expect(results.filter(({ repeated }) => !repeated).length).toBe(1);
		expect(
			await stage.database.query(`SELECT count(*)::int AS n FROM instances WHERE business_key = 'order 1'`),
		).toEqual([{ n: 1 }]);
	});

	it('of two on one task at the same time: the one is the repeat of the other', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const idempotency = { key: 'app:2', fingerprint: 'f' };
		const answers = await Promise.all([1, 2, 3].map(() => stage.submit(task, agreement(task, 'bob'), idempotency)));
		expect(
			answers
				.map(accepted)
				.map(({ repeated }) => repeated)
				.sort(),
		).toEqual([false, true, true]);
	});

	it('is not confused by the same key in another tenant, and a refusal does not use the key up', async () => {
		const idempotency = { key: 'app:3', fingerprint: 'f' };
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		expect(refusalOf(await stage.submit(task, agreement(task, 'cat'), idempotency))).toBe('not-an-assignee');
		expect((await stage.submit(task, agreement(task, 'bob'), idempotency)).ok).toBe(true);
		const there = await stage.services.commands.start({
			tenant: 'other',
			namespace: 'demo__c',
			flowId: 'two',
			initiator: 'ann',
			variables: {},
			businessKey: null,
			idempotency,
		});
		expect(accepted(there).repeated).toBe(false);
	});
});

describe('a server that stops', () => {
	it('answers what it took and turns the rest away', async () => {
		const services = await stage.another();
		const request = {
			tenant: TENANT,
			namespace: 'demo__c',
			flowId: 'two',
			initiator: 'ann',
			variables: {},
			businessKey: null,
			idempotency: null,
		};
		const taken = Promise.all([1, 2, 3].map(() => services.commands.start(request)));
		const drained = services.commands.drain();
		expect(refusalOf(await services.commands.start(request))).toBe('shutting-down');
		await drained;
		expect((await taken).every(({ ok }) => ok)).toBe(true);
	});

	it('turns away what is more than it can take, at once', async () => {
		const services = await stage.another();
		const request = { tenant: TENANT, target: { task: '1234' }, command: agreement('1234', 'bob'), idempotency: null };
		const answers = await Promise.all(Array.from({ length: 4_200 }, () => services.commands.submit(request)));
		const codes = answers.map(refusalOf);
		expect(codes.filter((code) => code === 'too-busy').length).toBe(4_200 - 1_024);
		expect(codes.filter((code) => code === 'task-unknown').length).toBe(1_024);
	});

	it('lets in no more in one turn of the event loop than it can take, and fewer while it is crowded', async () => {
		const { commands } = await stage.another();
		const come = () => {
			const refusal = commands.whyNotNow();
			if (refusal === null) commands.expect();
			else commands.turnedAway();
			return refusal;
		};
		const turnedAway = () => Array.from({ length: 2_000 }, come).filter((refusal) => refusal !== null);
		expect(turnedAway().map(({ code }) => code)).toEqual(Array(2_000 - 1_024).fill('too-busy'));
		// None of those that were let in came with a command.
		await new Promise((resolve) => setImmediate(resolve));
		expect(turnedAway().length).toBe(2_000 - 256);
		// Nobody comes for longer than they were told to wait.
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		expect(turnedAway().length).toBe(2_000 - 1_024);
	});
});
