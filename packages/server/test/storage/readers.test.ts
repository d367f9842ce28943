import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskQuery } from '../../src/services.ts';
import { COUNT_LIMIT } from '../../src/storage/postgres/task-query.ts';
import {
	accepted,
	agreement,
	definitions,
	refusalOf,
	rollback,
	type Stage,
	sequence,
	setStage,
	TENANT,
	userTask,
} from '../support/services.ts';

/** first, then again while `more` is true, then second. */
const LOOP = definitions(`
	<startEvent id="start"/>${userTask('first=bob')}<exclusiveGateway id="again" default="again_second"/>
	${userTask('second=cat')}<endEvent id="end"/>
	<sequenceFlow id="start_first" sourceRef="start" targetRef="first"/>
	<sequenceFlow id="first_again" sourceRef="first" targetRef="again"/>
	<sequenceFlow id="again_first" sourceRef="again" targetRef="first">
		<conditionExpression xsi:type="tFormalExpression">= more</conditionExpression>
	</sequenceFlow>
	<sequenceFlow id="again_second" sourceRef="again" targetRef="second"/>
	<sequenceFlow id="second_end" sourceRef="second" targetRef="end"/>`);

/** sign, three times one after the other, then pay. */
const REPEATED = definitions(`
	<startEvent id="start"/>
	<userTask id="sign" sendback:assignees="bob"><multiInstanceLoopCharacteristics isSequential="true">
		<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
	${userTask('pay=cat')}<endEvent id="end"/>
	<sequenceFlow id="start_sign" sourceRef="start" targetRef="sign"/>
	<sequenceFlow id="sign_pay" sourceRef="sign" targetRef="pay"/>
	<sequenceFlow id="pay_end" sourceRef="pay" targetRef="end"/>`);

let stage: Stage;
beforeAll(async () => {
	stage = await setStage({
		two: sequence('manager=bob', 'finance=cat'),
		other: sequence('manager=bob'),
		large: sequence('keep=ann'),
		crowd: sequence('vote=ann,bob,cat'),
		three: sequence('first=bob', 'second=cat', 'third=dan'),
		loop: LOOP,
		repeated: REPEATED,
	});
});
afterAll(() => stage.close());

const EVERYTHING: Omit<TaskQuery, 'user'> = {
	type: null,
	source: null,
	limit: 50,
	offset: 0,
	startTime: null,
	endTime: null,
	flowIds: null,
};

async function find(query: Partial<TaskQuery> & { user: string }, tenant = TENANT) {
	return stage.services.tasks.query(tenant, { ...EVERYTHING, ...query });
}
const ids = async (query: Partial<TaskQuery> & { user: string }, tenant = TENANT) =>
	(await find(query, tenant)).tasks.map(({ id }) => id);

