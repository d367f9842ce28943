import { describe, expect, it } from 'vitest';
import { keptFirings, replay } from '../../src/verify/replay.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const TIMER = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';

/** P, then a subprocess of A and B in parallel with a timer at its boundary, then T. */
const SUB = await readModel(`
	<startEvent id="start"/>${userTasks('P', 'T', 'Late')}<endEvent id="end"/><endEvent id="lateEnd"/>
	<subProcess id="sub">
		<startEvent id="s"/><parallelGateway id="fork"/>${userTasks('A', 'A2', 'B')}<endEvent id="eA"/><endEvent id="eB"/>
		${arrows('s -> fork, fork -> A, A -> A2, A2 -> eA, fork -> B, B -> eB')}
	</subProcess>
	<boundaryEvent id="timer" attachedToRef="sub">${TIMER}</boundaryEvent>
	${arrows('start -> P, P -> sub, sub -> T, T -> end, timer -> Late, Late -> lateEnd')}
`);

describe('a subprocess', () => {
	it('ends when all of its tokens have, and the timer at its boundary with it', () => {
		const driver = new Driver(SUB).start().agree('P');
		expect(driver.marking()).toEqual(['active:sub', 'task:A', 'task:B', 'wait:timer']);
		driver.agree('B').agree('A').agree('A2');
		expect(driver.marking()).toEqual(['task:T']);
		expect(driver.agree('T').live.status).toBe('agreed');
	});

	it('is ended by the timer, with everything in it', () => {
		const driver = new Driver(SUB).start().agree('P').agree('B').trigger('timer');
		expect(driver.marking()).toEqual(['task:Late']);
		expect(Object.keys(driver.live.scopes)).toEqual(['0']);
	});

	it('is reopened by a return inside; what the other branch finished stays finished', () => {
		const driver = new Driver(SUB).start().agree('P').agree('B').agree('A').agree('A2').rollBack('T', 'A');
		expect(driver.marking()).toEqual(['active:sub', 'task:A', 'wait:timer']);
		expect(driver.agree('A').agree('A2').open()).toEqual(['T']);
	});

	it('is revived by a return to before the timer ended it: its timer in full, its concurrent task with its id', () => {
		const driver = new Driver(SUB).start().agree('P').agree('A');
		const b = driver.task('B').id;
		driver.trigger('timer').rollBack('Late', 'A');
		expect(driver.marking()).toEqual(['active:sub', 'task:A', 'task:B', 'wait:timer']);
		expect(driver.task('B').id).toBe(b);
		const timer = Object.values(driver.live.tokens).find(({ place }) => place === 'wait:timer');
		expect(timer?.arm).toMatchObject({ kind: 'timer', full: 'PT1H', due: driver.now - 1 + 3_600_000 });
	});

	it('goes away with a return to before it', () => {
		const driver = new Driver(SUB).start().agree('P').agree('A').rollBack('B', 'P');
		expect(driver.marking()).toEqual(['task:P']);
		expect(Object.keys(driver.live.scopes)).toEqual(['0']);
		expect(driver.agree('P').open()).toEqual(['A', 'B']);
	});

	it('ends early by a terminate end, and the process goes on', async () => {
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('T')}<endEvent id="end"/>
			<subProcess id="sub">
				<startEvent id="s"/><parallelGateway id="fork"/>${userTasks('A', 'B')}
				<endEvent id="eA"/><endEvent id="stop"><terminateEventDefinition/></endEvent>
				${arrows('s -> fork, fork -> A, A -> eA, fork -> B, B -> stop')}
			</subProcess>
			${arrows('start -> sub, sub -> T, T -> end')}
		`);
		const driver = new Driver(model).start().agree('B');
		expect(driver.open()).toEqual(['T']);
		driver.rollBack('T', 'B');
		expect(driver.open()).toEqual(['A', 'B']);
		expect(driver.agree('A').agree('B').open()).toEqual(['T']);
	});

	const stopsAll = (inside: string) =>
		readModel(`
			<startEvent id="start"/><parallelGateway id="both"/>${userTasks('C', 'T')}<endEvent id="end"/><endEvent id="eC"/>
			${inside}${arrows('start -> both, both -> sub, both -> C, C -> eC, sub -> T, T -> end')}
		`);
	const STOP_ALL = '<endEvent id="stop"><terminateEventDefinition flowable:terminateAll="true"/></endEvent>';

	it('ends the whole instance by a terminate end that says so', async () => {
		const model = await stopsAll(
			`<subProcess id="sub"><startEvent id="s"/>${userTasks('A')}${STOP_ALL}${arrows('s -> A, A -> stop')}</subProcess>`,
		);
		const driver = new Driver(model).start();
		expect(driver.open()).toEqual(['A', 'C']);
		expect(driver.agree('A').live).toMatchObject({ status: 'agreed', tokens: {}, tasks: {} });
		expect(replay(model, keptFirings(driver.log))).toMatchObject({ kind: 'legal' });
	});

	it('that is a called flow does so too', async () => {
		const model = await stopsAll('<callActivity id="sub" calledElement="child"/>');
		const child = await readModel(`<startEvent id="s"/>${userTasks('A')}${STOP_ALL}${arrows('s -> A, A -> stop')}`);
		const driver = new Driver(model);
		driver.called = { child };
		expect(driver.start().agree('A').live).toMatchObject({ status: 'agreed', tokens: {}, tasks: {} });
		expect(replay(model, keptFirings(driver.log), () => child)).toMatchObject({ kind: 'legal' });
	});

	it('writes variables of the process', () => {
		expect(new Driver(SUB).start().agree('P').agree('A', { x: 1 }).value('x')).toBe(1);
	});
});
