import { describe, expect, test } from 'vitest';
import { MODEL_PROBLEMS } from '../../src/bpmn/model-problems.ts';
import { file, processFile, taskFile } from './bpmn-file.ts';
import { errorsOf, read } from './read-model.ts';

/** Start and end, and one flow between them; the extra content begins on line 4. */
const process = (extra: string, attributes = '') =>
	processFile(
		`<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/>\n${extra}`,
		attributes,
	);
const task = (content: string, attributes = '') => taskFile(`<userTask id="t" ${attributes}>\n${content}</userTask>`);
const ext = (content: string) => task(`<extensionElements>\n${content}</extensionElements>`);
const condition = (text: string, attributes = '') =>
	process(`<exclusiveGateway id="g"/><sequenceFlow id="x" sourceRef="g" targetRef="e">
<conditionExpression ${attributes}>${text}</conditionExpression></sequenceFlow>`);
const leaving = (node: string, flows: string) => process(`${node}\n${flows}<userTask id="a"/><userTask id="b"/>`);
const flow = (id: string, target: string, body = '') =>
	`<sequenceFlow id="${id}" sourceRef="g" targetRef="${target}">${body}</sequenceFlow>\n`;
const when = '<conditionExpression>${ok}</conditionExpression>';

const twice =
	'<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>';
const hour = '<timeDuration>PT1H</timeDuration>';
const timerStart = `<startEvent id="y0"><timerEventDefinition>${hour}</timerEventDefinition></startEvent>`;
const timer = `<intermediateCatchEvent id="y"><timerEventDefinition>${hour}</timerEventDefinition></intermediateCatchEvent>`;
const subProcess = (content: string, id = 'x') =>
	`<subProcess id="${id}"><startEvent id="${id}0"/>${content}</subProcess>`;
const eventSubProcess = (content: string) => `<subProcess id="x" triggeredByEvent="true">${content}</subProcess>`;
const boundary = (attributes: string, id = 'x') =>
	`<boundaryEvent id="${id}" ${attributes}><timerEventDefinition>${hour}</timerEventDefinition></boundaryEvent>`;
const link = (end: 'Catch' | 'Throw', id: string, name = 'L') =>
	`<intermediate${end}Event id="${id}"><linkEventDefinition name="${name}"/></intermediate${end}Event>`;
const messageStart = (id: string) => `<startEvent id="${id}"><messageEventDefinition messageRef="m"/></startEvent>`;
/** A file with a message; the extra content begins on line 5. */
const withMessage = (extra: string) =>
	file(`<message id="m" name="n"/>\n${process(extra).split('\n').slice(1, -1).join('\n')}`);
/** A gateway x and a flow z to y, all on line 4. */
const eventGateway = (body: string, target: string, attributes = '') =>
	process(
		`<eventBasedGateway id="x" ${attributes}/><sequenceFlow id="z" sourceRef="x" targetRef="y">${body}</sequenceFlow>${target}`,
	);