describe('the inbox', () => {
	it('pages through what is pending, latest first, each task once', async () => {
		const started = [];
		for (let n = 0; n < 7; n++) started.push(await stage.start('two', { initiator: 'dan', variables: { n } }));
		const all = started.map(({ opened }) => opened[0]?.id).reverse();
		const pages = [];
		for (let offset = 0; offset < 9; offset += 3) {
			const page = await find({ user: 'bob', type: 'pending', limit: 3, offset });
			expect(page.count).toBe(7);
			pages.push(...page.tasks.map(({ id }) => id));
		}
		expect(pages).toEqual(all);
		const beyond = await find({ user: 'bob', type: 'pending', offset: 100 });
		expect(beyond).toEqual({ count: 7, tasks: [] });

		const [latest] = (await find({ user: 'bob', type: 'pending', limit: 1 })).tasks;
		expect(latest).toMatchObject({
			instance: started[6]?.instance,
			instanceStatus: 'in_process',
			flowName: 'Approval',
			nodeName: 'The manager',
			initiator: { id: 'dan', name: 'DAN' },
			summary: { n: '6' },
		});
	});

	it('shows the first variables beside a task, cut between characters', async () => {
		const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`v${n}`, n]));
		const emoji = `x${'😀'.repeat(600)}`;
		await stage.start('large', { variables: { emoji, list: [1, { a: null }], ...many } });
		const [latest] = (await find({ user: 'ann', flowIds: ['large'], type: 'pending', limit: 1 })).tasks;
		expect(Object.entries(latest?.summary ?? {})).toEqual([
			['emoji', `x${'😀'.repeat(499)}…`],
			['list', '[1,{"a":null}]'],
			...Object.entries(many)
				.slice(0, 18)
				.map(([name, n]) => [name, String(n)]),
		]);
	});

	it('is one page however much the instances keep', async () => {
		const started = [];
		for (const sizes of [4, 5, 1, 7, 0]) {
			started.push(await stage.start('large', { variables: { data: 'x'.repeat(sizes * 1_000_000) } }));
		}
		const { tasks } = await find({ user: 'ann', flowIds: ['large'], type: 'pending', limit: 5 });
		expect(tasks.map(({ instance }) => instance)).toEqual(started.map(({ instance }) => instance).reverse());
		expect(tasks.map(({ summary }) => summary.data?.length)).toEqual([0, 1001, 1001, 1001, 1001]);
	});

	it('moves a task from pending to archived once it is decided', async () => {
		const { opened } = await stage.start('other', { initiator: 'eve' });
		const task = opened[0]?.id ?? '';
		const here = { user: 'bob', flowIds: ['other'] };
		expect(await ids({ ...here, type: 'pending' })).toEqual([task]);
		expect(await ids({ ...here, type: 'archived' })).toEqual([]);
		accepted(await stage.agree(task, 'bob'));
		expect(await ids({ ...here, type: 'pending' })).toEqual([]);
		expect(await ids({ ...here, type: 'archived' })).toEqual([task]);
		expect(await ids(here)).toEqual([task]);
	});

	it('shows what one started, open and closed, each task once however many decide it', async () => {
		const { opened } = await stage.start('crowd', { initiator: 'eve' });
		const task = opened[0]?.id ?? '';
		const here = { user: 'eve', source: 'fromMe', flowIds: ['crowd'] } as const;
		expect(await find({ ...here, type: 'pending' })).toMatchObject({ count: 1, tasks: [{ id: task }] });
		accepted(await stage.agree(task, 'ann'));
		expect(await ids({ ...here, type: 'pending' })).toEqual([task]);
		expect(await ids({ ...here, type: 'archived' })).toEqual([]);
		accepted(await stage.agree(task, 'bob'));
		accepted(await stage.agree(task, 'cat'));
		expect(await ids({ ...here, type: 'pending' })).toEqual([]);
		expect(await find({ ...here, type: 'archived' })).toMatchObject({ count: 1, tasks: [{ id: task }] });
		expect(await ids({ user: 'ann', source: 'fromMe', flowIds: ['crowd'] })).toEqual([]);
	});

	it('shows copies to those who got one', async () => {
		const { opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		const copy = { type: 'copy-task', task, user: 'ann', users: ['eve', 'dan'] } as const;
		accepted(await stage.submit(task, copy));
		accepted(await stage.submit(task, copy));
		for (const user of ['eve', 'dan']) {
			expect(await find({ user, source: 'CCMe' })).toMatchObject({ count: 1, tasks: [{ id: task }] });
			expect(await ids({ user, source: 'CCMe', type: 'archived' })).toEqual([]);
		}
		accepted(await stage.agree(task, 'bob'));
		expect(await ids({ user: 'eve', source: 'CCMe', type: 'pending' })).toEqual([]);
		expect(await ids({ user: 'eve', source: 'CCMe', type: 'archived' })).toEqual([task]);
	});

	it('shows copies as open again where the task is, and reads no closed ones for the open', async () => {
		const { instance, opened } = await stage.start('two');
		accepted(await stage.agree(opened[0]?.id ?? '', 'bob'));
		const { id: task } = await stage.openTask(instance, 'finance');
		accepted(await stage.submit(task, { type: 'copy-task', task, user: 'ann', users: ['dan'] }));
		const open = async () => {
			const [row] = await stage.database.query<{ is_open: boolean }>('SELECT is_open FROM copies WHERE task_id = $1', [
				task,
			]);
			return [row?.is_open, (await ids({ user: 'dan', source: 'CCMe', type: 'pending' })).includes(task)];
		};
		expect(await open()).toEqual([true, true]);
		const back = { user: 'cat', to: opened[0]?.id ?? '', opinion: '', resume: 'replay' } as const;
		const { rollback } = accepted(await stage.submit(task, { type: 'roll-back', task, ...back }));
		expect(await open()).toEqual([false, false]);
		const command = { type: 'undo-rollback', user: 'cat', opinion: '' } as const;
		const target = { rollback: rollback?.rollback ?? '' };
		accepted(await stage.services.commands.submit({ tenant: TENANT, target, command, idempotency: null }));
		expect(await open()).toEqual([true, true]);
		accepted(await stage.agree(task, 'cat'));
		expect(await open()).toEqual([false, false]);
	});

	it('is bounded by when tasks were opened, and by flows', async () => {
		const { instance } = await stage.start('two');
		const { openedAt, id } = await stage.openTask(instance, 'manager');
		const at = (startTime: number | null, endTime: number | null) =>
			ids({ user: 'bob', type: 'pending', startTime, endTime });
		expect(await at(openedAt, openedAt)).toEqual([id]);
		expect(await at(openedAt + 1, null)).toEqual([]);
		expect(await at(null, openedAt - 1)).not.toContain(id);
		expect(await ids({ user: 'bob', type: 'pending', flowIds: ['other'] })).toEqual([]);
		expect(await ids({ user: 'bob', type: 'pending', flowIds: ['\0', 'two'], limit: 1 })).toEqual([id]);
	});

	it('counts exactly up to its limit, and no further', async () => {
		await stage.database.query(
			`INSERT INTO assignments (tenant_id, task_id, user_id, instance_id, namespace, flow_id, initiator, status, opened_at)
			SELECT 'acme', n, 'many', n, 'demo__c', 'two', 'ann', 'pending', n FROM generate_series(1, $1::int) AS n`,
			[COUNT_LIMIT + 50],
		);
		expect((await find({ user: 'many', startTime: 51 })).count).toBe(COUNT_LIMIT);
		expect((await find({ user: 'many', startTime: 52 })).count).toBe(COUNT_LIMIT - 1);
		expect((await find({ user: 'many' })).count).toBe(COUNT_LIMIT);
	});
});

