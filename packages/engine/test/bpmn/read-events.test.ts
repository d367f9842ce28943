import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/expressions/expression.ts';
import type { Throw, Trigger } from '../../src/model/process-model.ts';
import { file } from './bpmn-file.ts';
import { errorsOf, read } from './read-model.ts';

const ROOTS = `<message id="m" name="invoice"><extensionElements><zeebe:subscription correlationKey="= order"/></extensionElements></message><signal id="g" name="alert"/><signal id="gn" name="alert-\${n}"/><error id="r" errorCode="42"/><escalation id="c" escalationCode="slow"/><message id="unnamed"/><error id="uncoded"/><error id="counted" errorCode="\${n}"/>`;

/** Where an event can stand, each as event x of a file; its definition is line 5. */
const PLACES = {
	start: (definition: string) => process(`<startEvent id="x">\n${definition}</startEvent>`, 0),
	insideStart: (definition: string) =>
		process(`<subProcess id="b"><startEvent id="x">\n${definition}</startEvent></subProcess>`),
	eventStart: (definition: string) =>
		process(`<subProcess id="b" triggeredByEvent="true"><startEvent id="x">\n${definition}</startEvent></subProcess>`),
	catch: (definition: string) => process(`<intermediateCatchEvent id="x">\n${definition}</intermediateCatchEvent>`),
	throw: (definition: string) => process(`<intermediateThrowEvent id="x">\n${definition}</intermediateThrowEvent>`),
	boundary: (definition: string) => process(`<boundaryEvent id="x" attachedToRef="t">\n${definition}</boundaryEvent>`),
	end: (definition: string) => process(`<endEvent id="x">\n${definition}</endEvent>`),
} as const;
type Place = keyof typeof PLACES;

const COLUMNS: readonly Place[] = ['start', 'insideStart', 'eventStart', 'catch', 'throw', 'boundary', 'end'];

/** Which event may have which definition: + it may, - it may not, . see read-compensation.test.ts. The columns are those above. */
const TABLE: readonly (readonly [definition: string, allowed: string])[] = [
	['<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>', '+ - + + - + -'],
	['<messageEventDefinition messageRef="m"/>', '+ - + + + + +'],
	['<signalEventDefinition signalRef="g"/>', '+ - + + + + +'],
	['<conditionalEventDefinition><condition>${a}</condition></conditionalEventDefinition>', '- - + + - + -'],
	['<errorEventDefinition errorRef="r"/>', '- - + - - + +'],
	['<escalationEventDefinition escalationRef="c"/>', '- - + - + + +'],
	['<linkEventDefinition name="L"/>', '- - - + + - -'],
	['<terminateEventDefinition/>', '- - - - - - +'],
	['<compensateEventDefinition/>', '- - - - + . +'],
	['<cancelEventDefinition/>', '- - - - - - -'],
	// No definition at all.
	['', '+ + - - + - +'],
];

describe('the definition of an event', () => {
	const cases = TABLE.flatMap(([definition, allowed]) =>
		allowed
			.split(' ')
			.flatMap((mark, column) => (mark === '.' ? [] : [[COLUMNS[column] ?? 'end', definition, mark === '+'] as const])),
	);

	test.each(cases.filter(([, , allowed]) => allowed))('%s: may be %s', async (place, definition) => {
		await read(PLACES[place](definition));
	});

	test.each(cases.filter(([, , allowed]) => !allowed))('%s: may not be %s', async (place, definition) => {
		const problem = definition === '' ? 'event-definition-missing x:4' : 'element-not-supported x:5';
		expect(await errorsOf(PLACES[place](definition))).toEqual([problem]);
	});
});

const literal = (text: string): Text => ({ kind: 'literal', text });
const variable = (name: string) => ({ tree: { kind: 'path', names: [name] } });
const timed = (content: string) => `<timerEventDefinition>${content}</timerEventDefinition>`;
const alert = literal('alert');

