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

describe('an end that is undone only through what its condition read', async () => {
	const people = ['ann', 'ben', 'cid'];
	const condition = (x: number) =>
		`<conditionalEventDefinition><condition>= x = ${x}</condition></conditionalEventDefinition>`;
	const inside = (content: string) =>
		`<subProcess id="sub"><startEvent id="s"/>${content}<endEvent id="e"/></subProcess>`;
	/** X writes x beside work that is ended where that is 1. */
	const beside = async (work: string, event = '') =>
		new Driver(
			await readModel(
				`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('X', 'X2', 'T')}${work}${event}<endEvent id="e1"/><endEvent id="e2"/>
				${arrows('start -> fork, fork -> X, X -> X2, X2 -> e1, fork -> sub, sub -> T, T -> e2')}`,
			),
		).start({ x: 0, people });
	const CAME = `<boundaryEvent id="came" attachedToRef="sub">${condition(1)}</boundaryEvent>${userTasks('N')}<endEvent id="eN"/>
		${arrows('came -> N, N -> eN')}`;
	const JOINED = `<parallelGateway id="split"/><parallelGateway id="join"/>${userTasks('A', 'B', 'C')}
		${arrows('s -> split, split -> A, split -> B, A -> join, B -> join, join -> C, C -> e')}`;
	const several = (how: string, ends = 'x = 1') =>
		`<multiInstanceLoopCharacteristics ${how} camunda:collection="people" camunda:elementVariable="person">
		<completionCondition>= ${ends}</completionCondition></multiInstanceLoopCharacteristics>`;
	const sign = (driver: Driver, user: string) => {
		const task = Object.values(driver.live.tasks).find(({ assignments }) => assignments[0]?.user === user)?.id ?? '';
		return driver.accept({ type: 'decide-task', task, user, decision: 'agree', opinion: '', variables: {} });
	};

	it('leaves a join inside of what it had ended to kept work', async () => {
		const driver = (await beside(inside(JOINED), CAME)).agree('A').agree('X', { x: 1 });
		expect(driver.open()).toEqual(['N', 'X2']);
		expect(driver.rollBack('X2', 'X').agree('B').open()).toEqual(['C', 'X']);
		expect(isLegal(driver)).toBe(true);
		expect(driver.agree('X', { x: 1 }).open()).toEqual(['N', 'X2']);
	});

	it.each([
		['in order', 'isSequential="true"', ['M', 'X']],
		['in parallel', '', ['M', 'X']],
	])('leaves the runs inside of it, %s, to kept work', async (_, how, then) => {
		const task = `<userTask id="M" camunda:assignee="\${person}">${several(how, 'false')}</userTask>${arrows('s -> M, M -> e')}`;
		const driver = sign(await beside(inside(task), CAME), 'ann').agree('X', { x: 1 });
		expect(sign(driver.rollBack('X2', 'X'), 'ben').open()).toEqual(then);
		expect(sign(driver, 'cid').open()).toEqual(['T', 'X']);
	});

	it('leaves the other runs to kept work where it had ended a repeated activity', async () => {
		const work = `<subProcess id="sub">${several('')}<startEvent id="s"/><parallelGateway id="split"/>
			<parallelGateway id="join"/><userTask id="B" camunda:assignee="\${person}"/><userTask id="C" camunda:assignee="\${person}"/>
			<userTask id="D" camunda:assignee="\${person}"/><endEvent id="e"/>
			${arrows('s -> split, split -> B, split -> C, B -> join, C -> join, join -> D, D -> e')}</subProcess>`;
		const driver = await beside(work);
		for (const user of ['ann', 'ann', 'ben']) sign(driver, user);
		sign(driver.agree('X', { x: 1 }), 'ann');
		expect(driver.open()).toEqual(['T', 'X2']);
		expect(driver.rollBack('X2', 'X').open()).toEqual(['B', 'C', 'C', 'X']);
		expect(sign(driver, 'ben').open()).toEqual(['B', 'C', 'D', 'X']);
		expect(driver.agree('X', { x: 1 }).open()).toEqual(['T', 'X2']);
	});

	it('of runs in order waits between them', async () => {
		const task = `<userTask id="sub" camunda:assignee="\${person}">${several('isSequential="true"')}</userTask>`;
		const driver = sign((await beside(task)).agree('X', { x: 1 }), 'ann');
		expect(driver.open()).toEqual(['T', 'X2']);
		expect(driver.rollBack('X2', 'X').open()).toEqual(['X']);
		expect(driver.agree('X', { x: 2 }).open()).toEqual(['X2', 'sub']);
	});

	it('does not let go on what it had overtaken before that had read anew', async () => {
		const script = `${userTasks('A', 'C')}<scriptTask id="S" scriptFormat="feel" sendback:resultVariable="y"><script>x + 1</script>
			${several('', 'false')}</scriptTask>${arrows('s -> A, A -> S, S -> C, C -> e')}`;
		const driver = (await beside(inside(script), CAME)).agree('X', { x: 2 }).agree('A').rollBack('X2', 'X');
		expect(driver.open()).toEqual(['X']);
		expect(driver.agree('X', { x: 1 }).open()).toEqual(['N', 'X2']);
		expect(driver.rollBack('X2', 'X').open()).toEqual(['X']);
		expect(driver.agree('X', { x: 2 }).open()).toEqual(['C', 'X2']);
	});
});