describe('rollback points', () => {
	async function toThird(): Promise<{ instance: string; third: string; decided: string[] }> {
		const { instance, opened } = await stage.start('three');
		const decided = [];
		let open = opened[0]?.id ?? '';
		for (const user of ['bob', 'cat']) {
			decided.push(open);
			open = accepted(await stage.agree(open, user)).opened[0]?.id ?? '';
		}
		return { instance, third: open, decided };
	}

	it('are what the open task follows from, newest first, the start last', async () => {
		const { third } = await toThird();
		const points = accepted(await stage.services.tasks.rollbackPoints(TENANT, third, 'dan', 'latest'));
		expect(points.map(({ node, nodeName, isStart, completedBy }) => [node, nodeName, isStart, completedBy])).toEqual([
			['second', 'The second', false, 'cat'],
			['first', 'The first', false, 'bob'],
			['start', 'start', true, 'ann'],
		]);
		expect(points.every(({ completedAt }) => completedAt > 1_000_000)).toBe(true);
	});

	it('after a rollback are the tasks that count now, and not those that were undone', async () => {
		const { third, decided } = await toThird();
		const back = accepted(await stage.submit(third, rollback(third, 'dan', decided[0] ?? '')));
		let open = back.opened[0]?.id ?? '';
		const again = [];
		for (const user of ['bob', 'cat']) {
			again.push(open);
			open = accepted(await stage.agree(open, user)).opened[0]?.id ?? '';
		}
		for (const occurrences of ['latest', 'all'] as const) {
			const points = accepted(await stage.services.tasks.rollbackPoints(TENANT, open, 'dan', occurrences));
			expect(points.slice(0, 2).map(({ id }) => id)).toEqual([...again].reverse());
			expect(points.length).toBe(3);
		}
	});

	it('are every occurrence of a node in a loop on request, and one can be sent back to', async () => {
		const { opened } = await stage.start('loop');
		let open = opened[0]?.id ?? '';
		const firsts = [];
		for (const more of [true, true, true, false]) {
			firsts.push(open);
			open = accepted(await stage.submit(open, { ...agreement(open, 'bob'), variables: { more } })).opened[0]?.id ?? '';
		}
		const points = async (occurrences: 'latest' | 'all') => {
			const found = accepted(await stage.services.tasks.rollbackPoints(TENANT, open, 'cat', occurrences));
			return found.filter(({ isStart }) => !isStart).map(({ id }) => id);
		};
		expect(await points('latest')).toEqual([firsts[3]]);
		expect(await points('all')).toEqual([...firsts].reverse());

		const second = accepted(await stage.submit(open, rollback(open, 'cat', firsts[1] ?? '')));
		expect(second.rollback?.undone.map(({ id }) => id)).toEqual(firsts.slice(1));
	});

	it('are every occurrence however often a loop was gone through, or as many of the newest as are asked for', async () => {
		const { opened } = await stage.start('loop');
		let open = opened[0]?.id ?? '';
		const firsts = [];
		for (let left = 249; left >= 0; left--) {
			firsts.push(open);
			const vote = { ...agreement(open, 'bob'), variables: { more: left > 0 } };
			open = accepted(await stage.submit(open, vote)).opened[0]?.id ?? '';
		}
		const points = async (atMost?: number) =>
			accepted(await stage.services.tasks.rollbackPoints(TENANT, open, 'cat', 'all', atMost)).map(({ id }) => id);
		const all = await points();
		expect(all.slice(0, -1)).toEqual([...firsts].reverse());
		expect(await points(30)).toEqual(all.slice(0, 30));
	});

	it('are the repeated task as a whole, and on request each run that counts', async () => {
		const { opened } = await stage.start('repeated');
		let open = opened[0]?.id ?? '';
		const runs: string[] = [];
		const sign = async (times: number) => {
			for (let n = 0; n < times; n++) {
				runs.push(open);
				open = accepted(await stage.agree(open, 'bob')).opened[0]?.id ?? '';
			}
		};
		const points = async (occurrences: 'latest' | 'all') => {
			const found = accepted(await stage.services.tasks.rollbackPoints(TENANT, open, 'cat', occurrences));
			return found.filter(({ isStart }) => !isStart).map(({ id, node }) => `${node} ${id}`);
		};
		await sign(3);
		const [whole] = await points('latest');
		expect(runs.map((id) => `sign ${id}`)).not.toContain(whole);
		expect(await points('all')).toEqual([whole, ...runs.map((id) => `sign ${id}`).reverse()]);

		open = accepted(await stage.submit(open, rollback(open, 'cat', runs.splice(1)[0] ?? ''))).opened[0]?.id ?? '';
		await sign(2);
		expect(await points('latest')).toEqual([whole]);
		expect(await points('all')).toEqual([whole, ...runs.map((id) => `sign ${id}`).reverse()]);
	});

	it('are only for whoever may decide the task', async () => {
		const { third, decided } = await toThird();
		const { tasks } = stage.services;
		expect(refusalOf(await tasks.rollbackPoints(TENANT, third, 'ann', 'latest'))).toBe('not-an-assignee');
		expect(refusalOf(await tasks.rollbackPoints(TENANT, decided[0] ?? '', 'bob', 'latest'))).toBe('task-not-open');
		expect(refusalOf(await tasks.rollbackPoints(TENANT, '77', 'bob', 'latest'))).toBe('task-unknown');
	});
});

