import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, type Picture } from './bpmn.ts';
import { type Instance, startInstance } from './instance.ts';
import { type Json, type Server, startServer } from './server.ts';

/*
 * P─AND─┬─A1─A2─┬─AND─T
 *       └─B1────┘
 */
const parallel: Picture = {
	id: 'parallel',
	tasks: ['P', 'A1', 'A2', 'B1', 'T'],
	gateways: { split: 'and', join: 'and' },
	flows: [
		['start', 'P'],
		['P', 'split'],
		['split', 'A1'],
		['split', 'B1'],
		['A1', 'A2'],
		['A2', 'join'],
		['B1', 'join'],
		['join', 'T'],
		['T', 'end'],
	],
};

const inclusive: Picture = {
	id: 'inclusive',
	tasks: ['P', 'A', 'B', 'C', 'T'],
	gateways: { split: 'or', join: 'or' },
	flows: [
		['start', 'P'],
		['P', 'split'],
		['split', 'A', 'a = true'],
		['split', 'B', 'b = true'],
		['split', 'C', 'c = true'],
		['A', 'join'],
		['B', 'join'],
		['C', 'join'],
		['join', 'T'],
		['T', 'end'],
	],
};

/*
 * P─AND─┬─a────────────►J(OR)─W─►K(OR)─T
 *       └─B─XOR─x1─────►J
 *             └─x2─────────────►K
 */
const inclusiveExit: Picture = {
	id: 'inclusiveExit',
	tasks: ['P', 'a', 'B', 'W', 'T'],
	gateways: { split: 'and', choice: 'xor', J: 'or', K: 'or' },
	flows: [
		['start', 'P'],
		['P', 'split'],
		['split', 'a'],
		['split', 'B'],
		['a', 'J'],
		['B', 'choice'],
		['choice', 'J', 'x = 1'],
		['choice', 'K', 'default'],
		['J', 'W'],
		['W', 'K'],
		['K', 'T'],
		['T', 'end'],
	],
};

const loop: Picture = {
	id: 'loop',
	tasks: ['P', 'L', 'T'],
	gateways: { again: 'xor', back: 'xor' },
	flows: [
		['start', 'P'],
		['P', 'back'],
		['back', 'L'],
		['L', 'again'],
		['again', 'T', 'done = true'],
		['again', 'back', 'default'],
		['T', 'end'],
	],
};

/** A gateway in one branch reads what a task in the other wrote. */
const dataDecision: Picture = {
	id: 'dataDecision',
	tasks: ['P', 'W', 'A', 'yes', 'no', 'T'],
	gateways: { split: 'and', choice: 'xor', meet: 'xor', join: 'and' },
	flows: [
		['start', 'P'],
		['P', 'split'],
		['split', 'W'],
		['split', 'A'],
		['A', 'choice'],
		['choice', 'yes', 'v > 10'],
		['choice', 'no', 'default'],
		['yes', 'meet'],
		['no', 'meet'],
		['meet', 'join'],
		['W', 'join'],
		['join', 'T'],
		['T', 'end'],
	],
};

let server: Server;

beforeAll(async () => {
	server = await startServer();
	for (const picture of [parallel, inclusive, inclusiveExit, loop, dataDecision]) {
		const answer = await server.deploy(picture.id, bpmn(picture));
		expect(answer.status, answer.text).toBe(200);
	}
});

afterAll(() => server?.close());

/** Node and old id of each entry; ids of what is to be opened are not known before. */
function named(entries: Json[], ids: 'with ids' | 'without ids' = 'with ids'): string[] {
	return entries.map((entry) => (ids === 'with ids' ? `${entry.node_id} ${entry.id}` : entry.node_id)).sort();
}

interface Outcome {
	readonly reopened: string;
	readonly before: Json;
	readonly after: Json;
}

/**
 * Previews, rolls back, and holds the two and the instance against each other, task by task: what the preview said is what
 * the act answered, what the act answered is what the instance shows, and a task that was not named is as it was.
 */
