import type { Expression, PlainText, Text } from '../../src/expressions/expression.ts';
import type { Node, ProcessModel, SequenceFlow } from '../../src/model/process-model.ts';

/**
 * The model as BPMN 2.0 XML. User tasks are written with their literal users and groups; conditions in the notation of
 * their language. What has no notation in the generated models (decision modes, forms, due dates) is left out.
 */
export function toBpmnXml(model: ProcessModel): string {
	const elements = [...Object.values(model.nodes).map(nodeXml), ...Object.values(model.flows).map(flowXml)];
	return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
                  xmlns:sendback="urn:sendback:bpmn:1"
                  id="definitions" targetNamespace="urn:sendback:test">
  <bpmn:process id="${escaped(model.id)}" name="${escaped(model.name)}" isExecutable="true">
${elements.map((element) => `    ${element}`).join('\n')}
  </bpmn:process>
</bpmn:definitions>
`;
}

const TAGS: Readonly<Record<Node['kind'], string>> = {
	startEvent: 'startEvent',
	endEvent: 'endEvent',
	terminateEndEvent: 'endEvent',
	passThrough: 'task',
	exclusiveGateway: 'exclusiveGateway',
	parallelGateway: 'parallelGateway',
	inclusiveGateway: 'inclusiveGateway',
	userTask: 'userTask',
};

function nodeXml(node: Node): string {
	const tag = `bpmn:${TAGS[node.kind]}`;
	const attributes = { id: node.id, name: node.name, ...attributesOf(node) };
	const flows = [
		...node.incoming.map((flow) => `<bpmn:incoming>${escaped(flow)}</bpmn:incoming>`),
		...node.outgoing.map((flow) => `<bpmn:outgoing>${escaped(flow)}</bpmn:outgoing>`),
	];
	const definition = node.kind === 'terminateEndEvent' ? '<bpmn:terminateEventDefinition/>' : '';
	return `<${tag}${attributesXml(attributes)}>${flows.join('')}${definition}</${tag}>`;
}

function attributesOf(node: Node): Readonly<Record<string, string>> {
	if (node.kind === 'exclusiveGateway' || node.kind === 'inclusiveGateway') {
		return node.defaultFlow === null ? {} : { default: node.defaultFlow };
	}
	if (node.kind !== 'userTask') return {};
	const users = node.assignees.flatMap((source) => (source.kind === 'users' ? [textXml(source.users)] : []));
	const groups = node.assignees.flatMap((source) => (source.kind === 'group' ? [textXml(source.groups)] : []));
	return {
		...(users.length === 0 ? {} : { 'camunda:candidateUsers': users.join(',') }),
		...(groups.length === 0 ? {} : { 'camunda:candidateGroups': groups.join(',') }),
		...(node.onReject === 'continue' ? { 'sendback:onReject': 'continue' } : {}),
	};
}

function flowXml(flow: SequenceFlow): string {
	const attributes = attributesXml({ id: flow.id, sourceRef: flow.source, targetRef: flow.target });
	if (flow.condition === null) return `<bpmn:sequenceFlow${attributes}/>`;
	const condition = `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${escaped(expressionText(flow.condition))}</bpmn:conditionExpression>`;
	return `<bpmn:sequenceFlow${attributes}>${condition}</bpmn:sequenceFlow>`;
}

function attributesXml(attributes: Readonly<Record<string, string>>): string {
	return Object.entries(attributes)
		.map(([name, value]) => ` ${name}="${escaped(value)}"`)
		.join('');
}

function textXml(text: Text): string {
	return text.kind === 'template' ? text.parts.map(plainText).join('') : plainText(text);
}

function plainText(text: PlainText): string {
	return text.kind === 'literal' ? text.text : expressionText(text.expression);
}

function expressionText({ language, source }: Expression): string {
	return language === 'juel' ? `\${${source}}` : `= ${source}`;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
