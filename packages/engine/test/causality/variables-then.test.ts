import { describe, expect, it } from 'vitest';
import { variablesThen } from '../../src/causality/variables-then.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const work = (id: string, inside = '') => `<serviceTask id="${id}" sendback:topic="${id}">${inside}</serviceTask>`;

function then(driver: Driver, node: string) {
	if (driver.state === null) throw new Error('not started');
	const seqs = driver.log.flatMap((event) =>
		event.type === 'NodeFired' && event.kind === 'complete' && event.node === node ? [event.seq] : [],
	);
	const found = variablesThen(driver.state, driver.log, new Set(seqs));
	return seqs.map((seq) => found.get(seq));
}

describe('the variables that a firing saw, and what it wrote', () => {
	it('are not those that were written later', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>${work('book')}${work('ship')}
			${arrows('start -> P, P -> book, book -> ship, ship -> T, T -> end')}`,
		);
		const driver = new Driver(model).start({ amount: 1 }).agree('P', { amount: 2 });
		driver
			.completeJob('book', { id: 'b', amount: 3 })
			.completeJob('ship', { id: 's' })
			.agree('T', { amount: 4, more: 5 });
		expect(then(driver, 'book')).toEqual([{ amount: 3, id: 'b' }]);
		expect(then(driver, 'ship')).toEqual([{ amount: 3, id: 's' }]);
	});

	it('are those of its own run, also when that is over', async () => {
		const runs =
			'<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="hotels" camunda:elementVariable="hotel"/>';
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>${work('book', runs)}
			${arrows('start -> P, P -> book, book -> T, T -> end')}`,
		);
		const driver = new Driver(model).start({ hotels: ['x', 'y'] }).agree('P');
		driver.completeJob('book', { id: 1 }).completeJob('book', { id: 2 });
		expect(driver.open()).toEqual(['T']);
		expect(then(driver, 'book')).toMatchObject([
			{ hotel: 'x', id: 1 },
			{ hotel: 'y', id: 2 },
		]);
	});

	it('are not those that a return has brought back since, nor those that it took away', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('A', 'B', 'C', 'D')}<endEvent id="end"/><parallelGateway id="fork"/>${work('book')}
			${arrows('start -> fork, fork -> A, A -> B, B -> end, fork -> C, C -> book, book -> D, D -> end')}`,
		);
		const driver = new Driver(model).start({ x: 0 }).agree('A', { x: 1 }).agree('C').completeJob('book', { id: 1 });
		driver.rollBack('B', 'A').agree('A', { x: 3 });
		expect(then(driver, 'book')).toEqual([{ x: 1, id: 1 }]);
	});
});
