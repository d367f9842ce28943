import { describe, expect, test } from 'vitest';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import { file, processFile } from './bpmn-file.ts';
import { errorsOf, nodeOf, read } from './read-model.ts';

const flow = (source: string, target: string) =>
	`<sequenceFlow id="${source}-${target}" sourceRef="${source}" targetRef="${target}"/>`;
const hour = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';
const inside = (id: string, content: string) =>
	`<subProcess id="${id}"><startEvent id="${id}Start"/>${flow(`${id}Start`, `${id}Task`)}<userTask id="${id}Task"/>${content}</subProcess>`;
/** A process of start s, and task or subprocess a. */
const process = (content: string) => processFile(`<startEvent id="s"/>${flow('s', 'a')}\n${content}`);
const parents = ({ nodes }: ProcessModel) =>
	Object.fromEntries(Object.values(nodes).map(({ id, parent }) => [id, parent]));

describe('subprocesses', () => {
	test('are scopes, in whatever depth, and their nodes say so', async () => {
		const model = await read(process(inside('a', inside('b', inside('c', '')))));
		expect(nodeOf(model, 'c', 'subProcess')).toMatchObject({ parent: 'b', loop: null });
		expect(parents(model)).toMatchObject({ s: 'p', a: 'p', aTask: 'a', b: 'a', bTask: 'b', c: 'b', cTask: 'c' });
		expect(model.flows['cStart-cTask']).toMatchObject({ source: 'cStart', target: 'cTask' });
	});

	test('as deep as a file may be', async () => {
		const deep = Array.from({ length: 90 }, (_, n) => n).reduceRight((content, n) => inside(`d${n}`, content), '');
		const model = await read(processFile(`<startEvent id="s"/>${flow('s', 'd0')}${deep}`));
		expect(model.nodes.d89?.parent).toBe('d88');
	});

	test('have what BPMN leaves unsaid in their own scope', async () => {
		const split = `${flow('aTask', 'x')}${flow('aTask', 'y')}<task id="x"/><task id="y"/>`;
		const model = await read(process(inside('a', split)));
		expect(model.nodes['aTask:out']).toMatchObject({ kind: 'parallelGateway', parent: 'a' });
		expect(model.nodes['x:end']).toMatchObject({ kind: 'endEvent', throws: null, parent: 'a' });
		expect(model.nodes['a:end']).toMatchObject({ parent: 'p' });
	});

	test('of events may do without an id, which then is that of their start', async () => {
		const data = `<dataObject id="n" itemSubjectRef="xsd:int"><extensionElements><camunda:value>1</camunda:value></extensionElements></dataObject>`;
		const unnamed = (start: string, content: string) =>
			`<subProcess triggeredByEvent="true"><startEvent id="${start}">${hour}</startEvent>${flow(start, `${start}Task`)}<userTask id="${start}Task"/>${content}</subProcess>`;
		const model = await read(process(`<userTask id="a"/>${unnamed('b', data + unnamed('c', ''))}`));
		expect(nodeOf(model, 'b:around', 'eventSubProcess').parent).toBe('p');
		expect(parents(model)).toMatchObject({ b: 'b:around', bTask: 'b:around', c: 'c:around', 'c:around': 'b:around' });
		expect(model.data).toEqual({ 'b:around': { n: 1 } });
		expect(model.warnings).toEqual([]);
	});

	test('warn of what is never reached in them, and of nothing else', async () => {
		const model = await read(process(inside('a', '\n<userTask id="lost"/>')));
		expect(model.warnings).toEqual(['node-unreachable lost:5']);
	});

	test('may contain everything that describes', async () => {
		const notes = `<documentation>Why</documentation><incoming>s-a</incoming><ioSpecification><inputSet/><outputSet/></ioSpecification>
			<laneSet id="ls"/><dataObject id="d"/><textAnnotation id="n"><text>!</text></textAnnotation><property id="v"/>`;
		expect(
			(
				await read(
					process(`<subProcess id="a">${notes}<startEvent id="b"/>${flow('b', 'c')}<task id="c"/></subProcess>`),
				)
			).warnings,
		).toEqual([]);
	});

	test('are refused for what stands in them, by element and line, however deep', async () => {
		const wrong = '\n<transaction id="rule"/>\n<userTask id="u" camunda:skipExpression="${x}"/>\n<foo/>';
		expect(await errorsOf(process(inside('a', inside('b', wrong))))).toEqual(['not-bpmn b:7']);
		expect(await errorsOf(process(inside('a', inside('b', wrong.replace('<foo/>', 'text')))))).toEqual([
			'not-bpmn b:4',
			'element-not-supported rule:5',
			'extension-not-supported u:6',
		]);
	});

	test('an extension is reported once, whatever it is nested in', async () => {
		const listener = '<extensionElements>\n<camunda:executionListener class="a.B"/></extensionElements>';
		expect(await errorsOf(process(inside('a', inside('b', listener))))).toEqual(['extension-not-supported b:5']);
		const model = await read(
			process(inside('a', inside('b', '').replace('<userTask', '<userTask camunda:asyncBefore="true"'))),
		);
		expect(model.warnings.filter((each) => each.startsWith('extension'))).toEqual(['extension-ignored bTask:4']);
	});
});