describe('the history', () => {
	it('comes in pages by position, and says what was undone by which rollback wherever that is', async () => {
		const { instance, opened } = await stage.start('two');
		const manager = opened[0]?.id ?? '';
		const finance = accepted(await stage.agree(manager, 'bob')).opened[0]?.id ?? '';
		const { rollback: done } = accepted(await stage.submit(finance, rollback(finance, 'cat', manager)));
		const { instances } = stage.services;
		const first = (await instances.history(TENANT, instance, 0, 2))?.entries;
		expect(first?.map(({ position }) => position)).toEqual([1, 2]);
		expect(first?.[0]?.undoneBy).toEqual([]);
		expect(first?.[1]?.undoneBy.map((undoing) => undoing.rollback)).toEqual([done?.rollback]);
		const undone = first?.[1]?.undoneBy[0]?.seqs ?? [];
		expect(undone.length).toBeGreaterThan(0);
		expect(first?.[1]?.step.events.map(({ seq }) => seq)).toEqual(expect.arrayContaining([...undone]));
		const rest = await instances.history(TENANT, instance, 2, 2);
		expect(rest?.entries.map(({ position }) => position)).toEqual([3]);
		expect(rest?.hasMore).toBe(false);
		expect(await instances.history(TENANT, instance, 3, 2)).toEqual({ entries: [], hasMore: false });
		expect(await instances.history(TENANT, '77', 0, 2)).toBeNull();
	});

	it('knows what was undone also after hundreds of rollbacks, most of them taken back', async () => {
		const { instance, opened } = await stage.start('two');
		const manager = opened[0]?.id ?? '';
		const finance = accepted(await stage.agree(manager, 'bob')).opened[0]?.id ?? '';
		const sendBack = async () => accepted(await stage.submit(finance, rollback(finance, 'cat', manager))).rollback;
		for (let time = 0; time < 110; time++) {
			const taken = (await sendBack())?.rollback ?? '';
			const command = { type: 'undo-rollback', user: 'cat', opinion: '' } as const;
			const request = { tenant: TENANT, target: { rollback: taken }, command, idempotency: null };
			accepted(await stage.services.commands.submit(request));
		}
		const last = await sendBack();
		const entries = (await stage.services.instances.history(TENANT, instance, 0, 3))?.entries ?? [];
		expect(entries.map(({ undoneBy }) => undoneBy.map(({ rollback: id }) => id))).toEqual([[], [last?.rollback], []]);
	});

	it('comes in smaller pages where its entries are large', async () => {
		const data = 'x'.repeat(3_000_000);
		const { instance, opened } = await stage.start('two', { variables: { data } });
		const task = opened[0]?.id ?? '';
		const decide = {
			type: 'decide-task',
			task,
			user: 'bob',
			decision: 'agree',
			opinion: '',
			variables: { data },
		} as const;
		const next = accepted(await stage.submit(task, decide)).opened[0]?.id ?? '';
		accepted(await stage.submit(next, { type: 'urge-task', task: next, user: 'ann', users: ['cat'], opinion: '' }));
		const { instances } = stage.services;
		const pageAfter = async (cursor: number) => {
			const page = await instances.history(TENANT, instance, cursor, 500);
			return { positions: page?.entries.map(({ position }) => position), hasMore: page?.hasMore };
		};
		expect(await pageAfter(0)).toEqual({ positions: [1, 2], hasMore: true });
		expect(await pageAfter(2)).toEqual({ positions: [3], hasMore: false });
	});

	it('comes in smaller pages also where the database keeps its entries in a few bytes', async () => {
		const { instance, opened } = await stage.start('loop');
		let open = opened[0]?.id ?? '';
		for (let time = 0; time < 130; time++) {
			const variables = { more: true, text: `${time}${'x'.repeat(20_000)}` };
			open = accepted(await stage.submit(open, { ...agreement(open, 'bob'), variables })).opened[0]?.id ?? '';
		}
		const page = await stage.services.instances.history(TENANT, instance, 0, 500);
		expect(page?.hasMore).toBe(true);
		expect(JSON.stringify(page?.entries.map(({ step }) => step.events)).length).toBeLessThan(9_000_000);
	});
});

