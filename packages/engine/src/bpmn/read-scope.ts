import type { ElementId, NodeId, Value } from '../terms.ts';
import { checkExtensions, checkExtensionsOf, type IgnoredExtensions } from './check-extensions.ts';
import type { FlowDraft, NodeDraft, ScopeDraft } from './drafts.ts';
import { isForCompensation } from './elements/activity-attributes.ts';
import { ACTIVITY_CHILDREN, COMMON_CHILDREN, LOOP_CHILDREN } from './elements/common-children.ts';
import { readDataObject } from './elements/data-object.ts';
import { defaultFlowOf } from './elements/gateways.ts';
import type { NodeReader } from './elements/node-reader.ts';
import { NODE_READERS, UNSUPPORTED_NODES } from './elements/node-readers.ts';
import { readSequenceFlow } from './elements/sequence-flow.ts';
import { scopeKindOf } from './elements/sub-process.ts';
import type { Reading } from './reading.ts';
import { eventSubProcessIdOf, flowIdOf } from './synthetic-ids.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml/xml-element.ts';

/** Elements of a process or subprocess that describe it and change nothing: data, drawing, roles, notes. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
	...COMMON_CHILDREN,
	...ACTIVITY_CHILDREN,
	'association',
	'correlationSubscription',
	'dataObject',
	'dataObjectReference',
	'dataStoreReference',
	'group',
	'humanPerformer',
	'laneSet',
	'potentialOwner',
	'supportedInterfaceRef',
	'supports',
	'textAnnotation',
]);

/**
 * Reads the nodes and flows that stand directly in a process or subprocess, and then those of the subprocesses in it:
 * one draft each, outer ones first.
 */
export function readScope(
	element: XmlElement,
	id: ElementId,
	reading: Reading,
	ignored: IgnoredExtensions,
): ScopeDraft[] {
	const nodes: NodeDraft[] = [];
	const flows: FlowDraft[] = [];
	const inner: ScopeDraft[] = [];
	const data: (readonly [string, Value])[] = [];
	const unnamed = new Map<string, number>();
	refuseText(element, reading);
	for (const child of element.children) {
		if (child.namespace !== BPMN) continue;
		const reader = NODE_READERS.get(child.name);
		if (child.name === 'sequenceFlow') {
			refuseText(child, reading);
			checkExtensions(child, reading, ignored);
			const flow = readSequenceFlow(child, flowId(child, unnamed), reading);
			if (flow !== null) flows.push(flow);
		} else if (reader?.children === 'scope') {
			checkExtensionsOf(child, reading, ignored);
			const node = readNode(child, reader, id, reading);
			if (node !== null) nodes.push(node);
			inner.push(...readScope(child, node?.id ?? '', reading, ignored));
		} else if (reader !== undefined) {
			refuseText(child, reading);
			checkExtensions(child, reading, ignored);
			refuseChildren(child, reader.children, reading);
			const node = readNode(child, reader, id, reading);
			if (node !== null) nodes.push(node);
		} else if (LOOP_CHILDREN.includes(child.name)) checkExtensions(child, reading, ignored);
		else if (child.name === 'dataObject') {
			const variable = readDataObject(child, reading);
			if (variable !== null) data.push(variable);
		} else if (!WITHOUT_EFFECT.has(child.name)) {
			const reason = UNSUPPORTED_NODES.get(child.name);
			const shown = `\`<${child.qualifiedName}>\`.`;
			reading.report('element-not-supported', child, reason === undefined ? shown : `${shown} ${reason}`);
		}
	}
	return [{ kind: scopeKindOf(element), id, element, nodes, flows, variables: Object.fromEntries(data) }, ...inner];
}

function refuseText(element: XmlElement, reading: Reading): void {
	const text = element.text.trim();
	if (text !== '')
		reading.report('not-bpmn', element, `\`${text.slice(0, 60)}\` stands in \`<${element.qualifiedName}>\`.`);
}

function refuseChildren(element: XmlElement, allowed: readonly string[], reading: Reading): void {
	for (const child of element.children) {
		if (child.namespace !== BPMN || COMMON_CHILDREN.has(child.name) || allowed.includes(child.name)) continue;
		const where = `\`<${child.qualifiedName}>\` in \`<${element.qualifiedName}>\``;
		reading.report('element-not-supported', child, `${where}.`);
	}
}

function flowId(element: XmlElement, unnamed: Map<string, number>): string {
	const id = attributeOf(element, 'id');
	if (id !== null) return id;
	const source = attributeOf(element, 'sourceRef') ?? '';
	const n = (unnamed.get(source) ?? 0) + 1;
	unnamed.set(source, n);
	return flowIdOf(source, n);
}

/** Null where it is none, or its start event has no id either. */
function idOfEventSubProcess(element: XmlElement): NodeId | null {
	if (element.name !== 'subProcess' || scopeKindOf(element) !== 'eventSubProcess') return null;
	const [start] = childrenOf(element, BPMN, 'startEvent');
	const id = start === undefined ? null : attributeOf(start, 'id');
	return id === null ? null : eventSubProcessIdOf(id);
}

function readNode(element: XmlElement, reader: NodeReader, parent: ElementId, reading: Reading): NodeDraft | null {
	const id = attributeOf(element, 'id') ?? idOfEventSubProcess(element);
	if (id === null) reading.report('id-missing', element, `\`<${element.qualifiedName}>\`.`);
	const body = reader.read(element, reading);
	if (id === null || body === null) return null;
	const name = attributeOf(element, 'name')?.trim() || id;
	const isHandler = isForCompensation(element);
	return { id, name, parent, body, isHandler, defaultFlow: reader.hasDefault ? defaultFlowOf(element) : null, element };
}
