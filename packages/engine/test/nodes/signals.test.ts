import { describe, expect, it } from 'vitest';
import { keptFirings, replay } from '../../src/verify/replay.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<signal id="sig" name="alarm"/><signal id="other" name="calm"/>';
const SIGNAL = '<signalEventDefinition signalRef="sig"/>';
const OTHER = '<signalEventDefinition signalRef="other"/>';
const ring = (id: string) => `<intermediateThrowEvent id="${id}">${SIGNAL}</intermediateThrowEvent>`;
const caught = (id: string) => `<intermediateCatchEvent id="${id}">${SIGNAL}</intermediateCatchEvent>`;
const BRANCHES = '<startEvent id="start"/><parallelGateway id="fork"/><endEvent id="e1"/><endEvent id="e2"/>';

describe('a signal thrown in an instance', () => {
	it('interrupts the subprocess that it is thrown in, in the step itself', async () => {
		const model = await readModel(
			`<startEvent id="start"/>
			<subProcess id="sub"><startEvent id="in"/>${userTasks('A', 'B')}<parallelGateway id="split"/>
			<endEvent id="rung">${SIGNAL}</endEvent><endEvent id="out"/>
			${arrows('in -> split, split -> A, split -> B, A -> rung, B -> out')}</subProcess>
			<boundaryEvent id="heard" attachedToRef="sub">${SIGNAL}</boundaryEvent>
			<boundaryEvent id="deaf" attachedToRef="sub">${OTHER}</boundaryEvent>
			${userTasks('C', 'D')}<endEvent id="end"/>
			${arrows('start -> sub, sub -> D, heard -> C, deaf -> D, C -> end, D -> end')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('A');
		expect(driver.marking()).toEqual(['task:C']);
		expect(driver.rollBack('C', 'A').marking()).toEqual(['active:sub', 'task:A', 'task:B', 'wait:deaf', 'wait:heard']);
	});

	it('begins an event subprocess beside it, which waits for the next one', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${ring('once')}${ring('again')}${userTasks('A')}<endEvent id="end"/>
			<subProcess id="handler" triggeredByEvent="true">
				<startEvent id="heard" isInterrupting="false">${SIGNAL}</startEvent>${userTasks('H')}<endEvent id="done"/>
				${arrows('heard -> H, H -> done')}</subProcess>
			${arrows('start -> once, once -> again, again -> A, A -> end')}`,
			ROOTS,
		);
		expect(new Driver(model).start().marking()).toEqual([
			'active:handler',
			'active:handler',
			'task:A',
			'task:H',
			'task:H',
			'wait:heard',
		]);
	});

	it('is missed by what begins to wait after it', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${ring('ring')}${caught('late')}<endEvent id="end"/>
			${arrows('start -> ring, ring -> late, late -> end')}`,
			ROOTS,
		);
		expect(new Driver(model).start().marking()).toEqual(['wait:late']);
	});

	it('comes to what waits again after a return, where it was thrown meanwhile and stays thrown', async () => {
		const model = await readModel(
			`${BRANCHES}<endEvent id="e3"/>${userTasks('X', 'X2', 'Y', 'B')}${ring('ring')}${ring('ring2')}${caught('heard')}
			<exclusiveGateway id="G" default="no"/><exclusiveGateway id="M"/><sequenceFlow id="no" sourceRef="G" targetRef="M"/>
			${arrows('start -> fork, fork -> X, X -> G, G -[x = 1]-> ring, ring -> M, M -> X2, X2 -> e1')}
			${arrows('fork -> Y, Y -> ring2, ring2 -> e2, fork -> heard, heard -> B, B -> e3')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('X', { x: 1 }).agree('Y').rollBack('X2', 'X');
		expect(driver.open()).toEqual(['B', 'X']);
		driver.agree('X', { x: 0 }).agree('X2').agree('B');
		expect(driver.live.status).toBe('agreed');
	});

	describe('thrown again by a direct return, where nobody hears it anew', async () => {
		const model = await readModel(
			`${BRANCHES}<endEvent id="e3"/>${userTasks('X', 'X2', 'Y', 'Y2', 'B')}${ring('ring')}${ring('ring2')}${caught('heard')}
			<exclusiveGateway id="G" default="no"/><exclusiveGateway id="M"/><sequenceFlow id="no" sourceRef="G" targetRef="M"/>
			${arrows('start -> fork, fork -> X, X -> G, G -[x = 1]-> ring, ring -> M, M -> X2, X2 -> e1')}
			${arrows('fork -> Y, Y -> ring2, ring2 -> Y2, Y2 -> e2, fork -> heard, heard -> B, B -> e3')}`,
			ROOTS,
		);
		const direct = (driver: Driver) => driver.rollBackDirect('Y2', 'Y').agree('Y');
		const story = () => direct(new Driver(model).start().agree('X', { x: 1 }).agree('Y'));

		it.each([
			['once', story],
			['twice', () => direct(story())],
		])('stays thrown for what waits again later: %s', (_, returned) => {
			const driver = returned().rollBack('X2', 'X');
			expect(driver.open()).toEqual(['B', 'X', 'Y2']);
			driver.agree('X', { x: 0 }).agree('X2').agree('Y2').agree('B');
			expect(driver.live.status).toBe('agreed');
		});

		it('is told to others once', () => {
			const thrown = direct(story()).log.flatMap((event) => (event.type === 'NodeFired' ? (event.effects ?? []) : []));
			expect(thrown).toHaveLength(2);
		});
	});

	it('does not end a task again that is returned to', async () => {
		const model = await readModel(
			`${BRANCHES}<endEvent id="e3"/>${userTasks('A', 'A2', 'Y', 'C')}${ring('ring')}
			<boundaryEvent id="heard" attachedToRef="A">${SIGNAL}</boundaryEvent>
			${arrows('start -> fork, fork -> A, A -> A2, A2 -> e1, fork -> Y, Y -> ring, ring -> e2, heard -> C, C -> e3')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('A').agree('Y').rollBack('A2', 'A');
		expect(driver.marking()).toEqual(['task:A', 'wait:heard']);
	});

	describe('that is undone, where later ones stay thrown', async () => {
		const branches = ['X', 'Y', 'Z'].map(
			(id) => `${userTasks(id, `${id}2`)}${ring(`ring${id}`)}<endEvent id="end${id}"/>
			${arrows(`fork -> ${id}, ${id} -> ring${id}, ring${id} -> ${id}2, ${id}2 -> end${id}`)}`,
		);
		const then = `${userTasks('H', 'H2')}<endEvent id="eH"/>${arrows('heard -> H, H -> H2, H2 -> eH')}`;
		const inScope = `<subProcess id="h" triggeredByEvent="true"><startEvent id="heard" isInterrupting="false">${SIGNAL}</startEvent>
			${then}</subProcess>`;
		const beside = `<boundaryEvent id="heard" attachedToRef="A" cancelActivity="false">${SIGNAL}</boundaryEvent>${then}`;
		const modelWith = (event: string) =>
			readModel(
				`<startEvent id="start"/><parallelGateway id="fork"/>${branches.join('')}${event}
				${userTasks('A', 'A2')}<endEvent id="eA"/>${arrows('start -> fork, fork -> A, A -> A2, A2 -> eA')}`,
				ROOTS,
			);

		it.each([
			['of an event subprocess', inScope],
			['beside a task that is open', beside],
		])('comes again by each of those to an event %s that ends nothing', async (_, event) => {
			const driver = new Driver(await modelWith(event)).start();
			for (const task of ['Z', 'H', 'Y', 'H', 'X']) driver.agree(task);
			const { id } = driver.task('A');
			expect(driver.open()).toEqual(['A', 'H', 'H2', 'H2', 'X2', 'Y2', 'Z2']);
			expect(driver.rollBack('Z2', 'Z').open()).toEqual(['A', 'H', 'H', 'X2', 'Y2', 'Z']);
			expect(driver.task('A').id).toBe(id);
			expect(driver.agree('Z').open()).toEqual(['A', 'H', 'H', 'H', 'X2', 'Y2', 'Z2']);
			expect(replay(driver.model, keptFirings(driver.log)).kind).toBe('legal');
			expect(driver.rollBack('Y2', 'Y').open()).toEqual(['A', 'H', 'H', 'X2', 'Y', 'Z2']);
		});

		it('comes to what waits on its way by the next of those, also when that is undone too', async () => {
			const heard = `${caught('heard')}${then}${arrows('fork -> heard')}`;
			const driver = new Driver(await modelWith(heard)).start().agree('Z').agree('Y').agree('X');
			expect(driver.rollBack('Z2', 'Z').open()).toEqual(['A', 'H', 'X2', 'Y2', 'Z']);
			expect(driver.rollBack('Y2', 'Y').open()).toEqual(['A', 'H', 'X2', 'Y', 'Z']);
			expect(driver.rollBack('X2', 'X').open()).toEqual(['A', 'X', 'Y', 'Z']);
		});

		it('does not come to an event beside a task that comes back', async () => {
			const driver = new Driver(await modelWith(beside)).start().agree('Z').agree('A').agree('Y').rollBack('A2', 'A');
			expect(driver.open()).toEqual(['A', 'H', 'X', 'Y2', 'Z2']);
		});
	});

	describe('caught on another branch', async () => {
		const model = await readModel(
			`${BRANCHES}${userTasks('A', 'A2', 'B')}${ring('ring')}${caught('heard')}
			${arrows('start -> fork, fork -> A, A -> ring, ring -> A2, A2 -> e1, fork -> heard, heard -> B, B -> e2')}`,
			ROOTS,
		);
		const rung = () => new Driver(model).start().agree('A');

		it('goes on there', () => {
			expect(rung().marking()).toEqual(['task:A2', 'task:B']);
		});

		it('is not caught any more after a return to before the throw, and is caught again by the next one', () => {
			const back = rung().agree('B').rollBack('A2', 'A');
			expect(back.marking()).toEqual(['task:A', 'wait:heard']);
			expect(back.agree('A').marking()).toEqual(['task:A2', 'task:B']);
		});

		it('is caught by a direct return as it was, so that the next return to before the throw undoes it again', () => {
			const direct = rung().agree('B').rollBackDirect('A2', 'A').agree('A');
			expect(direct.marking()).toEqual(['task:A2']);
			expect(direct.rollBack('A2', 'A').marking()).toEqual(['task:A', 'wait:heard']);
		});

		it('leaves what came from outside before it as it is', () => {
			const driver = new Driver(model).start().trigger('heard').agree('A').rollBack('A2', 'A');
			expect(driver.marking()).toEqual(['task:A', 'task:B']);
		});

		it('is a step that the interpreter allows too', () => {
			expect(replay(model, keptFirings(rung().log)).kind).toBe('legal');
		});
	});

	it('that a direct return does not throw again is not caught again either', async () => {
		const model = await readModel(
			`${BRANCHES}${userTasks('A', 'T', 'B')}${ring('ring')}${caught('heard')}<exclusiveGateway id="loud" default="no"/>
			<exclusiveGateway id="then"/>
			<sequenceFlow id="yes" sourceRef="loud" targetRef="ring"><conditionExpression>= noise</conditionExpression></sequenceFlow>
			<sequenceFlow id="no" sourceRef="loud" targetRef="then"/>
			${arrows('start -> fork, fork -> A, A -> loud, ring -> then, then -> T, T -> e1, fork -> heard, heard -> B, B -> e2')}`,
			ROOTS,
		);
		const driver = new Driver(model).start().agree('A', { noise: true });
		expect(driver.marking()).toEqual(['task:B', 'task:T']);
		driver.rollBackDirect('T', 'A').agree('A', { noise: false });
		expect(driver.marking()).toEqual(['task:T', 'wait:heard']);
	});
});
