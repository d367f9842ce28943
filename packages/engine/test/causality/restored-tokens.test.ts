import { describe, expect, it } from 'vitest';
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

describe('what waits for several tasks that were reopened together, and is gone while one of them is done', async () => {
	const people = ['ann', 'ben', 'cid'];
	const several = '<multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person"/>';
	const model = await readModel(
		`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'T', 'H')}
		<userTask id="M" camunda:assignee="\${person}">${several}</userTask>
		<subProcess id="sub"><startEvent id="s"/><parallelGateway id="split"/>${userTasks('C', 'D', 'E', 'U', 'U2')}
		<exclusiveGateway id="G" default="no"/><sequenceFlow id="no" sourceRef="G" targetRef="E"/>
		<endEvent id="eD"/><endEvent id="eU"/>
		${arrows('s -> split, split -> C, C -> G, G -[by_ben]-> D, D -> eD, E -> eD, split -> U, U -> U2, U2 -> eU')}</subProcess>
		<boundaryEvent id="came" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>
		<endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
		${arrows('start -> fork, fork -> P, P -> M, M -> T, T -> e1, fork -> sub, sub -> e2, came -> H, H -> e3')}`,
		'<message id="m" name="paid"/>',
	);
	const sign = (driver: Driver, user: string) => {
		const task = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === user)?.id ?? '';
		const variables = { [`by_${user}`]: true };
		return driver.accept({ type: 'decide-task', task, user, decision: 'agree', opinion: '', variables });
	};
	const asTheyAre = (_driver: Driver) => {};
	const allNamed = (driver: Driver) => {
		const reopened = driver.log.findLast((event) => event.type === 'RolledBack')?.reopened ?? [];
		const together = reopened.map(({ id }) => id);
		const inFull = (value: object) =>
			JSON.parse(JSON.stringify(value), (key, part) => (key === 'together' ? together : part));
		driver.log = inFull(driver.log);
		driver.state = inFull(driver.live);
	};
	/** G read what ben entered, and all three are to sign again: it waits, and a message ends it. Then ann signs. */
	const gone = (order: 'before' | 'after', stored = asTheyAre) => {
		const driver = new Driver(model).start({ people, by_ben: false }).agree('P');
		for (const user of people) sign(driver, user);
		driver.agree('C');
		if (order === 'before') driver.agree('U');
		const past = driver.live.tokens[driver.task('T').token]?.past;
		const to = past?.find(({ node }) => node === 'M')?.task ?? '';
		driver.accept({ ...driver.rollBackCommand('T', 'P'), to });
		expect(driver.open()).toEqual(order === 'before' ? ['M', 'M', 'M', 'U2'] : ['M', 'M', 'M', 'U']);
		stored(driver);
		if (order === 'after') driver.agree('U');
		return sign(driver.trigger('came'), 'ann');
	};

	it.each([
		['before', '', asTheyAre],
		['after', '', asTheyAre],
		['before', ', as earlier versions wrote it', allNamed],
		['after', ', as earlier versions wrote it', allNamed],
	] as const)('waits for the others, returned to what was done %s it began to wait%s', (order, _, stored) => {
		const driver = gone(order, stored).rollBack('H', 'U').agree('U');
		expect(driver.open()).toEqual(['M', 'M', 'U2']);
		expect(sign(driver, 'cid').open()).toEqual(['M', 'U2']);
		expect(sign(driver, 'ben').open()).toEqual(['D', 'T', 'U2']);
	});

	it('waits for the task that the others were sent back to', () => {
		const driver = sign(gone('before'), 'cid').rollBack('M', 'P').rollBack('H', 'U').agree('U');
		expect(driver.open()).toEqual(['P', 'U2']);
		expect(driver.agree('P').open()).toEqual(['E', 'M', 'M', 'M', 'U2']);
	});

	it('waits for the task that is returned to where all of them were done', () => {
		const driver = sign(sign(gone('after'), 'cid'), 'ben').rollBack('H', 'U');
		expect(driver.open()).toEqual(['T', 'U']);
		expect(driver.agree('U').open()).toEqual(['D', 'T', 'U2']);
	});
});