describe('event subprocesses', () => {
	const event = (attributes = '', content = '') =>
		`<subProcess id="e" triggeredByEvent="true"><startEvent id="x" ${attributes}>${hour}</startEvent>${flow('x', 'y')}<userTask id="y"/>${content}</subProcess>`;

	test('are nodes without flows, and nothing is inserted behind them', async () => {
		const model = await read(process(`<userTask id="a"/>${event()}`));
		expect(nodeOf(model, 'e', 'eventSubProcess')).toMatchObject({ parent: 'p', incoming: [], outgoing: [] });
		expect(nodeOf(model, 'x', 'startEvent')).toMatchObject({
			parent: 'e',
			interrupting: true,
			trigger: { kind: 'timer' },
		});
		expect(model.nodes['e:end']).toBeUndefined();
		expect(model.warnings).toEqual([]);
	});

	test('stand in subprocesses, and in each other', async () => {
		const inner = event('isInterrupting="false"')
			.replaceAll('"x"', '"i"')
			.replaceAll('"y"', '"j"')
			.replace('"e"', '"f"')
			.replace('x-y', 'i-j');
		const model = await read(process(inside('a', event('', inner))));
		expect(parents(model)).toMatchObject({ e: 'a', x: 'e', f: 'e', i: 'f' });
		expect(nodeOf(model, 'i', 'startEvent').interrupting).toBe(false);
	});
});

test('an event subprocess begins with one event only', async () => {
	const start = (id: string, time: string) =>
		`<startEvent id="${id}"><timerEventDefinition><timeDuration>${time}</timeDuration></timerEventDefinition></startEvent>`;
	const xml = processFile(
		`<startEvent id="s"/>\n<subProcess id="e" triggeredByEvent="true">${start('x', 'PT1H')}\n${start('y', 'PT2H')}</subProcess>`,
	);
	expect(await errorsOf(xml)).toContain('start-many y:5');
});

describe('boundary events', () => {
	const boundary = `<boundaryEvent id="x" attachedToRef="a" cancelActivity="false">${hour}</boundaryEvent>`;

	test.each([
		['user task', '<userTask id="a"/>'],
		['subprocess', inside('a', '')],
		['call', '<callActivity id="a" calledElement="x"/>'],
		['service task', '<serviceTask id="a" sendback:topic="x"/>'],
		['receive task', '<receiveTask id="a"/>'],
	])('of a %s', async (_, activity) => {
		const model = await read(process(`${activity}${boundary}${flow('x', 'z')}<task id="z"/>`));
		expect(nodeOf(model, 'x', 'boundaryEvent')).toMatchObject({
			attachedTo: 'a',
			parent: 'p',
			interrupting: false,
			outgoing: ['x-z'],
		});
		expect(model.warnings).toEqual([]);
	});

	test.each([
		['task', '<task id="a"/>'],
		['script', '<scriptTask id="a" scriptFormat="feel"><script>1</script></scriptTask>'],
		['gateway', '<exclusiveGateway id="a"/>'],
		[
			'event subprocess',
			`<subProcess id="a" triggeredByEvent="true"><startEvent id="b">${hour}</startEvent></subProcess>`,
		],
	])('are refused at a %s', async (_, host) => {
		const xml = processFile(`<startEvent id="s"/>\n${host}\n${boundary}`);
		expect(await errorsOf(xml)).toEqual(['boundary-invalid x:5']);
	});

	test('are reached where their activity is', async () => {
		const model = await read(
			process(`<userTask id="a"/><userTask id="b"/>${boundary.replace('"a"', '"b"')}${flow('x', 'z')}<task id="z"/>`),
		);
		expect(model.warnings).toEqual(['node-unreachable b:4', 'node-unreachable x:4', 'node-unreachable z:4']);
	});

	test('that nothing follows end their path, with a warning', async () => {
		const model = await read(process(`<userTask id="a"/>${boundary}`));
		expect(model.nodes['x:end']).toMatchObject({ kind: 'endEvent', incoming: ['x:end:flow'] });
		expect(model.warnings).toEqual(['outgoing-missing x:4']);
	});

	test('with several flows split like a task', async () => {
		const model = await read(
			process(`<userTask id="a"/>${boundary}${flow('x', 'y')}${flow('x', 'z')}<task id="y"/><task id="z"/>`),
		);
		expect(model.nodes['x:out']).toMatchObject({ kind: 'parallelGateway', outgoing: ['x-y', 'x-z'] });
	});
});

