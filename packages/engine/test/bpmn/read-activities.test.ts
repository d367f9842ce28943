import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/expressions/expression.ts';
import { file, taskFile } from './bpmn-file.ts';
import { errorsOf, nodeOf, read } from './read-model.ts';

const extensions = (content: string) => `<extensionElements>${content}</extensionElements>`;
const literal = (text: string): Text => ({ kind: 'literal', text });
const variable = (name: string) => ({ tree: { kind: 'path', names: [name] } });

/** A file with a message, and task t on line 4. */
const withMessage = (task: string) =>
	file(`<message id="m" name="n"/><process id="p" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="t"/>\n${task}</process>`);

describe('work for an external worker', () => {
	const work = { topic: literal('pay'), retries: 3, effect: { kind: 'barrier' }, loop: null };

	test.each([
		['sendback:topic', '<serviceTask id="t" sendback:topic="pay"/>', work],
		['Camunda 7', '<serviceTask id="t" camunda:type="external" camunda:topic="pay"/>', work],
		['Flowable', '<serviceTask id="t" flowable:type="external-worker" flowable:topic="pay"/>', work],
		[
			'Camunda 8',
			`<serviceTask id="t">${extensions('<zeebe:taskDefinition type="pay" retries="5"/>')}</serviceTask>`,
			{ ...work, retries: 5 },
		],
		['a send task', '<sendTask id="t" camunda:type="external" camunda:topic="pay"/>', work],
		['a number of retries', '<serviceTask id="t" sendback:topic="pay" sendback:retries="0"/>', { ...work, retries: 0 }],
		[
			'as many retries as the API can set',
			'<serviceTask id="t" sendback:topic="pay" sendback:retries="1000"/>',
			{ ...work, retries: 1000 },
		],
		['a computed topic', '<serviceTask id="t" sendback:topic="pay-${n}"/>', { topic: { kind: 'template' } }],
	])('%s', async (_, xml, expected) => {
		expect(nodeOf(await read(taskFile(xml)), 't', 'serviceTask')).toMatchObject(expected);
	});

	test.each([
		['', { kind: 'barrier' }],
		['sendback:effect="barrier"', { kind: 'barrier' }],
		['sendback:effect="pure"', { kind: 'pure' }],
		['sendback:effect="compensable" sendback:compensationTopic="refund"', { kind: 'compensable', topic: 'refund' }],
		['sendback:compensationTopic="refund"', { kind: 'compensable', topic: 'refund' }],
	])('what a rollback may do about it: %j', async (attributes, effect) => {
		const model = await read(taskFile(`<serviceTask id="t" sendback:topic="pay" ${attributes}/>`));
		expect(nodeOf(model, 't', 'serviceTask').effect).toEqual(effect);
	});

	test.each([
		['no topic', '', 'topic-missing t:3'],
		['external without a topic', 'camunda:type="external"', 'topic-missing t:3'],
		['an operation of a web service', 'implementation="##WebService"', 'topic-missing t:3'],
		['a Java class', 'camunda:class="a.B"', 'extension-not-supported t:3'],
		['a bean', 'flowable:delegateExpression="${bean}"', 'extension-not-supported t:3'],
		['an expression', 'activiti:expression="${bean.go()}"', 'extension-not-supported t:3'],
		['mail', 'flowable:type="mail"', 'extension-not-supported t:3'],
		['a class beside a topic', 'camunda:class="a.B" sendback:topic="x"', 'extension-not-supported t:3'],
		['retries that are no number', 'sendback:topic="x" sendback:retries="many"', 'attribute-invalid t:3'],
		['more retries than there can be', 'sendback:topic="x" sendback:retries="1001"', 'attribute-invalid t:3'],
		['an effect that is none', 'sendback:topic="x" sendback:effect="none"', 'attribute-invalid t:3'],
		['a compensation without a topic', 'sendback:topic="x" sendback:effect="compensable"', 'attribute-invalid t:3'],
		[
			'a compensation of nothing',
			'sendback:topic="x" sendback:effect="pure" sendback:compensationTopic="y"',
			'attribute-invalid t:3',
		],
	])('is refused: %s', async (_, attributes, problem) => {
		expect(await errorsOf(taskFile(`<serviceTask id="t" ${attributes}/>`))).toContain(problem);
	});

	test.each([
		['input and output', '<camunda:inputOutput/>'],
		['Camunda 8 mappings', '<zeebe:ioMapping/>'],
		['errors of a worker', '<camunda:errorEventDefinition/>'],
		['a listener', '<flowable:executionListener class="a.B"/>'],
	])('is refused with %s, by line', async (_, extension) => {
		const xml = `<serviceTask id="t" sendback:topic="x"><extensionElements>\n${extension}</extensionElements></serviceTask>`;
		expect(await errorsOf(taskFile(xml))).toEqual(['extension-not-supported t:4']);
	});
});