const TRIGGERS: readonly (readonly [definition: string, trigger: object])[] = [
	[timed('<timeDuration>PT1H</timeDuration>'), { kind: 'timer', timer: 'duration', when: literal('PT1H') }],
	[timed('<timeDuration> P2D </timeDuration>'), { kind: 'timer', timer: 'duration', when: literal('P2D') }],
	[timed('<timeDate>2030-01-31T09:00:00Z</timeDate>'), { kind: 'timer', timer: 'date' }],
	[timed('<timeCycle>R3/PT10M</timeCycle>'), { kind: 'timer', timer: 'cycle', when: literal('R3/PT10M') }],
	[timed('<timeCycle>R/P1D</timeCycle>'), { kind: 'timer', timer: 'cycle' }],
	[timed('<timeCycle>R3/2030-01-01T00:00:00Z/PT1H</timeCycle>'), { kind: 'timer', timer: 'cycle' }],
	[timed('<timeCycle>0 0 9 ? * MON-FRI</timeCycle>'), { kind: 'timer', timer: 'cycle' }],
	[timed('<timeDuration>2030-01-31T09:00:00Z</timeDuration>'), { kind: 'timer', timer: 'duration' }],
	[timed('<timeDate>${due}</timeDate>'), { timer: 'date', when: { kind: 'expression', expression: variable('due') } }],
	[timed('<timeDuration>PT${n}M</timeDuration>'), { timer: 'duration', when: { kind: 'template' } }],
	[timed('<timeDuration>= wait</timeDuration>'), { timer: 'duration', when: { kind: 'expression' } }],
	['<messageEventDefinition messageRef="m"/>', { kind: 'message', name: literal('invoice'), key: variable('order') }],
	['<messageEventDefinition messageRef="x:m"/>', { kind: 'message', name: literal('invoice') }],
	['<messageEventDefinition messageRef="m" sendback:correlationKey="${own}"/>', { key: variable('own') }],
	['<messageEventDefinition flowable:messageExpression="${what}"/>', { name: { kind: 'expression' }, key: null }],
	['<signalEventDefinition signalRef="g"/>', { kind: 'signal', name: alert }],
	['<signalEventDefinition signalRef="gn"/>', { kind: 'signal', name: { kind: 'template' } }],
	['<signalEventDefinition flowable:signalExpression="a"/>', { kind: 'signal', name: literal('a') }],
	['<conditionalEventDefinition><condition>= a > 1</condition></conditionalEventDefinition>', { kind: 'condition' }],
	['<errorEventDefinition errorRef="r"/>', { kind: 'error', code: '42' }],
	['<errorEventDefinition errorRef="declaredNowhere"/>', { kind: 'error', code: 'declaredNowhere' }],
	['<errorEventDefinition errorRef="uncoded"/>', { kind: 'error', code: null }],
	['<errorEventDefinition/>', { kind: 'error', code: null }],
	['<escalationEventDefinition escalationRef="c"/>', { kind: 'escalation', code: 'slow' }],
	['<escalationEventDefinition escalationRef="declaredNowhere"/>', { kind: 'escalation', code: 'declaredNowhere' }],
	['<escalationEventDefinition/>', { kind: 'escalation', code: null }],
];

