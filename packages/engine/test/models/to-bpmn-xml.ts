import type { Expression, PlainText, Text } from '../../src/expressions/expression.ts';
import type { Effect, Loop, Node, ProcessModel, SequenceFlow, Throw, Trigger } from '../../src/model/process-model.ts';
import type { ElementId } from '../../src/terms.ts';

/**
 * The model as BPMN 2.0 XML. User tasks are written with their literal users and groups; conditions in the notation of
 * their language. What has no notation in the generated models (decision modes, forms, due dates, keys of messages,
 * mappings of calls) is left out.
 */
export function toBpmnXml(model: ProcessModel): string {
	const roots = rootElements(model);
	return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
                  xmlns:sendback="urn:sendback:bpmn:1"
                  id="definitions" targetNamespace="urn:sendback:test">
${[...roots.values()].map((element) => `  ${element}\n`).join('')}  <bpmn:process id="${escaped(model.id)}" name="${escaped(model.name)}" isExecutable="true">
${contentXml(model, model.id, '    ')}
  </bpmn:process>
</bpmn:definitions>
`;
}

const TAGS: Readonly<Record<Node['kind'], string>> = {
	startEvent: 'startEvent',
	endEvent: 'endEvent',
	terminateEndEvent: 'endEvent',
	passThrough: 'task',
	intermediateCatchEvent: 'intermediateCatchEvent',
	intermediateThrowEvent: 'intermediateThrowEvent',
	boundaryEvent: 'boundaryEvent',
	exclusiveGateway: 'exclusiveGateway',
	parallelGateway: 'parallelGateway',
	inclusiveGateway: 'inclusiveGateway',
	eventBasedGateway: 'eventBasedGateway',
	userTask: 'userTask',
	subProcess: 'subProcess',
	eventSubProcess: 'subProcess',
	callActivity: 'callActivity',
	scriptTask: 'scriptTask',
	businessRuleTask: 'businessRuleTask',
	serviceTask: 'serviceTask',
	sendTask: 'sendTask',
	receiveTask: 'receiveTask',
};

/** The nodes in an element, and the flows between them. */
function contentXml(model: ProcessModel, parent: ElementId, indent: string): string {
	const nodes = Object.values(model.nodes).filter((node) => node.parent === parent);
	const flows = Object.values(model.flows).filter(({ source }) => model.nodes[source]?.parent === parent);
	const elements = [...nodes.map((node) => nodeXml(model, node, indent)), ...flows.map(flowXml)];
	return elements.map((element) => `${indent}${element}`).join('\n');
}

function nodeXml(model: ProcessModel, node: Node, indent: string): string {
	const tag = `bpmn:${TAGS[node.kind]}`;
	const attributes = { id: node.id, name: node.name, ...attributesOf(node) };
	const flows = [
		...node.incoming.map((flow) => `<bpmn:incoming>${escaped(flow)}</bpmn:incoming>`),
		...node.outgoing.map((flow) => `<bpmn:outgoing>${escaped(flow)}</bpmn:outgoing>`),
	];
	const isScope = node.kind === 'subProcess' || node.kind === 'eventSubProcess';
	const content = isScope ? `\n${contentXml(model, node.id, `${indent}  `)}\n${indent}` : '';
	const loop = 'loop' in node && node.loop !== null ? loopXml(node.loop) : '';
	return `<${tag}${attributesXml(attributes)}>${flows.join('')}${loop}${definitionXml(node)}${content}</${tag}>`;
}

function attributesOf(node: Node): Readonly<Record<string, string>> {
	switch (node.kind) {
		case 'exclusiveGateway':
		case 'inclusiveGateway':
			return node.defaultFlow === null ? {} : { default: node.defaultFlow };
		case 'startEvent':
			return node.interrupting ? {} : { isInterrupting: 'false' };
		case 'boundaryEvent':
			return { attachedToRef: node.attachedTo, ...(node.interrupting ? {} : { cancelActivity: 'false' }) };
		case 'eventSubProcess':
			return { triggeredByEvent: 'true' };
		case 'callActivity':
			return { calledElement: textXml(node.flowId) };
		case 'serviceTask':
			return { 'sendback:topic': textXml(node.topic), ...effectOf(node.effect) };
		case 'scriptTask':
			return { scriptFormat: 'feel' };
		case 'businessRuleTask':
			return { 'sendback:decision': textXml(node.decision), 'sendback:resultVariable': node.id };
		case 'sendTask':
			return { messageRef: rootId('message', textXml(node.message)) };
		case 'receiveTask':
			return { messageRef: rootId('message', textXml(node.trigger.name)) };
		case 'userTask': {
			const users = node.assignees.flatMap((source) => (source.kind === 'users' ? [textXml(source.users)] : []));
			const groups = node.assignees.flatMap((source) => (source.kind === 'group' ? [textXml(source.groups)] : []));
			return {
				...(users.length === 0 ? {} : { 'camunda:candidateUsers': users.join(',') }),
				...(groups.length === 0 ? {} : { 'camunda:candidateGroups': groups.join(',') }),
				...(node.onReject === 'continue' ? { 'sendback:onReject': 'continue' } : {}),
			};
		}
		default:
			return {};
	}
}

function effectOf(effect: Effect): Readonly<Record<string, string>> {
	return effect.kind === 'compensable'
		? { 'sendback:compensationTopic': effect.topic }
		: { 'sendback:effect': effect.kind };
}

function loopXml(loop: Loop): string {
	if (loop.kind === 'standard') {
		const maximum = loop.maximum === null ? '' : ` loopMaximum="${loop.maximum}"`;
		const condition = loop.condition === null ? '' : expressionXml('loopCondition', loop.condition);
		return `<bpmn:standardLoopCharacteristics testBefore="${loop.testBefore}"${maximum}>${condition}</bpmn:standardLoopCharacteristics>`;
	}
	const attributes = {
		...(loop.kind === 'sequential' ? { isSequential: 'true' } : {}),
		...(loop.collection === null ? {} : { 'camunda:collection': expressionText(loop.collection) }),
		...(loop.elementVariable === null ? {} : { 'camunda:elementVariable': loop.elementVariable }),
	};
	const children = [
		loop.cardinality === null ? '' : expressionXml('loopCardinality', loop.cardinality),
		loop.completionCondition === null ? '' : expressionXml('completionCondition', loop.completionCondition),
	];
	const tag = 'bpmn:multiInstanceLoopCharacteristics';
	return `<${tag}${attributesXml(attributes)}>${children.join('')}</${tag}>`;
}

/** What makes an event one of its kind. */
function definitionXml(node: Node): string {
	switch (node.kind) {
		case 'terminateEndEvent':
			return '<bpmn:terminateEventDefinition/>';
		case 'startEvent':
		case 'boundaryEvent':
		case 'intermediateCatchEvent':
			return node.trigger === null ? '' : triggerXml(node.trigger);
		case 'endEvent':
		case 'intermediateThrowEvent':
			return node.throws === null ? '' : throwXml(node.throws);
		case 'scriptTask':
			return `<bpmn:script>${escaped(node.script.source)}</bpmn:script>`;
		default:
			return '';
	}
}

const TIMES = { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' } as const;

function triggerXml(trigger: Trigger): string {
	if (trigger.kind === 'timer') {
		const tag = `bpmn:${TIMES[trigger.timer]}`;
		return `<bpmn:timerEventDefinition><${tag}>${escaped(textXml(trigger.when))}</${tag}></bpmn:timerEventDefinition>`;
	}
	if (trigger.kind === 'condition') {
		const condition = expressionXml('condition', trigger.condition);
		return `<bpmn:conditionalEventDefinition>${condition}</bpmn:conditionalEventDefinition>`;
	}
	return referenceXml(trigger);
}

function throwXml(throws: Throw): string {
	if (throws.kind !== 'compensation') return referenceXml(throws);
	const activity = throws.activity === null ? {} : { activityRef: throws.activity };
	return `<bpmn:compensateEventDefinition${attributesXml({ ...activity, waitForCompletion: String(throws.waits) })}/>`;
}

type Referring = Exclude<Throw, { kind: 'compensation' }> | Exclude<Trigger, { kind: 'timer' | 'condition' }>;

function referenceXml(event: Referring): string {
	const name = nameOf(event);
	const reference = name === null ? '' : ` ${event.kind}Ref="${escaped(rootId(event.kind, name))}"`;
	return `<bpmn:${event.kind}EventDefinition${reference}/>`;
}

function nameOf(event: Referring): string | null {
	return 'name' in event ? textXml(event.name) : event.code;
}

/** The messages, signals, errors and escalations that the model names, each once, by its id. */
function rootElements(model: ProcessModel): ReadonlyMap<string, string> {
	const roots = new Map<string, string>();
	const add = (kind: Referring['kind'], name: string | null): void => {
		if (name === null) return;
		const id = rootId(kind, name);
		const code = kind === 'error' || kind === 'escalation' ? { [`${kind}Code`]: name } : {};
		roots.set(id, `<bpmn:${kind}${attributesXml({ id, name, ...code })}/>`);
	};
	for (const node of Object.values(model.nodes)) {
		if (node.kind === 'sendTask') add('message', textXml(node.message));
		for (const event of ['trigger' in node ? node.trigger : null, 'throws' in node ? node.throws : null]) {
			if (event !== null && event.kind !== 'timer' && event.kind !== 'condition' && event.kind !== 'compensation')
				add(event.kind, nameOf(event));
		}
	}
	return roots;
}

function rootId(kind: string, name: string): string {
	return `${kind}_${name.replace(/\W/g, '_')}`;
}

function flowXml(flow: SequenceFlow): string {
	const attributes = attributesXml({ id: flow.id, sourceRef: flow.source, targetRef: flow.target });
	if (flow.condition === null) return `<bpmn:sequenceFlow${attributes}/>`;
	return `<bpmn:sequenceFlow${attributes}>${expressionXml('conditionExpression', flow.condition)}</bpmn:sequenceFlow>`;
}

function expressionXml(name: string, expression: Expression): string {
	return `<bpmn:${name} xsi:type="bpmn:tFormalExpression">${escaped(expressionText(expression))}</bpmn:${name}>`;
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
