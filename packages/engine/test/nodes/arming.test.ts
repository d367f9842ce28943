import { describe, expect, it } from 'vitest';
import type { Variables } from '../../src/terms.ts';
import { Driver } from '../support/drive.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const ROOTS = '<message id="m" name="m-$' + '{n}"/><message id="go" name="go"/><signal id="s" name="s-$' + '{n}"/>';
const KEYED = '<messageEventDefinition messageRef="go" sendback:correlationKey="= key"/>';
const DUE = `<timerEventDefinition><timeDuration>$${'{d}'}</timeDuration></timerEventDefinition>`;
const FROM_EXPRESSION = `<messageEventDefinition flowable:messageExpression="$${'{n}'}"/>`;

const SIGNAL_FROM_EXPRESSION = `<signalEventDefinition flowable:signalExpression="$${'{n}'}"/>`;

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

	it.each<[string, string, string]>([
		['the name of a message', FROM_EXPRESSION, 'name'],
		['the name of a signal', SIGNAL_FROM_EXPRESSION, 'name'],
		['a correlation key', KEYED, 'correlation key'],
	])('is never null nor empty: %s', async (_what, definition, missing) => {
		const driver = new Driver(await process(events('sub', definition)));
		for (const variables of [{}, { n: null, key: null }, { n: '', key: '' }]) {
			expect(driver.try({ type: 'start-instance', initiator: 'i', variables })).toMatchObject({
				kind: 'refused',
				rejection: { code: 'name-missing', details: { node: 'sub_came', missing } },
			});
		}
		expect(armed(driver.start({ n: 'null', key: 5 }), 'sub_came')).toBeDefined();
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

describe('what has no name', () => {
	it.each<[string, string, string]>([
		[
			'is no message that is thrown',
			`<intermediateThrowEvent id="x">${FROM_EXPRESSION}</intermediateThrowEvent>`,
			'name',
		],
		['is no signal that is thrown', `<endEvent id="x">${SIGNAL_FROM_EXPRESSION}</endEvent>`, 'name'],
		['is no topic', `<serviceTask id="x" sendback:topic="$${'{n}'}"/>`, 'topic'],
	])('%s', async (_what, node, missing) => {
		const last = node.startsWith('<endEvent') ? '' : `<endEvent id="end"/>${arrows('x -> end')}`;
		const driver = new Driver(
			await readModel(`<startEvent id="start"/>${userTasks('A')}${node}${last}${arrows('start -> A, A -> x')}`),
		).start();
		const { id: task, assignments } = driver.task('A');
		const user = assignments[0]?.user ?? '';
		const agreement = { type: 'decide-task', task, user, decision: 'agree', opinion: '' } as const;
		for (const variables of [{}, { n: '' }]) {
			expect(driver.try({ ...agreement, variables })).toMatchObject({
				kind: 'refused',
				rejection: { code: 'name-missing', details: { node: 'x', missing } },
			});
		}
		driver.agree('A', { n: 'named' });
	});

	it('waits on where it was armed by null as a text, as earlier versions did, and comes back so', async () => {
		const model = await readModel(
			`<startEvent id="start"/>${userTasks('A', 'T', 'G')}<endEvent id="end"/><endEvent id="end2"/>
			<boundaryEvent id="came" attachedToRef="A" cancelActivity="false">${KEYED}</boundaryEvent>
			${arrows('start -> A, A -> T, T -> end, came -> G, G -> end2')}`,
			ROOTS,
		);
		const driver = new Driver(model).start({ key: 'null' }).trigger('came', { key: null });
		expect(armed(driver, 'came')).toMatchObject({ key: 'null' });
		driver.agree('A').rollBack('T', 'A');
		expect(armed(driver, 'came')).toMatchObject({ key: 'null' });
		expect(driver.trigger('came').open()).toEqual(['A', 'G', 'G']);
	});
});