describe('what an event waits for', () => {
	test.each(TRIGGERS)('%s', async (definition, trigger) => {
		for (const place of ['boundary', 'eventStart'] as const) {
			const { nodes } = await read(PLACES[place](definition));
			expect(nodes.x).toMatchObject({ trigger, interrupting: true });
		}
	});

	test('at the start of a process no key is compared, for there is nothing to compare it with', async () => {
		const { nodes } = await read(PLACES.start('<messageEventDefinition messageRef="m"/>'));
		expect(nodes.x).toMatchObject({ kind: 'startEvent', trigger: { name: literal('invoice'), key: null } });
	});

	test.each([
		['boundaryEvent', 'cancelActivity="false"', false],
		['boundaryEvent', 'cancelActivity="true"', true],
		['boundaryEvent', 'cancelActivity="0"', false],
		['startEvent', 'isInterrupting="false"', false],
		['startEvent', 'isInterrupting="true"', true],
	])('%s with %s: whether it interrupts', async (event, attribute, interrupting) => {
		const place = event === 'boundaryEvent' ? 'boundary' : 'eventStart';
		const xml = PLACES[place](timed('<timeDuration>PT1H</timeDuration>'));
		const { nodes } = await read(xml.replace('id="x"', `id="x" ${attribute}`));
		expect(nodes.x).toMatchObject({ interrupting });
	});

	test.each([
		['boundaryEvent', 'boundary', 'cancelActivity'],
		['startEvent', 'eventStart', 'isInterrupting'],
	] as const)('an error always interrupts, at a %s', async (_, place, attribute) => {
		const xml = PLACES[place]('<errorEventDefinition/>').replace('id="x"', `id="x" ${attribute}="false"`);
		expect(await errorsOf(xml)).toEqual(['attribute-not-supported x:4']);
	});

	test('whether it interrupts is yes or no', async () => {
		const xml = PLACES.boundary('<errorEventDefinition/>').replace('id="x"', 'id="x" cancelActivity="maybe"');
		expect(await errorsOf(xml)).toContain('attribute-invalid x:4');
	});

	test.each([
		['no time', timed(''), 'timer-invalid x:5'],
		['an empty time', timed('<timeDuration> </timeDuration>'), 'timer-invalid x:5'],
		['two times', timed('<timeDuration>PT1H</timeDuration><timeCycle>R/PT1H</timeCycle>'), 'timer-invalid x:5'],
		['a time that is none', timed('\n<timeDuration>one hour</timeDuration>'), 'timer-invalid x:6'],
		['a date that is none', timed('\n<timeDate>2030-13-01T00:00:00Z</timeDate>'), 'timer-invalid x:6'],
		['a day that is none', timed('\n<timeDate>2030-02-29T00:00:00Z</timeDate>'), 'timer-invalid x:6'],
		['a first day that is none', timed('\n<timeCycle>R/2030-02-29/P1D</timeCycle>'), 'timer-invalid x:6'],
		['a schedule with a year', timed('\n<timeCycle>0 0/5 * * * ? 2030</timeCycle>'), 'timer-invalid x:6'],
		['a schedule where there is one time only', timed('\n<timeDate>0 0/5 * * * ?</timeDate>'), 'timer-invalid x:6'],
		['a repetition where there is one time only', timed('\n<timeDuration>R/PT1H</timeDuration>'), 'timer-invalid x:6'],
		['a repetition that is too often', timed('\n<timeCycle>R1000000001/PT2S</timeCycle>'), 'timer-invalid x:6'],
		['no repetition', timed('\n<timeCycle>R0/PT1H</timeCycle>'), 'timer-invalid x:6'],
		['a broken expression', timed('\n<timeDate>${due</timeDate>'), 'expression-invalid x:6'],
		[
			'a calendar of a company',
			'<timerEventDefinition flowable:businessCalendarName="b"/>',
			'extension-not-supported x:5',
		],
		['no message', '<messageEventDefinition/>', 'reference-missing x:5'],
		['a message that is none', '<messageEventDefinition messageRef="nowhere"/>', 'reference-unresolved x:5'],
		['a message that is a signal', '<messageEventDefinition messageRef="g"/>', 'reference-unresolved x:5'],
		['a message without a name', '<messageEventDefinition messageRef="unnamed"/>', 'attribute-invalid unnamed:2'],
		[
			'a key without a mark',
			'<messageEventDefinition messageRef="m" sendback:correlationKey="k"/>',
			'expression-invalid x:5',
		],
		['no signal', '<signalEventDefinition/>', 'reference-missing x:5'],
		['no condition', '<conditionalEventDefinition/>', 'not-bpmn x:5'],
		[
			'a script for a condition',
			'<conditionalEventDefinition>\n<condition language="groovy">a</condition></conditionalEventDefinition>',
			'condition-language x:6',
		],
		[
			'a condition that looks at one variable',
			'<conditionalEventDefinition camunda:variableName="a"><condition>${a}</condition></conditionalEventDefinition>',
			'extension-not-supported x:5',
		],
		[
			'a listener of variables',
			'<extensionElements>\n<flowable:variableListenerEventDefinition variableName="a"/></extensionElements>',
			'extension-not-supported x:6',
		],
		['a computed code', '<errorEventDefinition errorRef="counted"/>', 'attribute-not-supported counted:2'],
		['a variable for the code', '<errorEventDefinition camunda:errorCodeVariable="v"/>', 'extension-not-supported x:5'],
		['an error that is none', '<errorEventDefinition errorRef="c"/>', 'reference-unresolved x:5'],
		['a computed code of nothing declared', '<errorEventDefinition errorRef="${c}"/>', 'attribute-not-supported x:5'],
		['an escalation that is none', '<escalationEventDefinition escalationRef="r"/>', 'reference-unresolved x:5'],
	])('is refused: %s', async (_, definition, problem) => {
		expect(await errorsOf(PLACES.boundary(definition))).toContain(problem);
	});

	test('a root element that nothing refers to may be as it likes', async () => {
		expect((await read(PLACES.end(''))).warnings).toEqual(['node-unreachable x:4']);
	});

	test('what is wrong with a root element is said once', async () => {
		const waits = '<messageEventDefinition messageRef="unnamed"/>';
		const xml = PLACES.boundary(waits).replace('</process>', `<receiveTask id="w" messageRef="unnamed"/></process>`);
		expect(await errorsOf(xml)).toEqual(['attribute-invalid unnamed:2']);
	});
});