describe('another tenant', () => {
	it('sees nothing of all this, by whatever reader', async () => {
		const { instance, opened } = await stage.start('two');
		const task = opened[0]?.id ?? '';
		accepted(await stage.submit(task, { type: 'copy-task', task, user: 'ann', users: ['ann', 'bob'] }));
		const { instances, tasks, flows, directory } = stage.services;
		expect(await instances.find('other', instance)).toBeNull();
		expect(await instances.history('other', instance, 0, 10)).toBeNull();
		expect(await tasks.find('other', task)).toBeNull();
		expect(await tasks.ofInstance('other', instance)).toEqual([]);
		expect(refusalOf(await tasks.rollbackPoints('other', task, 'bob', 'all'))).toBe('task-unknown');
		for (const source of ['assignMe', 'fromMe', 'CCMe'] as const) {
			for (const user of ['ann', 'bob']) expect(await find({ user, source }, 'other')).toEqual({ count: 0, tasks: [] });
		}
		await directory.putUser(TENANT, {
			id: 'zoe',
			name: 'Zoe',
			email: 'zoe@example.org',
			managerId: null,
			departments: [],
			outOfOffice: null,
		});
		accepted(await directory.putGroup(TENANT, { id: 'hr', name: 'HR', members: ['zoe'] }));
		expect(await directory.findUser('other', 'zoe')).toBeNull();
		expect(await directory.findUserByEmail('other', 'zoe@example.org')).toBeNull();
		expect(await directory.findGroup('other', 'hr')).toBeNull();
		expect((await flows.deploy(TENANT, 'demo__c', 'secret', sequence('a=bob'))).ok).toBe(true);
		expect(await flows.find('other', 'demo__c', 'secret', null)).toBeNull();
		expect(await flows.find('other', 'demo__c', 'secret', 1)).toBeNull();
	});
});