describe('a business rule task', () => {
	const taken = { decision: literal('d'), version: null, loop: null };
	const field = (name: string, text: string) =>
		`<flowable:field name="${name}"><flowable:string><![CDATA[${text}]]></flowable:string></flowable:field>`;

	test.each([
		[
			'sendback:decision',
			'<businessRuleTask id="t" sendback:decision="d" sendback:resultVariable="r"/>',
			{ ...taken, result: { kind: 'variable', name: 'r', as: 'value' } },
		],
		[
			'Camunda 8',
			`<businessRuleTask id="t">${extensions('<zeebe:calledDecision decisionId="d" resultVariable="r"/>')}</businessRuleTask>`,
			{ ...taken, result: { kind: 'variable', name: 'r', as: 'value' } },
		],
		[
			'Camunda 7',
			'<businessRuleTask id="t" camunda:decisionRef="d" camunda:resultVariable="r"/>',
			{ ...taken, result: { kind: 'variable', name: 'r', as: 'resultList' } },
		],
		[
			'Camunda 7 with a version and a mapping',
			'<businessRuleTask id="t" camunda:decisionRef="d" camunda:decisionRefBinding="version" camunda:decisionRefVersion="3" camunda:mapDecisionResult="singleEntry"/>',
			{ ...taken, version: 3, result: { kind: 'variable', name: null, as: 'singleEntry' } },
		],
		[
			'a computed decision',
			'<businessRuleTask id="t" sendback:decision="= which"/>',
			{ decision: { kind: 'expression' } },
		],
		[
			'Flowable',
			`<serviceTask id="t" flowable:type="dmn">${extensions(field('decisionTableReferenceKey', 'd') + field('decisionTaskThrowErrorOnNoHits', 'true'))}</serviceTask>`,
			{ ...taken, result: { kind: 'outputs', needsHit: true } },
		],
	])('%s', async (_, xml, expected) => {
		expect(nodeOf(await read(taskFile(xml)), 't', 'businessRuleTask')).toMatchObject(expected);
	});

	test.each([
		['camunda:type="external" camunda:topic="pay"', ''],
		['sendback:topic="pay" sendback:effect="pure"', ''],
		['', extensions('<zeebe:taskDefinition type="pay"/>')],
	])('with a topic is work for an external worker: %s', async (attributes, content) => {
		const model = await read(taskFile(`<businessRuleTask id="t" ${attributes}>${content}</businessRuleTask>`));
		expect(nodeOf(model, 't', 'serviceTask').topic).toEqual(literal('pay'));
	});

	test.each([
		['no decision', '<businessRuleTask id="t"/>', 'reference-missing t:3'],
		['code', '<businessRuleTask id="t" camunda:class="a.B"/>', 'extension-not-supported t:3'],
		['an expression', '<businessRuleTask id="t" camunda:expression="${b.go()}"/>', 'extension-not-supported t:3'],
		[
			'the version of a deployment',
			'<businessRuleTask id="t" camunda:decisionRef="d" camunda:decisionRefBinding="deployment"/>',
			'extension-not-supported t:3',
		],
		[
			'a decision of another tenant',
			'<businessRuleTask id="t" camunda:decisionRef="d" camunda:decisionRefTenantId="x"/>',
			'extension-not-supported t:3',
		],
		[
			'a mapping that is none',
			'<businessRuleTask id="t" camunda:decisionRef="d" camunda:mapDecisionResult="all"/>',
			'extension-not-supported t:3',
		],
		[
			'a result that is no variable',
			'<businessRuleTask id="t" sendback:decision="d" sendback:resultVariable="a.b"/>',
			'expression-invalid t:3',
		],
		['a decision of Flowable without a name', '<serviceTask id="t" flowable:type="dmn"/>', 'reference-missing t:3'],
		[
			'a decision elsewhere',
			`<userTask id="t">\n${extensions('<zeebe:calledDecision decisionId="d"/>')}</userTask>`,
			'extension-not-supported t:4',
		],
	])('is refused: %s', async (_, xml, problem) => {
		expect(await errorsOf(taskFile(xml))).toContain(problem);
	});

	test('fields of other work are ignored with a warning', async () => {
		const xml = `<serviceTask id="t" sendback:topic="x">${extensions(field('a', 'b'))}</serviceTask>`;
		expect((await read(taskFile(xml))).warnings).toEqual(['extension-ignored t:3']);
	});
});

