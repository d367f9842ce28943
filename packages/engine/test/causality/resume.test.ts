import { describe, expect, it } from 'vitest';
import { buildModel } from '../support/build-model.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const PARALLEL = buildModel(`
	start -> P
	P -> and1
	and1 -> A
	and1 -> B
	A -> and2
	B -> and2
	and2 -> xor
	xor -[x = 1]-> T
	xor -[default]-> U
	T -> end1
	U -> end2
`);

const BESIDE = buildModel(`
	start -> and1
	and1 -> A
	A -> B
	B -> T
	and1 -> C
	C -> D
	T -> and2
	D -> and2
	and2 -> end
`);

function resumed(driver: Driver) {
	const event = driver.log.findLast(({ type }) => type === 'Resumed');
	return event?.type === 'Resumed' ? { kept: event.kept.map(({ node }) => node), stopped: event.stopped } : null;
}

describe('direct return', () => {
	const story = () => new Driver(PARALLEL).start({ x: 1 }).agree('P', { p: 1 }).agree('A', { a: 1 }).agree('B');

	it('goes straight back to the task that sent back, and carries the decisions between', () => {
		const driver = story().rollBackDirect('T', 'P');
		expect(driver.open()).toEqual(['P']);
		expect(driver.agree('P', { p: 2 }).open()).toEqual(['T']);
		expect(resumed(driver)).toEqual({ kept: ['A', 'B'], stopped: null });
		expect([driver.value('p'), driver.value('a')]).toEqual([2, 1]);
	});

	it('stops where the new decision changes the way, and says so', () => {
		const driver = story().rollBackDirect('T', 'P').agree('P', { x: 2 });
		expect(driver.open()).toEqual(['U']);
		expect(resumed(driver)).toEqual({ kept: ['A', 'B'], stopped: { node: 'xor', reason: 'changed-variable' } });
	});

	it("stops where what a decision reads is the target's own new value and comes out otherwise", () => {
		const driver = new Driver(PARALLEL).start().agree('P', { x: 1 }).agree('A').agree('B').rollBackDirect('T', 'P');
		driver.agree('P', { x: 2 });
		expect(driver.open()).toEqual(['U']);
		expect(resumed(driver)).toMatchObject({ stopped: { node: 'xor', reason: 'changed-choice' } });
	});

	it('stops where other work has written since what a decision wrote: the newer value stays', () => {
		const driver = story().rollBackDirect('T', 'P');
		driver.agree('P', { p: 2, a: 7 });
		expect(driver.value('a')).toBe(1);
		const beside = new Driver(BESIDE)
			.start()
			.agree('A')
			.agree('B', { x: 1 })
			.agree('C', { x: 2 })
			.rollBackDirect('T', 'A');
		expect(beside.agree('A').open()).toEqual(['B', 'D']);
		expect(resumed(beside)).toEqual({ kept: [], stopped: { node: 'B', reason: 'changed-variable' } });
		expect(beside.value('x')).toBe(2);
	});

	it('carries over a decision though what had come beside its task does not come again', async () => {
		const rung = '<signalEventDefinition signalRef="s"/>';
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'Y', 'A', 'T', 'X')}<endEvent id="end"/>
			<parallelGateway id="fork"/><exclusiveGateway id="g" default="g_end"/>
			<intermediateThrowEvent id="ring">${rung}</intermediateThrowEvent>
			<boundaryEvent id="came" attachedToRef="A" cancelActivity="false">${rung}</boundaryEvent>
			${arrows('start -> P, P -> fork, fork -> Y, Y -> g, g -> end, ring -> end, fork -> A, A -> T, T -> end, came -> X, X -> end')}
			<sequenceFlow id="g_ring" sourceRef="g" targetRef="ring"><conditionExpression xsi:type="tFormalExpression">\${x == 1}</conditionExpression></sequenceFlow>`,
			'<signal id="s" name="s"/>',
		);
		const driver = new Driver(model).start().agree('P', { x: 1 }).agree('Y');
		expect(driver.open()).toEqual(['A', 'X']);
		driver.agree('A').rollBackDirect('T', 'P').agree('P', { x: 2 });
		expect(driver.open()).toEqual(['T']);
		expect(resumed(driver)).toEqual({ kept: ['Y', 'A'], stopped: { node: 'g', reason: 'changed-choice' } });
	});

	it('can be sent back again afterwards, to a decision that was carried over', () => {
		const driver = story().rollBackDirect('T', 'P').agree('P').rollBack('T', 'A');
		expect(driver.marking()).toEqual(['flow:B_and2', 'task:A']);
		expect(driver.agree('A').agree('T').live.status).toBe('agreed');
	});

	it('is not taken where the rollback asked for a replay', () => {
		const driver = story().rollBack('T', 'P').agree('P');
		expect(driver.open()).toEqual(['A', 'B']);
		expect(resumed(driver)).toBeNull();
	});
});