const ERRORS: readonly (readonly [what: string, xml: string, ...problems: string[]])[] = [
	['no XML', 'hello', 'xml-invalid null:1'],
	['nothing', '', 'xml-invalid null:1'],
	['unclosed element', '<a>\n<b>\n</a>', 'xml-invalid null:3'],
	['two roots', '<a/>\n<b/>', 'xml-invalid null:2'],
	['a document type', '<?xml version="1.0"?>\n<!DOCTYPE a>\n<a/>', 'xml-doctype null:2'],
	['an entity', '<a>\n&nbsp;</a>', 'xml-invalid null:1'],
	['Latin letters', '<?xml version="1.0" encoding="ISO-8859-1"?><a b="é"/>', 'xml-encoding null:1'],
	['HTML', '<html/>', 'not-bpmn null:1'],
	['BPMN without its namespace', '<definitions><process id="p"/></definitions>', 'not-bpmn null:1'],
	['an element BPMN has not', process('<userTsk id="x"/>'), 'not-bpmn x:4'],
	['a task that says it is something else', process('<userTask id="x" xsi:type="tScriptTask"/>'), 'not-bpmn x:4'],
	['a type that BPMN has not', condition('${a}', 'xsi:type="tSomething"'), 'not-bpmn x:5'],
	['an element where it may not be', task('<userTask id="x"/>'), 'not-bpmn x:4'],
	['text between nodes', process('oops'), 'not-bpmn p:2'],
	['text in a node', task('oops'), 'not-bpmn t:3'],
	['an id twice', process('<userTask id="s"/>'), 'id-duplicate s:4'],
	['an id with a colon', process('<userTask id="a:b"/>'), 'id-invalid null:4'],
	['an id beyond ASCII', process('<userTask id="开始"/>'), 'id-invalid null:4'],
	['an id of JavaScript', process('<userTask id="__proto__"/>'), 'id-invalid __proto__:4'],
	['an id too long', process(`<userTask id="${'x'.repeat(256)}"/>`), 'id-invalid null:4'],
	['a node without an id', process('<userTask/>'), 'id-missing p:4'],
	['a subprocess without an id', process('<subProcess><startEvent id="x"/></subProcess>'), 'id-missing p:4'],
	[
		'an event subprocess without any id',
		process('<subProcess triggeredByEvent="true">\n<startEvent><errorEventDefinition/></startEvent></subProcess>'),
		'id-missing p:4',
		'id-missing p:5',
	],
	['a process without an id', file('<process isExecutable="true"><startEvent id="s"/></process>'), 'id-missing null:2'],
	['a flow to nowhere', process('<sequenceFlow id="x" sourceRef="s" targetRef="no"/>'), 'reference-unresolved x:4'],
	['a default that does not exist', process('<task id="x" default="no"/>'), 'reference-unresolved x:4'],
	['no process', file('<collaboration id="c"/>'), 'process-missing null:1'],
	['no executable process', file('\n<process id="p" isExecutable="false"/>'), 'process-missing p:3'],
	[
		'two executable processes',
		file('<process id="p" isExecutable="true"/>\n<process id="q" isExecutable="true"/>'),
		'process-many q:3',
	],
	['two processes that do not say', file('<process id="p"/>\n<process id="q"/>'), 'process-many q:3'],
	[
		'isExecutable that is neither',
		file('<process id="p" isExecutable="yes"/>'),
		'attribute-invalid p:2',
		'process-missing p:2',
	],
	...['transaction', 'adHocSubProcess', 'complexGateway', 'implicitThrowEvent'].map(
		(name): [string, string, string] => [name, process(`<${name} id="x"/>`), 'element-not-supported x:4'],
	),
	['several instances of what takes no time', process(`<task id="x">\n${twice}</task>`), 'element-not-supported x:5'],
	[
		'several instances of an event subprocess',
		process(
			eventSubProcess(`${twice}<startEvent id="y"><timerEventDefinition>${hour}</timerEventDefinition></startEvent>`),
		),
		'element-not-supported x:4',
	],
	['an assignee whom nobody can be', task('', 'camunda:assignee="Jane Doe"'), 'assignee-invalid t:3'],
	['a task without a topic', process('<serviceTask id="x"/>'), 'topic-missing x:4'],
	['a task without a language', process('<scriptTask id="x"/>'), 'script-language x:4'],
	['a script of another language', process('<scriptTask id="x" scriptFormat="groovy"/>'), 'script-language x:4'],
	['a message of nothing', process('<sendTask id="x"/>'), 'reference-missing x:4'],
	['a call of nothing', process('<callActivity id="x"/>'), 'reference-missing x:4'],
	['a subprocess without a start', process('<subProcess id="x"/>'), 'start-missing x:4'],
	[
		'a subprocess with two',
		process('<subProcess id="x"><startEvent id="y"/>\n<startEvent id="z"/></subProcess>'),
		'start-many z:5',
	],
	['an event subprocess without a start', process(eventSubProcess('')), 'start-missing x:4'],
	['one that begins with nothing', process(eventSubProcess('\n<startEvent id="y"/>')), 'event-definition-missing y:5'],
	[
		'a flow into an event subprocess',
		process(`${eventSubProcess(timerStart)}\n<sequenceFlow id="y" sourceRef="s" targetRef="x"/>`),
		'incoming-not-allowed y:5',
	],
	[
		'a flow out of an event subprocess',
		process(`${eventSubProcess(timerStart)}\n<sequenceFlow id="y" sourceRef="x" targetRef="e"/>`),
		'outgoing-not-allowed y:5',
	],
	[
		'a flow into a subprocess',
		process(`${subProcess('<task id="y"/>')}\n<sequenceFlow id="z" sourceRef="s" targetRef="y"/>`),
		'flow-end-invalid z:5',
	],
	[
		'a flow out of a subprocess',
		process(subProcess('<task id="y"/>\n<sequenceFlow id="z" sourceRef="y" targetRef="e"/>')),
		'flow-end-invalid z:5',
	],
	[
		'a condition deep inside',
		process(subProcess(`<parallelGateway id="g"/>\n<task id="y0"/>\n${flow('y', 'y0', when)}`)),
		'condition-not-allowed y:6',
	],
	['a boundary of nothing', process('<boundaryEvent id="x"/>'), 'event-definition-missing x:4'],
	['a boundary without an activity', process(boundary('')), 'boundary-invalid x:4'],
	['a boundary of a start event', process(boundary('attachedToRef="s"')), 'boundary-invalid x:4'],
	[
		'a boundary of a task that takes no time',
		process(`${boundary('attachedToRef="y"')}<task id="y"/>`),
		'boundary-invalid x:4',
	],
	[
		'a boundary of an activity inside another',
		process(`${boundary('attachedToRef="y"')}\n${subProcess('<userTask id="y"/>', 'z')}`),
		'boundary-invalid x:4',
	],
	[
		'a flow into a boundary event',
		process(`${boundary('attachedToRef="y"')}<userTask id="y"/>\n<sequenceFlow id="z" sourceRef="y" targetRef="x"/>`),
		'incoming-not-allowed z:5',
	],
	...(
		[
			['int', '1.5'],
			['int', '3000000000'],
			['long', '9007199254740993'],
			['double', 'Infinity'],
			['boolean', 'yes'],
			['datetime', 'tomorrow'],
		] as const
	).map(([type, value]): readonly [string, string, string] => [
		`data of the type ${type} that is ${value}`,
		process(
			`<dataObject id="d" itemSubjectRef="xsd:${type}"><extensionElements>\n<flowable:value>${value}</flowable:value></extensionElements></dataObject>`,
		),
		'data-invalid d:5',
	]),
	[
		'data whose name is none of a variable',
		process(
			'<dataObject id="d" name="a b"><extensionElements><flowable:value>1</flowable:value></extensionElements></dataObject>',
		),
		'expression-invalid d:4',
	],
	['an event gateway with nothing behind it', process('<eventBasedGateway id="x"/>'), 'event-gateway-invalid x:4'],
	['a task behind an event gateway', eventGateway('', '<userTask id="y"/>'), 'event-gateway-invalid z:4'],
	[
		'a link behind an event gateway',
		eventGateway('', link('Catch', 'y')),
		'event-gateway-invalid z:4',
		'incoming-not-allowed z:4',
	],
	[
		'an event behind an event gateway and something else',
		eventGateway('', `${timer}<sequenceFlow id="w" sourceRef="s" targetRef="y"/>`),
		'event-gateway-invalid z:4',
	],
	[
		'a repeated receive task behind an event gateway',
		eventGateway('', `<receiveTask id="y">${twice}</receiveTask>`),
		'event-gateway-invalid z:4',
	],
	[
		'a receive task with events behind an event gateway',
		eventGateway('', `<receiveTask id="y"/>${boundary('attachedToRef="y"', 'w')}`),
		'event-gateway-invalid z:4',
	],
	['a condition behind an event gateway', eventGateway(when, timer), 'condition-not-allowed z:4'],
	['a parallel event gateway', eventGateway('', timer, 'eventGatewayType="Parallel"'), 'attribute-not-supported x:4'],
	['an event gateway that starts', eventGateway('', timer, 'instantiate="true"'), 'attribute-not-supported x:4'],
	['a receive task that starts', process('<receiveTask id="x" instantiate="true"/>'), 'attribute-not-supported x:4'],
	['a link that leads nowhere', process(link('Throw', 'x')), 'link-invalid x:4'],
	[
		'a link into another scope',
		process(`${link('Throw', 'x')}\n${subProcess(link('Catch', 'y'), 'z')}`),
		'link-invalid x:4',
	],
	['a link that leads to two places', process(`${link('Catch', 'x')}\n${link('Catch', 'y')}`), 'link-invalid y:5'],
	['a link without a name', process(link('Throw', 'x', '')), 'link-invalid x:4'],
	[
		'a flow behind a link',
		process(`${link('Throw', 'x')}${link('Catch', 'y')}\n<sequenceFlow id="z" sourceRef="x" targetRef="e"/>`),
		'outgoing-not-allowed z:5',
	],
	[
		'a flow into a link, without an id',
		process(`${link('Throw', 'x')}${link('Catch', 'y')}\n<sequenceFlow sourceRef="s" targetRef="y"/>`),
		'incoming-not-allowed p:5',
	],
	['two start events of one message', withMessage(`${messageStart('x')}\n${messageStart('y')}`), 'start-many y:6'],
	[
		'an event of two kinds',
		process(`<endEvent id="x"><errorEventDefinition/>\n<signalEventDefinition/></endEvent>`),
		'element-not-supported x:5',
	],
	[
		'a signal limited to its instance',
		file(`<signal id="g" name="n" flowable:scope="processInstance"/>
<process id="p"><startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent></process>`),
		'extension-not-supported g:2',
	],
	[
		'terminating all instances',
		process('<endEvent id="x">\n<terminateEventDefinition flowable:terminateMultiInstance="true"/></endEvent>'),
		'extension-not-supported x:5',
	],
	['instances without a number', task('<multiInstanceLoopCharacteristics/>'), 'loop-invalid t:4'],
	['a loop without an end', task('<standardLoopCharacteristics/>'), 'loop-invalid t:4'],
	['a timer without a time', process(`<startEvent id="x">\n<timerEventDefinition/></startEvent>`), 'timer-invalid x:5'],
	['an owner by reference', task('<potentialOwner/>'), 'element-not-supported t:4'],
	['several tokens', task('', 'completionQuantity="2"'), 'attribute-not-supported t:3'],
	['a forgotten prefix', task('', 'assignee="1001"'), 'attribute-without-namespace t:3'],
	['a typo in our namespace', task('', 'sendback:asignees="1001"'), 'sendback-unknown t:3'],
	['our attribute where it means nothing', process('<task id="x" sendback:onReject="end"/>'), 'sendback-unknown x:4'],
	['our attribute on the root', file('<process id="p"/>', 'sendback:rollbackRange="any"'), 'sendback-unknown null:1'],
	['an element in our namespace', ext('<sendback:rule/>'), 'sendback-unknown t:5'],
	['the same directly in the task', task('<sendback:rule/>'), 'sendback-unknown t:4'],
	['a task listener', ext('<camunda:taskListener class="a.B"/>'), 'extension-not-supported t:5'],
	['an execution listener', ext('<flowable:executionListener/>'), 'extension-not-supported t:5'],
	[
		'a result that the counter has',
		task(
			'<multiInstanceLoopCharacteristics flowable:elementIndexVariable="i"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>',
		),
		'extension-not-supported t:4',
	],
	['input and output', ext('<camunda:inputOutput/>'), 'extension-not-supported t:5'],
	['Camunda 8 mappings', ext('<zeebe:ioMapping/>'), 'extension-not-supported t:5'],
	['Camunda 8 listeners', ext('<zeebe:taskListeners/>'), 'extension-not-supported t:5'],
	['a skip expression', task('', 'flowable:skipExpression="${x}"'), 'extension-not-supported t:3'],
	['a delegate', task('', 'camunda:delegateExpression="${x}"'), 'extension-not-supported t:3'],
	[
		'a listener of the process',
		process('<extensionElements>\n<camunda:executionListener/></extensionElements>'),
		'extension-not-supported p:5',
	],
	['the initiator elsewhere', processFile('<startEvent id="s" camunda:initiator="x"/>'), 'extension-not-supported s:3'],
	['a method call', condition('${bean.go()}'), 'expression-invalid x:5'],
	['no mark', condition('a > 1'), 'expression-invalid x:5'],
	['broken FEEL', condition('= a >'), 'expression-invalid x:5'],
	['broken assignee', task('', 'camunda:assignee="${a"'), 'expression-invalid t:3'],
	['a script', condition('a', 'language="groovy"'), 'condition-language x:5'],
	['a script in a file', condition('${a}', 'camunda:resource="x"'), 'extension-not-supported x:5'],
	['a flow without a source', process('<sequenceFlow id="x" targetRef="e"/>'), 'flow-end-invalid x:4'],
	[
		'a flow to no node',
		process('<dataObject id="d"/><sequenceFlow id="x" sourceRef="s" targetRef="d"/>'),
		'flow-end-invalid x:4',
	],
	['a default that leaves another node', process('<task id="x" default="f"/>'), 'default-invalid x:4'],
	['no start event', processFile('<task id="x"/>'), 'start-missing p:2'],
	['two start events', process('<startEvent id="s2"/>'), 'start-many s2:4'],
	['a flow into the start', process('<sequenceFlow id="x" sourceRef="s" targetRef="s"/>'), 'incoming-not-allowed x:4'],
	['a flow out of the end', process('<sequenceFlow id="x" sourceRef="e" targetRef="e"/>'), 'outgoing-not-allowed x:4'],
	[
		'a condition behind a parallel gateway',
		leaving('<parallelGateway id="g"/>', flow('x', 'a', when)),
		'condition-not-allowed x:5',
	],
	[
		'a condition on the default flow',
		leaving('<exclusiveGateway id="g" default="x"/>', flow('x', 'a', when) + flow('y', 'b', when)),
		'condition-not-allowed x:5',
	],
	[
		'everything wrong at once',
		process('<serviceTask id="x"/>\n<userTask id="y" sendback:onReject="no"/>\n<callActivity id="z"/>'),
		'topic-missing x:4',
		'attribute-invalid y:5',
		'reference-missing z:6',
	],
];