describe('what begins a process', () => {
	test.each([
		["${'startMessage'}${1+1}", 'startMessage2'],
		['start-${2 * 3}', 'start-6'],
		["${'a'}", 'a'],
		['= "b"', 'b'],
	])('can be named by an expression that reads nothing: %s', async (written, name) => {
		const definition = `<messageEventDefinition flowable:messageExpression='${written.replaceAll("'", '&apos;')}'/>`;
		const { nodes } = await read(PLACES.start(definition));
		expect(nodes.x).toMatchObject({ trigger: { kind: 'message', name: literal(name), key: null } });
	});

	test.each(['${null}', '${initiator}', 'a${n}', '${true}', "${''}"])(
		'is nothing that is no name: %s',
		async (written) => {
			const definition = `<signalEventDefinition flowable:signalExpression="${written}"/>`;
			expect(await errorsOf(PLACES.start(definition))).toEqual(['expression-invalid x:5']);
		},
	);

	test.each([
		['a name', '<signalEventDefinition signalRef="gn"/>'],
		['a name of Flowable', '<messageEventDefinition flowable:messageExpression="${n}"/>'],
		['a time', timed('<timeDate>${due}</timeDate>')],
	])('is not %s that has to be computed', async (_, definition) => {
		expect(await errorsOf(PLACES.start(definition))).toEqual(['expression-invalid x:5']);
	});
});

