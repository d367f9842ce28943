import { describe, expect, it } from 'vitest';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

/** One branch enters a value and works on, the other does what depends on it; each goes on by itself. */
function beside(dependent: string, more = '') {
	return readModel(
		`<startEvent id="start"/>${userTasks('Ready', 'Enter', 'Work')}<parallelGateway id="split"/>${dependent}
		<parallelGateway id="join"/><endEvent id="end"/>
		${arrows('start -> split, split -> Enter, Enter -> Work, Work -> join, split -> Ready, Ready -> depends, depends -> join, join -> end')}${more}`,
	);
}

const CALL = (inputs: string) =>
	`<callActivity id="depends" calledElement="child"><extensionElements>${inputs}</extensionElements></callActivity>`;
const child = await readModel(
	`<startEvent id="start"/>${userTasks('Inside')}<endEvent id="end"/>${arrows('start -> Inside, Inside -> end')}`,
);
/** What is open and for whom, and what each scope is given. */
function picture({ live }: Driver) {
	return {
		open: Object.values(live.tasks)
			.map(({ node, assignments }) => `${node} ${assignments.map(({ user }) => user)}`)
			.sort(),
		scopes: Object.values(live.scopes).map(({ flow, runs, variables }) => ({
			flow,
			runs,
			given: Object.entries(variables).map(([name, { value }]) => [name, value]),
		})),
	};
}

describe('what depends on a value that is taken back waits, and takes the new one', () => {
	it.each([
		['the input of a call', CALL('<camunda:in source="x" target="given"/>')],
		['all inputs of a call', CALL('<camunda:in variables="all"/>')],
		['an input that is computed', CALL('<camunda:in sourceExpression="${x}" target="given"/>')],
		['which flow is called', '<callActivity id="depends" calledElement="${x}"/>'],
		['whom a task is for', '<userTask id="depends" camunda:assignee="${x}"/>'],
		[
			'over what an activity repeats',
			'<userTask id="depends" camunda:assignee="${one}"><multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="one"/></userTask>',
		],
		[
			'how often an activity repeats',
			'<userTask id="depends"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality xsi:type="tFormalExpression">${n}</loopCardinality></multiInstanceLoopCharacteristics></userTask>',
		],
	])('%s', async (_, dependent) => {
		const driver = new Driver(await beside(dependent));
		driver.called = { child, other: child };
		driver
			.start()
			.agree('Enter', { x: 'child', n: 2, people: ['anna', 'otto'] })
			.agree('Ready');
		const dependentTask = driver.open().find((node) => node !== 'Work');
		expect(dependentTask).toBeDefined();

		driver.rollBack('Work', 'Enter');
		expect(driver.open()).toEqual(['Enter']);
		const other = { x: 'other', n: 1, people: ['otto'] };
		driver.agree('Enter', other);
		const fresh = new Driver(driver.model);
		fresh.called = driver.called;
		expect(picture(driver)).toEqual(picture(fresh.start().agree('Enter', other).agree('Ready')));
		expect(driver.agree(dependentTask ?? '').agree('Work').live.status).toBe('agreed');
	});
});