const WARNINGS: readonly (readonly [what: string, xml: string, ...problems: string[]])[] = [
	['no isExecutable', file('<process id="p"><startEvent id="s"/><task id="t"/></process>'), 'executable-assumed p:2'],
	['an attribute BPMN has not', process('<task id="x" colour="red"/>'), 'attribute-unknown x:4'],
	['asynchronous continuation', task('', 'camunda:asyncBefore="true"'), 'extension-ignored t:3'],
	['a form', ext('<flowable:formProperty id="x"/>\n<flowable:formProperty id="y"/>'), 'extension-ignored t:5'],
	['what we do not know', ext('<other:a/><other:b/>'), 'extension-ignored t:5'],
	['an assignee on a task of nobody', taskFile('<manualTask id="t" camunda:assignee="1"/>'), 'extension-ignored t:3'],
	[
		'an association that leads to nothing',
		process('<association id="x" sourceRef="s" targetRef="gone"/>'),
		'association-dangling x:4',
	],
	['a task with a computed name', task('', 'name="Task #${loopCounter}"'), 'name-not-evaluated t:3'],
	['two ways to assign', task('', 'camunda:assignee="1" camunda:candidateUsers="2"'), 'assignment-overridden t:3'],
	[
		'a choice without a condition',
		leaving('<exclusiveGateway id="g"/>', flow('x', 'a') + flow('y', 'b', when)),
		'condition-missing x:5',
	],
	[
		'a condition behind the start',
		processFile(`<startEvent id="g"/>${flow('x', 'a', when)}<task id="a"/>`),
		'condition-on-start x:3',
	],
	[
		'data that nobody gets',
		process(
			'<dataObject id="d" itemSubjectRef="xsd:date"><extensionElements>\n<flowable:value>1</flowable:value></extensionElements></dataObject>',
		),
		'data-ignored d:5',
	],
	['nothing behind the start', processFile('<startEvent id="s"/>'), 'outgoing-missing s:3'],
	['a node nobody reaches', process('<userTask id="x"/>'), 'node-unreachable x:4'],
];

