import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlannedTask } from '../../src/services.ts';
import {
	accepted,
	flow,
	refusalOf,
	rollback,
	type Stage,
	sequence,
	setStage,
	TENANT,
	userTask,
} from '../support/services.ts';

const start = '<startEvent id="start"/>';
const end = '<endEvent id="end"/>';
const FLOWS = {
	two: sequence('review=bob', 'pay=cat'),
	loop: flow(
		`${start}<userTask id="sign" sendback:assignees="bob"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>${userTask('pay=cat')}${end}`,
		'start > sign > pay > end',
	),
	kept: flow(
		`${start}<subProcess id="sub"><startEvent id="in"/>${userTask('inner=bob')}${userTask('other=dan')}<parallelGateway id="fork"/><endEvent id="out"><terminateEventDefinition/></endEvent><endEvent id="out2"/>
		<sequenceFlow id="i1" sourceRef="in" targetRef="fork"/><sequenceFlow id="i2" sourceRef="fork" targetRef="inner"/><sequenceFlow id="i3" sourceRef="fork" targetRef="other"/>
		<sequenceFlow id="i4" sourceRef="inner" targetRef="out"/><sequenceFlow id="i5" sourceRef="other" targetRef="out2"/></subProcess>${userTask('after=cat')}${end}`,
		'start > sub > after > end',
	),
	called: sequence('first=bob', 'second=cat'),
	caller: flow(
		`${start}<callActivity id="call" calledElement="called"/>${userTask('last=dan')}${end}`,
		'start > call > last > end',
	),
};

let stage: Stage;
beforeAll(async () => {
	stage = await setStage(FLOWS);
});
afterAll(() => stage.close());

const tasksOf = (instance: string) => stage.services.tasks.ofInstance(TENANT, instance);
const inbox = async (user: string) => {
	const query = {
		user,
		type: 'pending',
		source: null,
		limit: 100,
		offset: 0,
		startTime: null,
		endTime: null,
		flowIds: null,
	} as const;
	return (await stage.services.tasks.query(TENANT, query)).tasks.map(({ id }) => id);
};
const undo = (id: string, user: string, services = stage.services) =>
	services.commands.submit({
		tenant: TENANT,
		target: { rollback: id },
		command: { type: 'undo-rollback', user, opinion: 'sorry' },
		idempotency: null,
	});

describe('a rollback that is taken back', () => {
	it('leaves every row as it was before, also for another process', async () => {
		const { instance } = await stage.start('two');
		const review = await stage.openTask(instance, 'review');
		await stage.agree(review.id, 'bob');
		const pay = await stage.openTask(instance, 'pay');
		const before = await tasksOf(instance);
		const done = accepted(await stage.submit(pay.id, rollback(pay.id, 'cat', review.id)));
		expect(await inbox('cat')).not.toContain(pay.id);
		const id = done.rollback?.rollback ?? '';
		expect(refusalOf(await undo(id, 'bob'))).toBe('not-permitted');
		expect(refusalOf(await undo('1', 'cat'))).toBe('rollback-unknown');
		const answer = accepted(await undo(id, 'cat', await stage.another()));
		expect(answer.opened).toEqual([{ id: pay.id, node: 'pay' }]);
		const after = await tasksOf(instance);
		expect(after.filter(({ id }) => before.some((task) => task.id === id))).toEqual(before);
		expect(after.filter(({ status }) => status === 'canceled').map(({ node }) => node)).toEqual(['review']);
		expect(await inbox('cat')).toContain(pay.id);
		const history = (await stage.services.instances.history(TENANT, instance, 0, 100))?.entries ?? [];
		expect(history.flatMap(({ undoneBy }) => undoneBy)).toEqual([]);
		expect(refusalOf(await undo(id, 'cat'))).toBe('rollback-not-last');
		expect(await stage.agree(pay.id, 'cat')).toMatchObject({ value: { status: 'agreed' } });
	});
});

describe('tasks that were canceled with something undone', () => {
	it('are open again under their old id', async () => {
		const { instance } = await stage.start('kept');
		const inner = await stage.openTask(instance, 'inner');
		const other = await stage.openTask(instance, 'other');
		await stage.agree(inner.id, 'bob');
		expect((await stage.services.tasks.find(TENANT, other.id))?.status).toBe('canceled');
		const after = await stage.openTask(instance, 'after');
		expect(await stage.submit(after.id, rollback(after.id, 'cat', inner.id))).toMatchObject({ ok: true });
		expect(await stage.services.tasks.find(TENANT, other.id)).toEqual(other);
		expect(await inbox('dan')).toContain(other.id);
		expect(await stage.agree(other.id, 'dan')).toMatchObject({ ok: true });
	});
});