async function sendBack(instance: Instance, from: string, point: string): Promise<Outcome> {
	const source = (await instance.open())[from] ?? '';
	const before = await instance.view();
	const history = await instance.history();
	const preview = await instance.rollback(source, point, { dry_run: true });
	expect(preview.status, preview.text).toBe(200);
	expect(await instance.view(), 'a preview changes nothing').toEqual(before);
	expect(await instance.history()).toEqual(history);
	const done = await instance.rollback(source, point);
	expect(done.status, done.text).toBe(200);
	for (const list of ['closed', 'undone', 'kept']) {
		expect(named(done.json[list]), list).toEqual(named(preview.json[list]));
	}
	expect(named(done.json.reopened, 'without ids')).toEqual(named(preview.json.reopened, 'without ids'));
	expect(preview.json.id).toBeNull();
	expect(done.json.id).toMatch(/^\d+$/);

	const after = await instance.view();
	const byId = new Map<string, Json>(after.tasks.map((task: Json) => [task.id, task]));
	const closed = new Set(done.json.closed.map((entry: Json) => entry.id));
	const undone = new Set(done.json.undone.map((entry: Json) => entry.id));
	for (const task of before.tasks) {
		const now = byId.get(task.id);
		if (closed.has(task.id)) expect(now.status).toBe(task.id === source ? 'rollback' : 'canceled');
		else if (undone.has(task.id)) expect(now).toEqual({ ...task, undone_by: done.json.id });
		else expect(now, `untouched ${task.node_id}`).toEqual(task);
	}
	const opened = after.tasks.filter((task: Json) => !before.tasks.some((old: Json) => old.id === task.id));
	expect(opened.map((task: Json) => task.id)).toEqual(done.json.reopened.map((entry: Json) => entry.id));
	const pointNode = before.tasks.find((task: Json) => task.id === point).node_id;
	expect(opened.map((task: Json) => task.node_id)).toEqual([pointNode]);
	expect(opened[0].status).toBe('in_process');

	const longer = await instance.history();
	expect(longer.length).toBe(history.length + 1);
	const record = longer.at(-1);
	expect(record).toMatchObject({ what: 'rolled_back', rollback_id: done.json.id, task_id: source, to_task_id: point });
	const completions = longer
		.flatMap((entry) => entry.events)
		.filter((event: Json) => event.undone_by === done.json.id && event.kind === 'complete')
		.map((event: Json) => event.task_id);
	expect(completions.sort()).toEqual([...undone].sort());
	const sequence = longer.flatMap((entry) => entry.events.map((event: Json) => event.seq));
	expect(sequence).toEqual(sequence.map((_, index) => index + 1));
	return { reopened: opened[0].id, before, after };
}

describe('a parallel split', () => {
	test('case (a): to the task before the split, everything after it goes, finished work in the other branch too', async () => {
		const instance = await startInstance(server, 'parallel', { v: 'start' });
		const P = await instance.agree('P', { v: 'from P' });
		await instance.agree('B1', { v: 'from B1' });
		await instance.agree('A1', { w: 'from A1' });
		expect((await instance.view()).variables).toEqual({ v: 'from B1', w: 'from A1' });
		await sendBack(instance, 'A2', P);
		expect(await instance.marking()).toEqual(['P']);
		expect((await instance.view()).variables).toEqual({ v: 'start' });
	});

	test('case (b): over the join into one branch, the other branch stays finished', async () => {
		const instance = await startInstance(server, 'parallel');
		await instance.agree('P');
		const B1 = await instance.agree('B1', { v: 'from B1' });
		await instance.agree('A1', { v: 'from A1' });
		const A2 = await instance.agree('A2', { v: 'from A2' });
		const { after } = await sendBack(instance, 'T', A2);
		expect(await instance.marking()).toEqual(['A2', 'join@f6']);
		expect(after.variables).toEqual({ v: 'from A1' });
		expect(after.tasks.find((task: Json) => task.id === B1).undone_by).toBeNull();
		await instance.agree('A2', { v: 'again' });
		await instance.agree('T');
		expect(await instance.view()).toMatchObject({ status: 'agreed', variables: { v: 'again' }, marking: [] });
	});

	test('case (c): inside one branch, the open task of the other keeps its id', async () => {
		const instance = await startInstance(server, 'parallel');
		await instance.agree('P');
		const A1 = await instance.agree('A1');
		const { B1 } = await instance.open();
		await sendBack(instance, 'A2', A1);
		expect(await instance.marking()).toEqual(['A1', 'B1']);
		expect((await instance.open()).B1).toBe(B1);
		for (const node of ['A1', 'A2', 'B1', 'T']) await instance.agree(node);
		expect((await instance.view()).status).toBe('agreed');
	});

	test('to the start, and from the new task of the start once more through to the end', async () => {
		const instance = await startInstance(server, 'parallel', { v: 1 });
		await instance.agree('P', { v: 2 });
		await instance.agree('A1');
		const start = (await instance.view()).tasks.find((task: Json) => task.is_start);
		await sendBack(instance, 'A2', start.id);
		expect(await instance.marking()).toEqual(['start']);
		for (const node of ['start', 'P', 'B1', 'A1', 'A2', 'T']) await instance.agree(node);
		expect((await instance.view()).status).toBe('agreed');
	});

	test('a second rollback over a first one knows only what is still true', async () => {
		const instance = await startInstance(server, 'parallel');
		const P = await instance.agree('P');
		await instance.agree('A1', { v: 1 });
		const A2 = await instance.agree('A2', { v: 2 });
		await instance.agree('B1', { v: 3 });
		await sendBack(instance, 'T', A2);
		const again = await instance.rollback((await instance.open()).A2 ?? '', A2);
		expect(again.json?.code, again.text).toBe('rollback-point-undone');
		await sendBack(instance, 'A2', P);
		expect(await instance.marking()).toEqual(['P']);
		expect((await instance.view()).variables).toEqual({});
	});

	test('a task of the other branch is no point', async () => {
		const instance = await startInstance(server, 'parallel');
		const P = await instance.agree('P');
		const B1 = await instance.agree('B1');
		const A1 = await instance.agree('A1');
		const { A2 } = await instance.open();
		const points = await server.native(`/tasks/${A2}/rollback-points?user_id=1001`);
		const start = (await instance.view()).tasks.find((task: Json) => task.is_start).id;
		expect(points.json.items.map((point: Json) => point.id)).toEqual([A1, P, start]);
		const refused = await instance.rollback(A2 ?? '', B1);
		expect([refused.status, refused.json.code]).toEqual([409, 'rollback-point-not-in-past']);
	});
});

