import { describe, expect, it } from 'vitest';
import type { Variables } from '../../src/terms.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<message id="m" name="m-$' + '{n}"/><message id="go" name="go"/><signal id="s" name="s-$' + '{n}"/>';
const KEYED = '<messageEventDefinition messageRef="go" sendback:correlationKey="= key"/>';
const DUE = `<timerEventDefinition><timeDuration>$${'{d}'}</timeDuration></timerEventDefinition>`;
const FROM_EXPRESSION = `<messageEventDefinition flowable:messageExpression="$${'{n}'}"/>`;

const events = (id: string, definition: string, inside = '') => `
	<subProcess id="${id}" triggeredByEvent="true">
		<startEvent id="${id}_came" isInterrupting="false">${definition}</startEvent>${userTasks(`${id}_E`)}<endEvent id="${id}_end"/>
		${arrows(`${id}_came -> ${id}_E, ${id}_E -> ${id}_end`)}${inside}
	</subProcess>`;

const process = (inside: string) =>
	readModel(
		`<startEvent id="start"/>${userTasks('A')}<endEvent id="end"/>${arrows('start -> A, A -> end')}${inside}`,
		ROOTS,
	);

const armed = (driver: Driver, node: string) => driver.live.tokens[driver.armed(node)]?.arm;

describe('what an event subprocess of the process waits for', () => {
	it.each<[string, string, Variables, object]>([
		['the name of a message', '<messageEventDefinition messageRef="m"/>', { n: 'x' }, { kind: 'message', name: 'm-x' }],
		['a message by an expression', FROM_EXPRESSION, { n: 'x' }, { kind: 'message', name: 'x' }],
		['the name of a signal', '<signalEventDefinition signalRef="s"/>', { n: 'x' }, { kind: 'signal', name: 's-x' }],
		['a correlation key', KEYED, { key: 'K7' }, { kind: 'message', name: 'go', key: 'K7' }],
		['a timer', DUE, { d: 'PT1S' }, { kind: 'timer', due: 1_000 }],
	])('sees what the start entered: %s', async (_what, definition, entered, arm) => {
		const driver = new Driver(await process(events('sub', definition))).start(entered);
		expect(armed(driver, 'sub_came')).toMatchObject(arm);
	});

	it('is never a time that is none, null among them', async () => {
		const driver = new Driver(await process(events('sub', DUE)));
		for (const variables of [{}, { d: null }, { d: 'soon' }])
			driver.refuse({ type: 'start-instance', initiator: 'i', variables }, 'timer-invalid');
	});

	it('is never a repetition of more times than there are', async () => {
		const driver = new Driver(await process(events('sub', DUE.replaceAll('timeDuration', 'timeCycle'))));
		const start = (d: string) => ({ type: 'start-instance', initiator: 'i', variables: { d } }) as const;
		driver.refuse(start('R1000000001/PT1S'), 'timer-invalid');
		expect(armed(driver.start({ d: 'R1000000000/PT1S' }), 'sub_came')).toMatchObject({ left: 999_999_999 });
	});

	it('sees the value of a data object, unless the start says otherwise', async () => {
		const data = `<dataObject id="n" itemSubjectRef="xsd:string"><extensionElements><camunda:value>own</camunda:value></extensionElements></dataObject>`;
		const model = await process(data + events('sub', FROM_EXPRESSION));
		expect(armed(new Driver(model).start(), 'sub_came')).toMatchObject({ name: 'own' });
		expect(armed(new Driver(model).start({ n: 'given' }), 'sub_came')).toMatchObject({ name: 'given' });
	});

	it('is armed anew by what the start enters anew', async () => {
		const driver = new Driver(await process(events('sub', FROM_EXPRESSION)))
			.start({ n: 'first' })
			.rollBack('A', 'start');
		driver.agree('start', { n: 'second' });
		expect(armed(driver, 'sub_came')).toMatchObject({ name: 'second' });
	});
});

describe('what an event subprocess within another one waits for', () => {
	const nested = events('inner', FROM_EXPRESSION);

	it('sees what came with the message', async () => {
		const model = await process(events('sub', '<messageEventDefinition messageRef="go"/>', nested));
		const driver = new Driver(model).start().trigger('sub_came', { n: 'x' });
		expect(armed(driver, 'inner_came')).toMatchObject({ name: 'x' });
	});

	it('sees what came with the error of a worker', async () => {
		const caught = events('sub', '<errorEventDefinition errorRef="E"/>', nested).replace('isInterrupting="false"', '');
		const model = await readModel(
			`<startEvent id="start"/><serviceTask id="work" sendback:topic="t"/><endEvent id="end"/>
			${arrows('start -> work, work -> end')}${caught}`,
		);
		const driver = new Driver(model).start();
		driver.accept({ type: 'throw-job-error', token: driver.armed('work'), code: 'E', variables: { n: 'x' } });
		expect(armed(driver, 'inner_came')).toMatchObject({ name: 'x' });
	});
});