describe('a repeated task', () => {
	it('is one rollback point for all of its runs, before each of them, again and again', async () => {
		const { instance } = await stage.start('loop');
		for (let round = 0; round < 2; round++) {
			for (let run = 0; run < 3; run++) await stage.agree((await stage.openTask(instance, 'sign')).id, 'bob');
			const pay = await stage.openTask(instance, 'pay');
			const points = accepted(await stage.services.tasks.rollbackPoints(TENANT, pay.id, 'cat', 'all'));
			expect(points.map(({ node, completedBy }) => [node, completedBy])).toEqual([
				...Array.from({ length: 1 + 3 }, () => ['sign', 'bob']),
				['start', 'ann'],
			]);
			const loop = points[0]?.id ?? '';
			const signs = (await tasksOf(instance)).filter(({ node }) => node === 'sign');
			expect(new Set(signs.map((task) => task.loop))).toEqual(new Set([loop]));
			const done = accepted(await stage.submit(pay.id, rollback(pay.id, 'cat', loop)));
			expect(done.rollback?.undone.map(({ node }) => node)).toEqual(['sign', 'sign', 'sign']);
			expect(await stage.openNodes(instance)).toEqual(['sign']);
		}
	});
});

describe('a called flow', () => {
	it('is run in its latest version, and its tasks are known by their own names and points', async () => {
		const { instance } = await stage.start('caller');
		const first = await stage.openTask(instance, 'first');
		expect(first.nodeName).toBe('The first');
		await stage.agree(first.id, 'bob');
		const second = await stage.openTask(instance, 'second');
		const points = accepted(await stage.services.tasks.rollbackPoints(TENANT, second.id, 'cat', 'all'));
		expect(points.map(({ id, nodeName }) => [id, nodeName])).toEqual([[first.id, 'The first']]);
		expect(await stage.submit(second.id, rollback(second.id, 'cat', first.id))).toMatchObject({ ok: true });
		await stage.agree((await stage.openTask(instance, 'first')).id, 'bob');
		await stage.agree((await stage.openTask(instance, 'second')).id, 'cat');
		expect(await stage.openNodes(instance)).toEqual(['last']);
	});

	it('leaves its tasks, by their own names, among the points of what follows it', async () => {
		const { instance } = await stage.start('caller');
		const first = await stage.openTask(instance, 'first');
		await stage.agree(first.id, 'bob');
		const second = await stage.openTask(instance, 'second');
		await stage.agree(second.id, 'cat');
		const last = await stage.openTask(instance, 'last');
		for (const occurrences of ['latest', 'all'] as const) {
			const points = accepted(await stage.services.tasks.rollbackPoints(TENANT, last.id, 'dan', occurrences));
			expect(points.map(({ id, nodeName }) => [id, nodeName]).slice(0, 2)).toEqual([
				[second.id, 'The second'],
				[first.id, 'The first'],
			]);
			expect(points.slice(2).map(({ isStart }) => isStart)).toEqual([true]);
		}
		const back = accepted(await stage.submit(last.id, rollback(last.id, 'dan', first.id)));
		const names = (tasks: readonly PlannedTask[] = []) => tasks.map(({ name }) => name);
		expect(names(back.rollback?.reopened)).toEqual(['The first']);
		expect(names(back.rollback?.closed)).toEqual(['The last']);
		expect(names(back.rollback?.undone)).toEqual(['The first', 'The second']);
		accepted(await undo(back.rollback?.rollback ?? '', 'dan', await stage.another()));
		expect(await stage.openNodes(instance)).toEqual(['last']);
	});
});

describe('a direct return', () => {
	it('goes back to who sent back, across processes, and says what it kept', async () => {
		const { instance } = await stage.start('two');
		const begin = (await tasksOf(instance)).find(({ isStart }) => isStart);
		await stage.agree((await stage.openTask(instance, 'review')).id, 'bob');
		const pay = await stage.openTask(instance, 'pay');
		const back = { ...rollback(pay.id, 'cat', begin?.id ?? ''), resume: 'direct' } as const;
		accepted(await stage.submit(pay.id, back));
		const again = await stage.openTask(instance, 'start');
		const command = {
			type: 'decide-task',
			task: again.id,
			user: 'ann',
			decision: 'agree',
			opinion: '',
			variables: {},
		} as const;
		const other = await stage.another();
		const done = accepted(
			await other.commands.submit({ tenant: TENANT, target: { task: again.id }, command, idempotency: null }),
		);
		expect(done.resumed).toMatchObject({ kept: [{ node: 'review' }], stopped: null });
		expect(await stage.openNodes(instance)).toEqual(['pay']);
	});
});

it('is taken back by any administrator, also where there are more than a task can have assignees', async () => {
	const { commands, directory } = stage.services;
	const many = Array.from({ length: 600 }, (_, n) => `m${n}`);
	await stage.database.query(
		`INSERT INTO users SELECT $1, id, id, NULL, NULL, '{}', NULL, NULL FROM unnest($2::text[]) AS id`,
		[TENANT, many],
	);
	accepted(await directory.putGroup(TENANT, { id: 'admin', name: 'Admin', members: [...many, 'eve'] }));
	const { opened } = await stage.start('two');
	const review = opened[0]?.id ?? '';
	const pay = accepted(await stage.agree(review, 'bob')).opened[0]?.id ?? '';
	const { rollback: done } = accepted(await stage.submit(pay, rollback(pay, 'cat', review)));
	const target = { rollback: done?.rollback ?? '' };
	const command = { type: 'undo-rollback', user: 'eve', opinion: '' } as const;
	accepted(await commands.submit({ tenant: TENANT, target, command, idempotency: null }));
});