describe('direct return to before a task that is now for somebody else', async () => {
	const model = await readModel(
		`<startEvent id="start"/>${userTasks('P', 'T')}<userTask id="A" camunda:assignee="\${boss}"/><endEvent id="end"/>
		${arrows('start -> P, P -> A, A -> T, T -> end')}`,
	);

	it.each([
		['named anew by the target', {}, { boss: 'ann' }, 'changed-choice'],
		['named by the target, and before by the start', { boss: 'ann' }, {}, 'changed-variable'],
	])('asks him: %s', (_, started, entered, reason) => {
		const driver = new Driver(model).start(started).agree('P', entered).agree('A').rollBackDirect('T', 'P');
		driver.agree('P', { boss: 'ben' });
		expect(driver.task('A').assignments).toMatchObject([{ user: 'ben', status: 'pending' }]);
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'A', reason } });
	});

	it('asks him too where the task had been sent back to before', () => {
		const driver = new Driver(model).start().agree('P', { boss: 'ann' }).agree('A').rollBack('T', 'A').agree('A');
		driver.rollBackDirect('T', 'P').agree('P', { boss: 'ben' });
		expect(driver.task('A').assignments).toMatchObject([{ user: 'ben', status: 'pending' }]);
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'A', reason: 'changed-choice' } });
	});

	it('carries over what was reopened before, where the same people are asked, whoever had it last', () => {
		const driver = new Driver(model).start().agree('P', { boss: 'ann' });
		const { id: task } = driver.task('A');
		driver.accept({ type: 'transfer-task', task, user: 'ann', from: [], to: ['eve'], opinion: '' });
		driver.agree('A').rollBack('T', 'A').agree('A').rollBackDirect('T', 'P').agree('P', { boss: 'ann' });
		expect(resumed(driver)).toEqual({ kept: ['A'], stopped: null });
	});
});

describe('direct return past a condition that came true', () => {
	const comes = '<conditionalEventDefinition><condition>= x = 1</condition></conditionalEventDefinition>';

	it('follows from what the condition read, as before', async () => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'A', 'C', 'B', 'B2')}
			<endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
			<boundaryEvent id="came" attachedToRef="A">${comes}</boundaryEvent>
			${arrows('start -> fork, fork -> P, P -> A, A -> e1, came -> C, C -> e2, fork -> B, B -> B2, B2 -> e3')}`,
		);
		const driver = new Driver(model).start({ x: 0 }).agree('P').agree('B', { x: 1 });
		expect(driver.rollBackDirect('C', 'P').agree('P').open()).toEqual(['B2', 'C']);
		expect(driver.rollBack('B2', 'B').open()).toEqual(['A', 'B']);
	});

	const SUB = `<subProcess id="W"><startEvent id="s"/>${userTasks('X')}<endEvent id="e"/>${arrows('s -> X, X -> e')}
		<subProcess id="inner" triggeredByEvent="true"><startEvent id="came">${comes}</startEvent>${userTasks('C')}
		<endEvent id="ke"/>${arrows('came -> C, C -> ke')}</subProcess></subProcess>`;
	it.each([
		[
			'on its way',
			`<intermediateCatchEvent id="came">${comes}</intermediateCatchEvent>`,
			'fork -> came, came -> C',
			[],
		],
		[
			'beside a task',
			`${userTasks('W')}<boundaryEvent id="came" attachedToRef="W">${comes}</boundaryEvent>`,
			'fork -> W, came -> C, W -> end',
			['W'],
		],
		['in a subprocess', SUB, 'fork -> W, W -> end', ['X']],
	])('%s: stops there where the new decision makes it false', async (_, event, flows, open) => {
		const after = event === SUB ? '' : userTasks('C');
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'A')}${after}${event}<endEvent id="end"/>
			${arrows(`start -> fork, fork -> P, P -> A, A -> end, ${flows}${event === SUB ? '' : ', C -> end'}`)}`,
		);
		const story = () => new Driver(model).start().agree('P', { x: 1 }).rollBackDirect('A', 'P');
		const again = story().agree('P', { x: 1 });
		expect([again.open(), resumed(again)]).toEqual([['A', 'C'], { kept: [], stopped: null }]);
		const driver = story().agree('P', { x: 2 });
		expect(driver.open()).toEqual(['A', ...open]);
		expect(resumed(driver)?.stopped).toEqual({ node: 'came', reason: 'changed-choice' });
	});
});

