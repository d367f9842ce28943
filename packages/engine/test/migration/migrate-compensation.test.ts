import { describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { elementOf } from '../../src/scopes.ts';
import { COMPENSATED_MODELS, handlers, scope, thrower, undoneBy } from '../models/compensated-models.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** A, B, then everything completed is compensated, then T. */
const twoWith = (content: string, event = thrower('C'), roots = ''): Promise<ProcessModel> =>
	readModel(
		`<startEvent id="start"/><endEvent id="end"/>${userTasks('A', 'B', 'T')}${event}${content}
		${arrows('start -> A, A -> B, B -> C, C -> T, T -> end')}`,
		roots,
	);
const both = `${handlers('UA', 'UB')}${undoneBy('A', 'UA')}${undoneBy('B', 'UB')}`;

const canceled = ({ log }: Driver): readonly string[] =>
	log.flatMap((event) => (event.type === 'InstanceMigrated' ? event.canceled.map(elementOf) : []));

async function moved(before: ProcessModel, after: Promise<ProcessModel>, ...done: readonly string[]): Promise<Driver> {
	const driver = new Driver(before).start();
	for (const task of done) driver.agree(task);
	return driver.deploy(await after);
}

describe('what is completed when an instance moves', () => {
	const before = COMPENSATED_MODELS['two in a row'];

	it('is compensated as the other version says', async () => {
		const other = twoWith(`${handlers('XA', 'UB')}${undoneBy('A', 'XA')}${undoneBy('B', 'UB')}`);
		const driver = (await moved(before, other, 'A')).migrate().agree('B').agree('UB');
		expect(driver.open()).toEqual(['XA']);
		expect(driver.agree('XA').agree('T').live.status).toBe('agreed');
	});

	it('is compensated no more where the other version has no handler for it, which the record says', async () => {
		const other = twoWith(`${handlers('UB')}${undoneBy('B', 'UB')}`);
		const driver = (await moved(before, other, 'A')).migrate();
		expect(canceled(driver)).toEqual(['A']);
		expect(driver.agree('B').agree('UB').open()).toEqual(['T']);
	});

	it('is not forgotten where the other version does not have it: the map has to say what it is', async () => {
		const other = readModel(
			`<startEvent id="start"/><endEvent id="end"/>${userTasks('paid', 'B', 'T')}${thrower('C')}
			${handlers('UA', 'UB')}${undoneBy('paid', 'UA')}${undoneBy('B', 'UB')}
			${arrows('start -> paid, paid -> B, B -> C, C -> T, T -> end')}`,
		);
		const driver = await moved(before, other, 'A');
		expect(driver.migrationProblems()).toEqual(['not-mapped A']);
		expect(driver.migrate({ A: 'paid' }).agree('B').agree('UB').agree('UA').open()).toEqual(['T']);
	});

	it('and had nothing to compensate it does not get it from a handler that is new', async () => {
		const without = await twoWith(`${handlers('UB')}${undoneBy('B', 'UB')}`);
		const driver = (await moved(without, twoWith(both), 'A')).migrate().agree('B');
		expect(driver.agree('UB').open()).toEqual(['T']);
	});
});

describe('a subprocess that is completed when an instance moves', () => {
	const inside = (name: string, tasks: string) =>
		scope('sub', `<startEvent id="s"/><endEvent id="e"/>${tasks}${arrows(`s -> ${name}, ${name} -> e`)}`);
	const around = (sub: string, more = '') =>
		readModel(
			`<startEvent id="start"/><endEvent id="end"/>${userTasks('P', 'T')}${thrower('C')}${sub}${more}
			${arrows('start -> sub, sub -> P, P -> C, C -> T, T -> end')}`,
		);
	const one = (name: string, handler: string) =>
		inside(name, `${userTasks(name)}${handlers(handler)}${undoneBy(name, handler)}`);

	it('is compensated by what was completed in it', async () => {
		const driver = await moved(await around(one('A', 'UA')), around(one('B', 'UB')), 'A');
		expect(driver.migrationProblems()).toEqual(['not-mapped A']);
		expect(driver.migrate({ A: 'B' }).agree('P').open()).toEqual(['UB']);
		expect(driver.agree('UB').agree('T').live.status).toBe('agreed');
	});

	it('is compensated by its handler alone where the other version has one for it', async () => {
		const other = around(one('A', 'UA'), `${handlers('US')}${undoneBy('sub', 'US')}`);
		const driver = (await moved(await around(one('A', 'UA')), other, 'A')).migrate().agree('P');
		expect(driver.open()).toEqual(['US']);
		expect(driver.agree('US').open()).toEqual(['T']);
	});

	it('is compensated no more where nothing in it is', async () => {
		const driver = await moved(await around(one('A', 'UA')), around(inside('A', userTasks('A'))), 'A');
		expect(canceled(driver.migrate())).toEqual(['sub']);
		expect(driver.agree('P').open()).toEqual(['T']);
	});
});

describe('a compensation that is under way when an instance moves', () => {
	const before = COMPENSATED_MODELS['two in a row'];

	it('goes on, and what it has still to compensate is compensated as the other version says', async () => {
		const other = twoWith(`${handlers('XA', 'UB')}${undoneBy('A', 'XA')}${undoneBy('B', 'UB')}`);
		const driver = (await moved(before, other, 'A', 'B')).migrate();
		expect(driver.open()).toEqual(['UB']);
		expect(driver.agree('UB').open()).toEqual(['XA']);
		expect(driver.agree('XA').agree('T').live.status).toBe('agreed');
	});

	it('needs its event, what it compensates and the handler', async () => {
		const gone = readModel(
			`<startEvent id="start"/><endEvent id="end"/>${userTasks('A', 'T')}${handlers('UA')}${undoneBy('A', 'UA')}
			${arrows('start -> A, A -> T, T -> end')}`,
		);
		const driver = await moved(before, gone, 'A', 'B');
		expect(driver.migrationProblems()).toEqual(['not-mapped B', 'not-mapped C', 'not-mapped UB']);
	});

	it('is waited for in both versions or in neither, so that no path is lost or doubled', async () => {
		const beside = COMPENSATED_MODELS.beside;
		const driver = await moved(before, Promise.resolve(beside), 'A', 'B');
		expect(driver.migrationProblems()).toEqual(['trigger-differs C']);
		const back = await moved(beside, Promise.resolve(before), 'A', 'B');
		expect(back.migrationProblems()).toEqual(['trigger-differs C']);
		const signal = '<intermediateThrowEvent id="C"><signalEventDefinition signalRef="go"/></intermediateThrowEvent>';
		const other = twoWith(both, signal, '<signal id="go" name="go"/>');
		expect((await moved(beside, other, 'A', 'B')).migrationProblems()).toEqual(['trigger-differs C']);
	});

	it('stays in the scope around an event subprocess that began it', async () => {
		const saga = COMPENSATED_MODELS['a saga'];
		const driver = new Driver(saga).start().agree('A').agree('B', { bad: 1 }).agree('R');
		driver.deploy({ ...saga }).migrate();
		expect(driver.open()).toEqual(['UB']);
		expect(driver.agree('UB').agree('UA').live.status).toBe('agreed');
	});
});

describe('what is open when an instance moves', () => {
	const before = COMPENSATED_MODELS['two in a row'];
	const REPEATED =
		'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
	const line = (content: string, flows: string) =>
		readModel(`<startEvent id="start"/><endEvent id="end"/>${content}${arrows(flows)}`);

	it.each(['', REPEATED])('does not become a compensation, behind which no path goes on %s', async (how) => {
		const task = (attributes: string) => `<userTask id="B" camunda:assignee="alpha" ${attributes}>${how}</userTask>`;
		const ordinary = await line(userTasks('A') + task(''), 'start -> A, A -> B, B -> end');
		const handler = line(
			`${userTasks('A', 'T')}${task('isForCompensation="true"')}${undoneBy('A', 'B')}`,
			'start -> A, A -> T, T -> end',
		);
		const driver = await moved(ordinary, handler, 'A');
		expect(driver.migrationProblems()).toEqual(['kind-differs B']);
	});

	it.each([
		['becomes no ordinary task, behind which a path would go on', `${handlers('XB')}${undoneBy('B', 'XB')}`, 'UB'],
		['compensates nothing else', `${handlers('XB', 'UB')}${undoneBy('B', 'XB')}${undoneBy('A', 'UB')}`, ''],
	])('as a compensation %s', async (_, content, ordinary) => {
		const way = ordinary === '' ? 'B -> C' : `B -> ${ordinary}, ${ordinary} -> C`;
		const tasks = ['A', 'B', 'T', ...(ordinary === '' ? [] : [ordinary])];
		const other = line(
			`${userTasks(...tasks)}${thrower('C')}${content}`,
			`start -> A, A -> B, ${way}, C -> T, T -> end`,
		);
		const driver = await moved(before, other, 'A', 'B');
		expect(driver.migrationProblems()).toEqual(['kind-differs UB']);
		expect(driver.migrate({ UB: 'XB' }).agree('XB').open()).toEqual(ordinary === '' ? ['UB'] : ['T']);
	});

	it('is moved in a repeated compensation, and inside of one', async () => {
		const inside = `<startEvent id="s"/>${userTasks('I')}<endEvent id="e"/>${arrows('s -> I, I -> e')}`;
		const version = (more: string) =>
			line(
				`${userTasks('A', 'B', 'T')}${thrower('C')}${undoneBy('A', 'SA')}${undoneBy('B', 'UB')}${more}
				<userTask id="UB" camunda:assignee="alpha" isForCompensation="true">${REPEATED}</userTask>
				<subProcess id="SA" isForCompensation="true">${inside}${REPEATED}</subProcess>`,
				'start -> A, A -> B, B -> C, C -> T, T -> end',
			);
		const driver = await moved(await version(''), version(userTasks('more') + arrows('more -> end')), 'A', 'B', 'UB');
		driver
			.migrate()
			.agree('UB')
			.agree('I')
			.deploy(await version(''))
			.migrate()
			.agree('I');
		expect(driver.agree('T').live.status).toBe('agreed');
	});
});