describe('event-based gateways', () => {
	test('lead straight to what is waited for', async () => {
		const events = `<intermediateCatchEvent id="x">${hour}</intermediateCatchEvent><receiveTask id="y"/>`;
		const model = await read(process(`<eventBasedGateway id="a"/>${flow('a', 'x')}${flow('a', 'y')}${events}`));
		expect(nodeOf(model, 'a', 'eventBasedGateway').outgoing).toEqual(['a-x', 'a-y']);
		expect(model.nodes['a:out']).toBeUndefined();
		expect(model.warnings).toEqual([]);
	});
});

describe('links', () => {
	const end = (kind: 'Throw' | 'Catch', id: string, name: string) =>
		`<intermediate${kind}Event id="${id}"><linkEventDefinition name="${name}"/></intermediate${kind}Event>`;

	test('are flows', async () => {
		const model = await read(
			process(
				`<userTask id="a"/>${flow('a', 'x')}${end('Throw', 'x', 'L')}${end('Catch', 'y', 'L')}${flow('y', 'z')}<userTask id="z"/>`,
			),
		);
		expect(model.nodes.x).toMatchObject({ kind: 'passThrough', outgoing: ['x:link'] });
		expect(model.nodes.y).toMatchObject({ kind: 'passThrough', incoming: ['x:link'], outgoing: ['y-z'] });
		expect(model.flows['x:link']).toEqual({ id: 'x:link', source: 'x', target: 'y', condition: null });
		expect(model.warnings).toEqual([]);
	});

	test('lead from many places to one; one of each name in each scope', async () => {
		const ends =
			end('Throw', 'x', 'L') +
			end('Throw', 'w', 'L') +
			end('Catch', 'y', 'L') +
			end('Throw', 'm', 'M') +
			end('Catch', 'n', 'M');
		const nested = inside('a', `${flow('aTask', 'i')}${end('Throw', 'i', 'L')}${end('Catch', 'j', 'L')}`);
		const { flows } = await read(process(`${nested}${ends}`));
		const links = Object.values(flows).filter(({ id }) => id.endsWith(':link'));
		expect(links.map(({ source, target }) => `${source}-${target}`)).toEqual(['x-y', 'w-y', 'm-n', 'i-j']);
	});

	test('that nothing leads to are never reached', async () => {
		expect((await read(process(`<userTask id="a"/>${end('Catch', 'y', 'L')}`))).warnings).toEqual([
			'node-unreachable y:4',
		]);
	});
});

describe('extensions of what events refer to', () => {
	test('matter only where something refers to them', async () => {
		const limited = '<signal id="g" name="n" flowable:scope="processInstance"/>';
		const body = '<process id="p" isExecutable="true"><startEvent id="s"/></process>';
		expect((await read(file(`${limited}\n${body}`))).nodes.s).toBeDefined();
	});

	test('that say what holds anyway are ignored', async () => {
		const signal = '<signal id="g" name="n" flowable:scope="global"/>';
		const start = '<startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent>';
		const model = await read(
			file(`${signal}\n<process id="p" isExecutable="true">${start}${flow('s', 'a')}<task id="a"/></process>`),
		);
		expect(model.warnings).toEqual(['extension-ignored g:2']);
	});
});

test('every node but a gateway has exactly one outgoing flow; an end event or event subprocess none', async () => {
	const model = await read(
		process(
			`${inside('a', `<boundaryEvent id="x" attachedToRef="aTask">${hour}</boundaryEvent><subProcess id="e" triggeredByEvent="true"><startEvent id="y">${hour}</startEvent></subProcess>`)}
			<intermediateCatchEvent id="z">${hour}</intermediateCatchEvent>${flow('a', 'z')}${flow('a', 'a')}`,
		),
	);
	const count = (node: Node) => (node.kind === 'endEvent' || node.kind === 'eventSubProcess' ? 0 : 1);
	for (const node of Object.values(model.nodes)) {
		if (!node.kind.endsWith('Gateway')) expect([node.id, node.outgoing.length]).toEqual([node.id, count(node)]);
	}
});