describe('direct return to before what is handed on', () => {
	const story = async (node: string) =>
		readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}${node}<endEvent id="end"/>
			${arrows('start -> P, P -> W, W -> T, T -> end')}`,
		);

	it('stops where other work is to be done', async () => {
		const model = await story('<serviceTask id="W" sendback:topic="${bank}" sendback:effect="pure"/>');
		const driver = new Driver(model).start().agree('P', { bank: 'one' });
		driver.completeJob('W').rollBackDirect('T', 'P').agree('P', { bank: 'one' });
		expect(driver.open()).toEqual(['T']);
		driver.rollBackDirect('T', 'P').agree('P', { bank: 'two' });
		expect(driver.marking()).toEqual(['active:W']);
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'W', reason: 'changed-choice' } });
	});

	it('stops where a called flow is given something else', async () => {
		const given = '<extensionElements><camunda:in source="sum" target="sum"/></extensionElements>';
		const model = await story(`<callActivity id="W" calledElement="called">${given}</callActivity>`);
		const called = await readModel(
			`<startEvent id="s"/>${userTasks('Q')}<endEvent id="e"/>${arrows('s -> Q, Q -> e')}`,
		);
		const driver = new Driver(model);
		driver.called = { called };
		driver.start().agree('P', { sum: 1 }).agree('Q').rollBackDirect('T', 'P').agree('P', { sum: 1 });
		expect(resumed(driver)).toEqual({ kept: ['Q'], stopped: null });
		driver.rollBackDirect('T', 'P').agree('P', { sum: 2 });
		expect(driver.open()).toEqual(['Q']);
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'W', reason: 'changed-choice' } });
	});
});

describe('direct return past a call', async () => {
	const called = (task: string) =>
		readModel(`<startEvent id="s"/>${task}<endEvent id="e"/>${arrows('s -> Q, Q -> e')}`);
	const asked = (onReject: string) => `<userTask id="Q" name="${onReject}" sendback:onReject="${onReject}"/>`;
	const [first, second] = [await called(asked('continue')), await called(asked('end'))];
	const call = (attributes: string, inside = '') => `<callActivity id="W" ${attributes}>${inside}</callActivity>`;
	const story = async (node: string, entered = {}) => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('P', 'T')}${node}<endEvent id="end"/>
			${arrows('start -> P, P -> W, W -> T, T -> end')}`,
		);
		const driver = new Driver(model);
		driver.called = { child: first, other: first };
		return driver.start().agree('P', entered);
	};
	const sequence =
		'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
	const version = (driver: Driver) => Object.values(driver.live.scopes).find(({ flow }) => flow)?.flow;

	it.each([
		['once', '', ['Q']],
		['in a sequence', sequence, ['Q', 'Q']],
	])('runs it in the version that it had: %s', async (_, inside, kept) => {
		const driver = await story(call('calledElement="child"', inside));
		for (const node of kept) driver.reject(node);
		driver.called = { child: [first, second] };
		driver.rollBackDirect('T', 'P').agree('P');
		expect(resumed(driver)).toEqual({ kept, stopped: null });
		driver.rollBack('T', 'P').agree('P');
		expect(version(driver)).toEqual({ flowId: 'child', version: 2 });
	});

	it('carries no rejection that would end the instance', async () => {
		const driver = (await story(call('calledElement="child"'))).reject('Q').rollBackDirect('T', 'P');
		driver.called = { child: second };
		driver.agree('P');
		expect([driver.live.status, driver.open()]).toEqual(['in_process', ['Q']]);
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'Q', reason: 'changed-choice' } });
	});

	it('stops where it names another version now', async () => {
		const bound = 'camunda:calledElementBinding="version" camunda:calledElementVersion="${v}"';
		const nothing = '<extensionElements><camunda:in source="nothing" target="nothing"/></extensionElements>';
		const driver = await story(call(`calledElement="child" ${bound}`, nothing), { v: 1 });
		driver.called = { child: [first, second] };
		driver.agree('Q').rollBackDirect('T', 'P').agree('P', { v: 2 });
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'W', reason: 'changed-choice' } });
		expect(version(driver)).toEqual({ flowId: 'child', version: 2 });
	});

	it('stops where it names another flow now, which may not have as many versions', async () => {
		const driver = await story(call('calledElement="${which}"'), { which: 'other' });
		driver.agree('Q').rollBackDirect('T', 'P');
		driver.called = { child: [first, second], other: first };
		driver.agree('P', { which: 'child' });
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'W', reason: 'changed-choice' } });
		driver.agree('Q').rollBackDirect('T', 'P').agree('P', { which: 'other' });
		expect(version(driver)).toEqual({ flowId: 'other', version: 1 });
	});
});

