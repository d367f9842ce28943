import { describe, expect, it } from 'vitest';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<error id="err" errorCode="E1"/><escalation id="esc" escalationCode="X1"/>';
const ERROR = '<errorEventDefinition errorRef="err"/>';
const ESCALATION = '<escalationEventDefinition escalationRef="esc"/>';
const GIVES = '<extensionElements><camunda:out source="found" target="result"/></extensionElements>';

function call(id: string, flow: string, content = GIVES): string {
	return `<callActivity id="${id}" calledElement="${flow}">${content}</callActivity>`;
}

/** Work, then something that goes out of the flow, and more where it goes on. */
function child(event: string) {
	return readModel(
		`<startEvent id="start"/>${userTasks('Look', 'More')}${event}<endEvent id="end"/>
		${arrows('start -> Look, Look -> out')}${event.startsWith('<endEvent') ? '' : arrows('out -> More, More -> end')}`,
		ROOTS,
	);
}

const endsInError = await child(`<endEvent id="out">${ERROR}</endEvent>`);
const escalates = await child(`<intermediateThrowEvent id="out">${ESCALATION}</intermediateThrowEvent>`);

const caughtAtBoundary = (definition: string, attributes = '') =>
	`<boundaryEvent id="caught" attachedToRef="call" ${attributes}>${definition}</boundaryEvent>${userTasks('Handle')}
	<endEvent id="handled"/>${arrows('caught -> Handle, Handle -> handled')}`;
const caughtInside = (definition: string, attributes = '') =>
	`<subProcess id="handler" triggeredByEvent="true"><startEvent id="caught" ${attributes}>${definition}</startEvent>
	<userTask id="Handle" camunda:assignee="\${result}"/><endEvent id="handled"/>${arrows('caught -> Handle, Handle -> handled')}</subProcess>`;

async function parent(catching: string, called = call('call', 'child')) {
	return readModel(
		`<startEvent id="start"/>${called}${catching}<endEvent id="end"/>${arrows('start -> call, call -> end')}`,
		ROOTS,
	);
}

describe('a called flow gives back its variables', () => {
	it.each([
		['an error at its boundary', endsInError, caughtAtBoundary(ERROR), ['Handle']],
		['an error in an event subprocess', endsInError, caughtInside(ERROR), ['Handle']],
		['an escalation that ends it', escalates, caughtAtBoundary(ESCALATION), ['Handle']],
		['an escalation beside it', escalates, caughtAtBoundary(ESCALATION, 'cancelActivity="false"'), ['Handle', 'More']],
		[
			'an escalation in an event subprocess',
			escalates,
			caughtInside(ESCALATION, 'isInterrupting="false"'),
			['Handle', 'More'],
		],
	])('with %s', async (_, called, catching, open) => {
		const driver = new Driver(await parent(catching));
		driver.called = { child: called };
		driver.start().agree('Look', { found: 'alpha' });
		expect(driver.open()).toEqual(open);
		expect(driver.value('result')).toBe('alpha');
		driver.rollBack('Handle', 'start');
		expect(driver.value('result')).toBe(undefined);
	});

	it('all of them where it says so, and again when it has ended', async () => {
		const all = call('call', 'child', '<extensionElements><camunda:out variables="all"/></extensionElements>');
		const driver = new Driver(await parent(caughtAtBoundary(ESCALATION, 'cancelActivity="false"'), all));
		driver.called = { child: escalates };
		driver.start().agree('Look', { found: 1 });
		expect(driver.value('found')).toBe(1);
		driver.agree('More', { found: 2 });
		expect(driver.value('found')).toBe(2);
	});

	it('through the call in which it was called', async () => {
		const middle = await readModel(
			`<startEvent id="start"/>${call('inner', 'child')}<endEvent id="end"/>${arrows('start -> inner, inner -> end')}`,
		);
		const outer = '<extensionElements><camunda:out source="result" target="outside"/></extensionElements>';
		const driver = new Driver(await parent(caughtAtBoundary(ERROR), call('call', 'middle', outer)));
		driver.called = { child: endsInError, middle };
		driver.start().agree('Look', { found: 7 });
		expect(driver.open()).toEqual(['Handle']);
		expect(driver.value('outside')).toBe(7);
		expect(driver.value('result')).toBe(undefined);
	});

	it('not where something else ends the call', async () => {
		const timer = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';
		const driver = new Driver(await parent(caughtAtBoundary(timer)));
		driver.called = { child: endsInError };
		driver.start({ found: 1 }).trigger('caught');
		expect(driver.value('result')).toBe(undefined);
	});
});

describe('the version of a called flow', () => {
	const bound = (version: string) =>
		`<callActivity id="call" calledElement="child" camunda:calledElementBinding="version" camunda:calledElementVersion="${version}"/>`;

	it('may be named by an expression', async () => {
		const driver = new Driver(await parent('', bound('${v}')));
		driver.called = { child: endsInError };
		const flows = Object.values(driver.start({ v: 3 }).live.scopes).map(({ flow }) => flow);
		expect(flows).toContainEqual({ flowId: 'child', version: 3 });
	});

	it.each([0, 1.5, 'x', null])('%j is one that was never deployed', async (v) => {
		const driver = new Driver(await parent('', bound('${v}')));
		const start = { type: 'start-instance', initiator: 'initiator', variables: { v } } as const;
		driver.refuse(start, 'flow-not-found');
	});
});
