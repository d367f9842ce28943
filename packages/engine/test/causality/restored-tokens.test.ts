import { expect, it } from 'vitest';
import { keptFirings, replay } from '../../src/verify/replay.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<signal id="sig" name="alarm"/>';
const SIGNAL = '<signalEventDefinition signalRef="sig"/>';

const isLegal = ({ model, log }: Driver) => replay(model, keptFirings(log)).kind === 'legal';

it('what waits at an activity comes back once, with whichever return brings the activity back first', async () => {
	const model = await readModel(
		`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('Z', 'Z2', 'X', 'T')}
		<intermediateThrowEvent id="ring">${SIGNAL}</intermediateThrowEvent>
		<subProcess id="Sub"><startEvent id="s"/>${userTasks('Q1', 'Q2')}<endEvent id="e"/>${arrows('s -> Q1, Q1 -> Q2, Q2 -> e')}</subProcess>
		<boundaryEvent id="came" attachedToRef="Sub" cancelActivity="false">${SIGNAL}</boundaryEvent>
		<endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
		${arrows('start -> fork, fork -> Z, Z -> ring, ring -> Z2, Z2 -> e1, fork -> Sub, Sub -> T, T -> e2, came -> X, X -> e3')}`,
		ROOTS,
	);
	// The signal comes and is undone when Sub is over, so its event waits to come back with Sub; then it comes again.
	const driver = new Driver(model).start().agree('Q1').agree('Z').agree('Q2').rollBack('Z2', 'Z').rollBack('T', 'Q2');
	driver.agree('Z').agree('Q2').rollBack('T', 'Q1');
	expect(driver.marking()).toEqual(['active:Sub', 'task:Q1', 'task:X', 'task:Z2', 'wait:came']);
	expect(driver.rollBack('Z2', 'Z').agree('Z').open()).toEqual(['Q1', 'X', 'Z2']);
	expect(isLegal(driver)).toBe(true);
});