describe('what is thrown under a name that is taken back', async () => {
	const event = (id: string, inside: string) => `<${id} id="depends">${inside}</${id}>`;
	const SIGNAL = '<signalEventDefinition signalRef="sig"/>';
	const MESSAGE = '<messageEventDefinition messageRef="msg"/>';
	const roots = '<signal id="sig" name="${x}"/><message id="msg" name="${x}"/><signal id="one" name="one"/>';
	const heard =
		'<intermediateCatchEvent id="heard"><signalEventDefinition signalRef="one"/></intermediateCatchEvent><endEvent id="end"/>';
	const story = async (thrower: string, on = '') => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('Ready', 'Enter', 'Work', 'B')}<parallelGateway id="split"/>${thrower}${heard}<endEvent id="end2"/>
			${arrows(`start -> split, split -> Enter, Enter -> Work, Work -> end, split -> Ready, Ready -> depends, split -> heard, heard -> B, B -> end${on}`)}`,
			roots,
		);
		return new Driver(model).start().agree('Enter', { x: 'one' }).agree('Ready').rollBack('Work', 'Enter');
	};
	const thrown = ({ log }: Driver) =>
		log.flatMap((logged) => (logged.type === 'NodeFired' ? (logged.effects ?? []) : [])).map(({ name }) => name);
	const on = ', depends -> end2';

	it.each([
		['a message of an event', event('intermediateThrowEvent', MESSAGE), on],
		['a message of an end', event('endEvent', MESSAGE), ''],
		['a message of a task', '<sendTask id="depends" messageRef="msg"/>', on],
		['a signal of an event', event('intermediateThrowEvent', SIGNAL), on],
		['a signal of an end', event('endEvent', SIGNAL), ''],
	])('is thrown again, and under the new one: %s', async (_, thrower, flows) => {
		const driver = await story(thrower, flows);
		expect(driver.open()).toEqual(['Enter']);
		driver.agree('Enter', { x: 'two' });
		expect([thrown(driver), driver.open()]).toEqual([['one', 'two'], ['Work']]);
	});
});

describe('what an escalation gives on of a flow that goes on', () => {
	it('follows from who had entered it there', async () => {
		const called = await readModel(
			`<startEvent id="start"/>${userTasks('Enter', 'Work', 'Tell', 'More')}<parallelGateway id="split"/><parallelGateway id="join"/>
			<intermediateThrowEvent id="out"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent><endEvent id="end"/>
			${arrows('start -> split, split -> Enter, Enter -> Work, Work -> join, split -> Tell, Tell -> out, out -> More, More -> join, join -> end')}`,
			'<escalation id="esc" escalationCode="X1"/>',
		);
		const model = await readModel(
			`<startEvent id="start"/><callActivity id="call" calledElement="child"><extensionElements>
				<camunda:out source="found" target="result"/></extensionElements></callActivity>
			<boundaryEvent id="caught" attachedToRef="call" cancelActivity="false"><escalationEventDefinition escalationRef="esc"/></boundaryEvent>
			${userTasks('Handle')}<endEvent id="handled"/><endEvent id="end"/>
			${arrows('start -> call, call -> end, caught -> Handle, Handle -> handled')}`,
			'<escalation id="esc" escalationCode="X1"/>',
		);
		const driver = new Driver(model);
		driver.called = { child: called };
		driver.start().agree('Enter', { found: 1 }).agree('Tell');
		expect([driver.value('result'), driver.open()]).toEqual([1, ['Handle', 'More', 'Work']]);
		driver.rollBack('Work', 'Enter');
		expect([driver.value('result'), driver.open()]).toEqual([undefined, ['Enter']]);
		driver.agree('Enter', { found: 2 });
		expect([driver.value('result'), driver.open()]).toEqual([2, ['Handle', 'More', 'Work']]);
	});
});

describe('a value that is not there yet', () => {
	it('is missing in the called flow that looks for it, whatever the one around has of that name', async () => {
		const called = await readModel(
			`<startEvent id="start"/>${userTasks('First', 'Yes', 'No')}<exclusiveGateway id="which" default="which_No"/><endEvent id="end"/>
			${arrows('start -> First, First -> which, which -> No, which -[x = 1]-> Yes, No -> end, Yes -> end')}`,
		);
		const model = await readModel(
			`<startEvent id="start"/><callActivity id="call" calledElement="child"><extensionElements><camunda:in source="y" target="y"/></extensionElements></callActivity><endEvent id="end"/>${arrows('start -> call, call -> end')}`,
		);
		const driver = new Driver(model);
		driver.called = { child: called };
		driver.start({ x: 1 }).agree('First');
		expect(driver.open()).toEqual(['No']);
		driver.rollBackDirect('No', 'First').agree('First');
		expect(driver.log.at(-1)).toMatchObject({ type: 'Resumed', stopped: null });
	});
});