describe('a script task', () => {
	const script = { language: 'feel', source: 'a + 1' };

	test.each([
		[
			'feel',
			'<scriptTask id="t" scriptFormat="feel"><script>a + 1</script></scriptTask>',
			{ script, resultVariable: null },
		],
		[
			'JUEL',
			'<scriptTask id="t" scriptFormat="juel"><script>${a + 1}</script></scriptTask>',
			{ script: { language: 'juel' } },
		],
		['FEEL with a mark', '<scriptTask id="t" scriptFormat="FEEL"><script>= a + 1</script></scriptTask>', { script }],
		[
			'a URI and a result of ours',
			'<scriptTask id="t" scriptFormat="https://www.omg.org/spec/DMN/20191111/FEEL/" sendback:resultVariable="x"><script>a + 1</script></scriptTask>',
			{ script, resultVariable: 'x' },
		],
		[
			'a result of Camunda 7',
			'<scriptTask id="t" scriptFormat="feel" camunda:resultVariable="x"><script>a + 1</script></scriptTask>',
			{ script, resultVariable: 'x' },
		],
		[
			'Camunda 8',
			`<scriptTask id="t">${extensions('<zeebe:script expression="= a + 1" resultVariable="x"/>')}</scriptTask>`,
			{ script, resultVariable: 'x' },
		],
	])('%s', async (_, xml, expected) => {
		expect(nodeOf(await read(taskFile(xml)), 't', 'scriptTask')).toMatchObject({ ...expected, loop: null });
	});

	test.each([
		[
			'JUEL that is none',
			'<scriptTask id="t" scriptFormat="juel"><script>a + 1</script></scriptTask>',
			'expression-invalid t:3',
		],
		['groovy', '<scriptTask id="t" scriptFormat="groovy"><script>1</script></scriptTask>', 'script-language t:3'],
		[
			'JavaScript',
			'<scriptTask id="t" scriptFormat="javascript"><script>1</script></scriptTask>',
			'script-language t:3',
		],
		['no language', '<scriptTask id="t"><script>1</script></scriptTask>', 'script-language t:3'],
		['no script', '<scriptTask id="t" scriptFormat="feel"/>', 'expression-invalid t:3'],
		[
			'broken FEEL',
			'<scriptTask id="t" scriptFormat="feel">\n<script>a +</script></scriptTask>',
			'expression-invalid t:4',
		],
		[
			'a script in a file',
			'<scriptTask id="t" scriptFormat="feel" camunda:resource="x"/>',
			'extension-not-supported t:3',
		],
		[
			'a result that is no variable',
			'<scriptTask id="t" scriptFormat="feel" sendback:resultVariable="a.b"><script>1</script></scriptTask>',
			'expression-invalid t:3',
		],
		[
			'a worker for it',
			`<scriptTask id="t">${extensions('<zeebe:taskDefinition type="x"/>')}</scriptTask>`,
			'extension-not-supported t:3',
		],
	])('is refused: %s', async (_, xml, problem) => {
		expect(await errorsOf(taskFile(xml))).toContain(problem);
	});
});

describe('tasks of messages', () => {
	test('a send task throws its message', async () => {
		const model = await read(withMessage('<sendTask id="t" messageRef="m"/>'));
		expect(nodeOf(model, 't', 'sendTask')).toMatchObject({ message: literal('n'), loop: null });
	});

	test('a receive task waits for its message', async () => {
		const model = await read(withMessage('<receiveTask id="t" messageRef="m" sendback:correlationKey="= order"/>'));
		const trigger = { kind: 'message', name: literal('n'), key: variable('order') };
		expect(nodeOf(model, 't', 'receiveTask')).toMatchObject({ trigger, loop: null });
	});

	test('a receive task without a message waits for one of its own id', async () => {
		const model = await read(taskFile('<receiveTask id="t"/>'));
		expect(nodeOf(model, 't', 'receiveTask').trigger).toEqual({ kind: 'message', name: literal('t'), key: null });
	});

	test.each(['sendTask', 'receiveTask'])('a %s of a message that is none is refused', async (name) => {
		expect(await errorsOf(withMessage(`<${name} id="t" messageRef="p"/>`))).toEqual(['reference-unresolved t:4']);
	});
});

