import type { ElementId } from '../terms.ts';
import { checkExtensions, type IgnoredExtensions } from './check-extensions.ts';
import type { FlowDraft, NodeDraft, ScopeDraft } from './drafts.ts';
import { COMMON_CHILDREN } from './elements/common-children.ts';
import { defaultFlowOf } from './elements/gateways.ts';
import type { NodeReader } from './elements/node-reader.ts';
import { NODE_READERS } from './elements/node-readers.ts';
import { readSequenceFlow } from './elements/sequence-flow.ts';
import type { Reading } from './reading.ts';
import { flowIdOf } from './synthetic-ids.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

/** Elements of a process that describe it and change nothing: data, drawing, roles, notes. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
	'association',
	'auditing',
	'correlationSubscription',
	'dataObject',
	'dataObjectReference',
	'dataStoreReference',
	'documentation',
	'extensionElements',
	'group',
	'ioSpecification',
	'laneSet',
	'monitoring',
	'performer',
	'potentialOwner',
	'humanPerformer',
	'property',
	'resourceRole',
	'supportedInterfaceRef',
	'supports',
	'textAnnotation',
]);

/** Reads the nodes and flows that stand directly in a process. */
export function readScope(scope: XmlElement, id: ElementId, reading: Reading, ignored: IgnoredExtensions): ScopeDraft {
	const nodes: NodeDraft[] = [];
	const flows: FlowDraft[] = [];
	const unnamed = new Map<string, number>();
	refuseText(scope, reading);
	for (const child of scope.children) {
		if (child.namespace !== BPMN || WITHOUT_EFFECT.has(child.name)) continue;
		const reader = NODE_READERS.get(child.name);
		if (child.name === 'sequenceFlow') {
			refuseText(child, reading);
			checkExtensions(child, reading, ignored);
			const flow = readSequenceFlow(child, flowId(child, unnamed), reading);
			if (flow !== null) flows.push(flow);
		} else if (reader !== undefined) {
			refuseText(child, reading);
			checkExtensions(child, reading, ignored);
			const node = readNode(child, reader, id, reading);
			if (node !== null) nodes.push(node);
		} else reading.report('element-not-supported', child, `\`<${child.qualifiedName}>\`.`);
	}
	return { nodes, flows };
}

function refuseText(element: XmlElement, reading: Reading): void {
	const text = element.text.trim();
	if (text !== '')
		reading.report('not-bpmn', element, `\`${text.slice(0, 60)}\` stands in \`<${element.qualifiedName}>\`.`);
}

function flowId(element: XmlElement, unnamed: Map<string, number>): string {
	const id = attributeOf(element, 'id');
	if (id !== null) return id;
	const source = attributeOf(element, 'sourceRef') ?? '';
	const n = (unnamed.get(source) ?? 0) + 1;
	unnamed.set(source, n);
	return flowIdOf(source, n);
}

function readNode(element: XmlElement, reader: NodeReader, parent: ElementId, reading: Reading): NodeDraft | null {
	for (const child of element.children) {
		if (child.namespace !== BPMN || COMMON_CHILDREN.has(child.name) || reader.children.includes(child.name)) continue;
		const where = `\`<${child.qualifiedName}>\` in \`<${element.qualifiedName}>\``;
		reading.report('element-not-supported', child, `${where}.`);
	}
	const id = attributeOf(element, 'id');
	if (id === null) {
		reading.report('id-missing', element, `\`<${element.qualifiedName}>\`.`);
		return null;
	}
	const name = attributeOf(element, 'name')?.trim() || id;
	const defaultFlow = reader.hasDefault ? defaultFlowOf(element) : null;
	return { id, name, parent, body: reader.read(element, reading), defaultFlow, element };
}
