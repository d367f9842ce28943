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
	['an element where it may not be', task('<userTask id="x"/>'), 'not-bpmn x:4'],
	['text between nodes', process('oops'), 'not-bpmn p:2'],
	['text in a node', task('oops'), 'not-bpmn t:3'],
	['an id twice', process('<userTask id="s"/>'), 'id-duplicate s:4'],
	['an id with a colon', process('<userTask id="a:b"/>'), 'id-invalid null:4'],
	['an id beyond ASCII', process('<userTask id="开始"/>'), 'id-invalid null:4'],
	['an id of JavaScript', process('<userTask id="__proto__"/>'), 'id-invalid __proto__:4'],
	['an id too long', process(`<userTask id="${'x'.repeat(256)}"/>`), 'id-invalid null:4'],
	['a node without an id', process('<userTask/>'), 'id-missing p:4'],
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
	...[
		...['serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'businessRuleTask', 'callActivity'],
		...['subProcess', 'transaction', 'adHocSubProcess', 'eventBasedGateway', 'complexGateway'],
		...['intermediateCatchEvent', 'boundaryEvent', 'implicitThrowEvent'],
	].map((name): [string, string, string] => [name, process(`<${name} id="x"/>`), 'element-not-supported x:4']),
	...['timer', 'message', 'signal', 'error', 'conditional', 'compensate', 'link', 'escalation'].flatMap((kind) =>
		['startEvent', 'endEvent', 'intermediateThrowEvent'].map((event): [string, string, string] => [
			`${kind} in a ${event}`,
			process(`<${event} id="x">\n<${kind}EventDefinition/></${event}>`),
			'element-not-supported x:5',
		]),
	),
	['multi-instance', task('<multiInstanceLoopCharacteristics/>'), 'element-not-supported t:4'],
	['a loop', task('<standardLoopCharacteristics/>'), 'element-not-supported t:4'],
	['an owner by reference', task('<potentialOwner/>'), 'element-not-supported t:4'],
	['compensation', task('', 'isForCompensation="true"'), 'attribute-not-supported t:3'],
	['several tokens', task('', 'completionQuantity="2"'), 'attribute-not-supported t:3'],
	['a forgotten prefix', task('', 'assignee="1001"'), 'attribute-without-namespace t:3'],
	['a typo in our namespace', task('', 'sendback:asignees="1001"'), 'sendback-unknown t:3'],
	['our attribute where it means nothing', process('<task id="x" sendback:onReject="end"/>'), 'sendback-unknown x:4'],
	['our attribute on the root', file('<process id="p"/>', 'sendback:rollbackRange="any"'), 'sendback-unknown null:1'],
	['an element in our namespace', ext('<sendback:rule/>'), 'sendback-unknown t:5'],
	['the same directly in the task', task('<sendback:rule/>'), 'sendback-unknown t:4'],
	['a task listener', ext('<camunda:taskListener class="a.B"/>'), 'extension-not-supported t:5'],
	['an execution listener', ext('<flowable:executionListener/>'), 'extension-not-supported t:5'],
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
		'element-not-supported x:4',
		'attribute-invalid y:5',
		'element-not-supported z:6',
	],
];

const WARNINGS: readonly (readonly [what: string, xml: string, ...problems: string[]])[] = [
	['no isExecutable', file('<process id="p"><startEvent id="s"/><task id="t"/></process>'), 'executable-assumed p:2'],
	['an attribute BPMN has not', process('<task id="x" colour="red"/>'), 'attribute-unknown x:4'],
	['asynchronous continuation', task('', 'camunda:asyncBefore="true"'), 'extension-ignored t:3'],
	['a form', ext('<flowable:formProperty id="x"/>\n<flowable:formProperty id="y"/>'), 'extension-ignored t:5'],
	['what we do not know', ext('<other:a/><other:b/>'), 'extension-ignored t:5'],
	['an assignee on a task of nobody', taskFile('<manualTask id="t" camunda:assignee="1"/>'), 'extension-ignored t:3'],
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
	['nothing behind the start', processFile('<startEvent id="s"/>'), 'outgoing-missing s:3'],
	['a node nobody reaches', process('<userTask id="x"/>'), 'node-unreachable x:4'],
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
		// hostile-xml.test.ts has the cases of this one.
		seen.add('model-too-large');
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