describe('direct return past what is thrown', () => {
	it.each([
		['event', '<intermediateThrowEvent id="W"><messageEventDefinition messageRef="m"/></intermediateThrowEvent>', ''],
		['task', '<sendTask id="W" messageRef="m"/>', ''],
		['end', '<endEvent id="W"><messageEventDefinition messageRef="m"/></endEvent>', 'no'],
	])('stops where it has another name now: %s', async (_, thrower, goesOn) => {
		const model = await readModel(
			`<startEvent id="start"/><parallelGateway id="fork"/>${userTasks('P', 'T')}${thrower}<endEvent id="end"/>
			${arrows(`start -> P, P -> fork, fork -> W, fork -> T, T -> end${goesOn === '' ? ', W -> end' : ''}`)}`,
			'<message id="m" name="${to}"/>',
		);
		const direct = (to: string) => driver.rollBackDirect('T', 'P').agree('P', { to });
		const thrown = () =>
			driver.log.flatMap((event) => (event.type === 'NodeFired' ? (event.effects ?? []) : [])).map(({ name }) => name);
		const driver = new Driver(model).start().agree('P', { to: 'one' });
		for (const to of ['one', 'one']) expect(resumed(direct(to))).toEqual({ kept: [], stopped: null });
		expect(resumed(direct('two'))).toEqual({ kept: [], stopped: { node: 'W', reason: 'changed-choice' } });
		expect(resumed(direct('two'))).toEqual({ kept: [], stopped: null });
		expect(thrown()).toEqual(['one', 'two']);
	});
});

describe('direct return past work that ended in an error', () => {
	it('stops there, and the work is to be done again', async () => {
		const model = await readModel(`
			<startEvent id="start"/>${userTasks('P', 'T')}<endEvent id="end"/>
			<serviceTask id="S" sendback:topic="x" sendback:effect="pure"/>
			<boundaryEvent id="failed" attachedToRef="S"><errorEventDefinition/></boundaryEvent>
			${arrows('start -> P, P -> S, S -> end, failed -> T, T -> end')}`);
		const driver = new Driver(model).start().agree('P');
		driver.accept({ type: 'throw-job-error', token: driver.armed('S'), code: 'x', variables: {} });
		driver.rollBackDirect('T', 'P').agree('P');
		expect(resumed(driver)).toEqual({ kept: [], stopped: { node: 'S', reason: 'more-to-come' } });
		expect(driver.marking()).toEqual(['active:S']);
	});
});

describe('taking a rollback back', () => {
	const sentBack = () =>
		new Driver(PARALLEL).start({ x: 1 }).agree('P').agree('A', { x: 1 }).agree('B').rollBack('T', 'A');

	it('leaves everything as it was, the same tasks with the same ids', () => {
		const driver = new Driver(PARALLEL).start({ x: 1 }).agree('P').agree('A', { x: 1 }).agree('B');
		const before = driver.live;
		driver.rollBack('T', 'A').undoRollback('alpha');
		expect({ ...driver.live, nextSeq: 0 }).toEqual({ ...before, nextSeq: 0 });
		expect(driver.rollBack('T', 'P').open()).toEqual(['P']);
	});

	it('is refused once something has happened, twice, or by somebody else', () => {
		const undo = { type: 'undo-rollback', rollback: 'rollback', user: 'alpha', opinion: '' } as const;
		sentBack().refuse({ ...undo, user: 'someone' }, 'not-permitted');
		sentBack().undoRollback('alpha').refuse(undo, 'rollback-not-last');
		sentBack().agree('A').refuse(undo, 'rollback-not-last');
		sentBack().refuse({ ...undo, rollback: 'another' }, 'rollback-not-last');
	});
});