describe('what an event throws', () => {
	test.each<[place: 'throw' | 'end', definition: string, throws: object]>([
		[
			'throw',
			'<messageEventDefinition messageRef="m"/>',
			{ kind: 'message', name: literal('invoice') } satisfies Throw,
		],
		['end', '<messageEventDefinition messageRef="m"/>', { kind: 'message', name: literal('invoice') }],
		['throw', '<signalEventDefinition signalRef="g"/>', { kind: 'signal', name: alert }],
		['end', '<signalEventDefinition signalRef="g"/>', { kind: 'signal', name: alert }],
		['end', '<errorEventDefinition errorRef="r"/>', { kind: 'error', code: '42' }],
		['end', '<errorEventDefinition errorRef="declaredNowhere"/>', { kind: 'error', code: 'declaredNowhere' }],
		['throw', '<escalationEventDefinition escalationRef="c"/>', { kind: 'escalation', code: 'slow' }],
		['end', '<escalationEventDefinition escalationRef="c"/>', { kind: 'escalation', code: 'slow' }],
		['throw', '<escalationEventDefinition escalationRef="nowhere"/>', { kind: 'escalation', code: 'nowhere' }],
	])('%s: %s', async (place, definition, throws) => {
		const kind = place === 'end' ? 'endEvent' : 'intermediateThrowEvent';
		expect((await read(PLACES[place](definition))).nodes.x).toMatchObject({ kind, throws });
	});

	test.each([
		['end', '', { kind: 'endEvent', throws: null }],
		['end', '<terminateEventDefinition/>', { kind: 'terminateEndEvent' }],
		['end', '<terminateEventDefinition flowable:terminateAll="true"/>', { kind: 'terminateEndEvent', all: true }],
		['throw', '', { kind: 'passThrough' }],
	] as const)('%s: %j throws nothing', async (place, definition, body) => {
		expect((await read(PLACES[place](definition))).nodes.x).toMatchObject(body);
	});

	test.each([
		['an error without a code', '<errorEventDefinition errorRef="uncoded"/>', 'reference-missing x:5'],
		['no error at all', '<errorEventDefinition/>', 'reference-missing x:5'],
		['an escalation without a code', '<escalationEventDefinition/>', 'reference-missing x:5'],
		['no message', '<messageEventDefinition/>', 'reference-missing x:5'],
		['a signal that is none', '<signalEventDefinition signalRef="m"/>', 'reference-unresolved x:5'],
	])('is refused: %s', async (_, definition, problem) => {
		expect(await errorsOf(PLACES.end(definition))).toEqual([problem]);
	});
});

describe('the ways a process starts', () => {
	const starts = (...definitions: string[]) =>
		process(definitions.map((definition, n) => `<startEvent id="x${n}">${definition}</startEvent>`).join('\n'), 0);
	const message = '<messageEventDefinition messageRef="m"/>';

	test('one for each event, and one without', async () => {
		const { nodes } = await read(
			starts('', message, '<signalEventDefinition signalRef="g"/>', timed('<timeCycle>R/P1D</timeCycle>')),
		);
		const triggers = [0, 1, 2, 3]
			.map((n) => nodes[`x${n}`])
			.map((node) => (node as { trigger: Trigger | null }).trigger);
		expect(triggers.map((trigger) => trigger?.kind ?? null)).toEqual([null, 'message', 'signal', 'timer']);
	});

	test('by an event alone', async () => {
		expect((await read(starts(message))).nodes.x0).toMatchObject({ trigger: { kind: 'message' }, interrupting: true });
	});

	test.each([
		['none', ''],
		['the same message', message],
	])('but not twice by %s', async (_, definition) => {
		expect(await errorsOf(starts(definition, definition))).toEqual(['start-many x1:5']);
	});
});

/** A file with a process of this content in line 4, and a task t to attach events to. */
function process(content: string, starts = 1): string {
	const links = ['Throw', 'Catch'].filter((end) => !content.includes(`intermediate${end}Event`));
	const otherEnd = content.includes('linkEventDefinition') && links.length === 1 ? linkEvent(links[0] ?? '') : '';
	const start = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'.repeat(starts);
	return file(
		`${ROOTS}\n<process id="p" isExecutable="true">\n${content}\n<userTask id="t"/>${start}${otherEnd}</process>`,
	);
}

function linkEvent(end: string): string {
	return `<intermediate${end}Event id="other"><linkEventDefinition name="L"/></intermediate${end}Event>`;
}