const OF_DECISIONS = [
	'not-dmn',
	'decision-missing',
	'decision-invalid',
	'expression-language',
	'allowed-values-ignored',
];

describe('a model is refused, by code, element and line, for', () => {
	test.each(ERRORS)('%s', async (_, xml, ...problems) => {
		expect(await errorsOf(xml)).toEqual(problems);
	});
});

describe('a model is accepted, with a warning, for', () => {
	test.each(WARNINGS)('%s', async (_, xml, ...problems) => {
		const warnings = (await read(xml)).warnings.filter((warning) => codeOf(warning) === codeOf(problems[0] ?? ''));
		expect(warnings).toEqual(problems);
	});
});

describe('the registry of problems', () => {
	test('has no code without a case here', () => {
		const seen = new Set([...ERRORS, ...WARNINGS].flatMap(([, , ...problems]) => problems.map(codeOf)));
		// The cases of these are in hostile-xml.test.ts, read-compensation.test.ts and read-decisions.test.ts.
		seen.add('model-too-large').add('compensation-invalid');
		for (const code of OF_DECISIONS) seen.add(code);
		expect([...seen].sort()).toEqual(Object.keys(MODEL_PROBLEMS).sort());
	});

	test('calls an error what refuses, and a warning what does not', () => {
		for (const [, , ...problems] of ERRORS) expect(problems.map(severityOf)).not.toContain('warning');
		for (const [, , ...problems] of WARNINGS) expect(problems.map(severityOf)).not.toContain('error');
	});
});

function codeOf(problem: string): string {
	return problem.split(' ')[0] ?? '';
}

function severityOf(problem: string): string | undefined {
	return Object.entries(MODEL_PROBLEMS).find(([code]) => code === codeOf(problem))?.[1].severity;
}