describe('a call', () => {
	const call = (attributes: string, content = '') =>
		taskFile(`<callActivity id="t" ${attributes}>${content === '' ? '' : extensions(content)}</callActivity>`);
	const mapping = (source: string, target: string) => ({
		source: variable(source),
		target,
	});

	test.each([
		['calledElement', call('calledElement="sub"'), { flowId: literal('sub'), version: null, loop: null }],
		['an expression', call('calledElement="${which}"'), { flowId: { kind: 'expression' } }],
		['Camunda 8', call('', '<zeebe:calledElement processId="sub"/>'), { flowId: literal('sub') }],
		['the latest version', call('calledElement="sub" camunda:calledElementBinding="latest"'), { version: null }],
		[
			'one version',
			call('calledElement="sub" camunda:calledElementBinding="version" camunda:calledElementVersion="7"'),
			{ version: 7 },
		],
		[
			'a version that an expression names',
			call('calledElement="sub" camunda:calledElementBinding="version" camunda:calledElementVersion="${v}"'),
			{ version: { kind: 'expression', expression: variable('v') } },
		],
	])('of %s', async (_, xml, expected) => {
		expect(nodeOf(await read(xml), 't', 'callActivity')).toMatchObject(expected);
	});

	test.each([
		['', { inputs: ['all'], outputs: ['all'] }],
		['<camunda:in businessKey="#{execution.processBusinessKey}"/>', { inputs: ['all'], outputs: ['all'] }],
		['<camunda:in variables="all"/>', { inputs: ['all'], outputs: [] }],
		['<camunda:out variables="all"/>', { inputs: [], outputs: ['all'] }],
		['<flowable:in source="a" target="b"/>', { inputs: [mapping('a', 'b')], outputs: [] }],
		[
			'<camunda:in sourceExpression="${a}" target="b"/><camunda:in source="c" target="d"/><camunda:out source="e" target="f"/>',
			{ inputs: [mapping('a', 'b'), mapping('c', 'd')], outputs: [mapping('e', 'f')] },
		],
		[
			'<camunda:in sourceExpression="abc" target="b"/>',
			{ inputs: [{ text: literal('abc'), target: 'b' }], outputs: [] },
		],
		['<camunda:in variables="all"/><camunda:in source="a" target="b"/>', { inputs: ['all', mapping('a', 'b')] }],
		['<activiti:in sourceExpression="= a" target="b"/>', { inputs: [mapping('a', 'b')], outputs: [] }],
		['<zeebe:calledElement processId="x"/>', { inputs: ['all'], outputs: ['all'] }],
		['<zeebe:calledElement processId="x" propagateAllChildVariables="false"/>', { inputs: ['all'], outputs: [] }],
		['<zeebe:calledElement processId="x" propagateAllParentVariables="false"/>', { inputs: [], outputs: ['all'] }],
	])('gives and takes with %j', async (content, expected) => {
		expect(nodeOf(await read(call('calledElement="sub"', content)), 't', 'callActivity')).toMatchObject(expected);
	});

	test('inherits all variables where Flowable says so', async () => {
		const model = await read(call('calledElement="sub" flowable:inheritVariables="true"'));
		expect(nodeOf(model, 't', 'callActivity')).toMatchObject({ inputs: ['all'], outputs: [] });
	});

	test.each([
		['nothing', call(''), 'reference-missing t:3'],
		[
			'a flow of the same deployment',
			call('calledElement="x" camunda:calledElementBinding="deployment"'),
			'extension-not-supported t:3',
		],
		[
			'a version without a number',
			call('calledElement="x" camunda:calledElementBinding="version"'),
			'extension-not-supported t:3',
		],
		[
			'a tagged version',
			call('', '<zeebe:calledElement processId="x" bindingType="versionTag"/>'),
			'extension-not-supported t:3',
		],
		[
			'an id of another engine',
			call('calledElement="x" flowable:calledElementType="id"'),
			'extension-not-supported t:3',
		],
		['another tenant', call('calledElement="x" camunda:calledElementTenantId="y"'), 'extension-not-supported t:3'],
		['a case', call('camunda:caseRef="x"'), 'extension-not-supported t:3'],
		['mappings in Java', call('calledElement="x" camunda:variableMappingClass="a.B"'), 'extension-not-supported t:3'],
		[
			'local variables',
			call('calledElement="x"', '<camunda:in variables="all" local="true"/>'),
			'extension-not-supported t:3',
		],
		['a mapping without a target', call('calledElement="x"', '<camunda:in source="a"/>'), 'attribute-invalid t:3'],
		[
			'a mapping of two sources',
			call('calledElement="x"', '<camunda:in source="a" sourceExpression="${a}" target="b"/>'),
			'attribute-invalid t:3',
		],
		[
			'a mapping of a method',
			call('calledElement="x"', '<camunda:in sourceExpression="${a.b()}" target="b"/>'),
			'expression-invalid t:3',
		],
		[
			'a target that is no variable',
			call('calledElement="x"', '<camunda:in source="a" target="${b}"/>'),
			'expression-invalid t:3',
		],
		['Camunda 8 mappings', call('calledElement="x"', '<zeebe:ioMapping/>'), 'extension-not-supported t:3'],
	])('is refused: of %s', async (_, xml, problem) => {
		expect(await errorsOf(xml)).toContain(problem);
	});

	test('mappings elsewhere are refused', async () => {
		const xml = taskFile(`<userTask id="t">${extensions('<camunda:in variables="all"/>')}</userTask>`);
		expect(await errorsOf(xml)).toEqual(['extension-not-supported t:3']);
	});
});