describe('an inclusive split', () => {
	test('that chose two of three: the other one stays finished, the third unchosen', async () => {
		const instance = await startInstance(server, 'inclusive', { a: true, b: true, c: false });
		await instance.agree('P');
		const A = await instance.agree('A');
		await instance.agree('B');
		await sendBack(instance, 'T', A);
		expect(await instance.marking()).toEqual(['A', 'join@f6']);
		await instance.agree('A');
		await instance.agree('T');
		expect((await instance.view()).status).toBe('agreed');
	});

	test('whose join fired because nothing more could come: the firing and what followed are undone', async () => {
		const instance = await startInstance(server, 'inclusiveExit');
		await instance.agree('P');
		await instance.agree('a');
		const B = await instance.agree('B', { x: 2 });
		const W = await instance.agree('W');
		const { after } = await sendBack(instance, 'T', B);
		expect(after.tasks.find((task: Json) => task.id === W).undone_by).not.toBeNull();
		expect(await instance.marking()).toEqual(['B', 'J@f4']);
		await instance.agree('B', { x: 1 });
		await instance.agree('W');
		await instance.agree('T');
		expect((await instance.view()).status).toBe('agreed');
	});
});

describe('a loop', () => {
	test('visited four times: back to the second undoes the second, third and fourth', async () => {
		const instance = await startInstance(server, 'loop', { n: 0 });
		const P = await instance.agree('P');
		const visits: string[] = [];
		for (const n of [1, 2, 3]) visits.push(await instance.agree('L', { n }));
		visits.push(await instance.agree('L', { n: 4, done: true }));
		const { T } = await instance.open();
		const start = (await instance.view()).tasks.find((task: Json) => task.is_start).id;
		const ids = async (query: string) =>
			(await server.native(`/tasks/${T}/rollback-points?user_id=1001${query}`)).json.items.map((item: Json) => item.id);
		expect(await ids('')).toEqual([visits[3], P, start]);
		expect(await ids('&occurrences=all')).toEqual([...visits].reverse().concat(P, start));
		const { after } = await sendBack(instance, 'T', visits[1] ?? '');
		expect(after.variables).toEqual({ n: 1 });
		expect(await instance.marking()).toEqual(['L']);
		const state = visits.map((id) => after.tasks.find((task: Json) => task.id === id).undone_by !== null);
		expect(state).toEqual([false, true, true, true]);
		const { L } = await instance.open();
		const points = await server.native(`/tasks/${L}/rollback-points?user_id=1001&occurrences=all`);
		expect(points.json.items.map((item: Json) => item.id)).toEqual([visits[0], P, start]);
	});
});

describe('a decision on data', () => {
	test('is taken anew after its writer is, and only then', async () => {
		const instance = await startInstance(server, 'dataDecision', { v: 1 });
		await instance.agree('P');
		const W = await instance.agree('W', { v: 20 });
		const A = await instance.agree('A');
		await instance.agree('yes');
		await sendBack(instance, 'T', W);
		expect((await instance.view()).tasks.find((task: Json) => task.id === A).undone_by).toBeNull();
		expect((await instance.view()).variables).toEqual({ v: 1 });
		expect(await instance.marking()).toEqual(['W', 'choice@f4']);
		await instance.agree('W', { v: 5 });
		expect(await instance.marking()).toEqual(['join@f10', 'no']);
		await instance.agree('no');
		await instance.agree('T');
		expect((await instance.view()).status).toBe('agreed');
	});
});
