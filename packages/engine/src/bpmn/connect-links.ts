import type { FlowDraft, NodeDraft, ScopeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import { linkFlowIdOf } from './synthetic-ids.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml/xml-element.ts';

/** A link is a flow that is not drawn: each throwing end of a scope is connected with the catching end of its name. */
export function connectLinks(scope: ScopeDraft, reading: Reading): ScopeDraft {
	const targets = new Map<string, NodeDraft>();
	const sources: { readonly node: NodeDraft; readonly name: string; readonly definition: XmlElement }[] = [];
	for (const node of scope.nodes) {
		const [definition] = childrenOf(node.element, BPMN, 'linkEventDefinition');
		if (definition === undefined) continue;
		const name = attributeOf(definition, 'name')?.trim() ?? '';
		if (name === '') reading.report('link-invalid', definition, 'It needs a `name`.');
		else if (isThrowing(node)) sources.push({ node, name, definition });
		else if (targets.has(name)) reading.report('link-invalid', definition, `${shown(name)} already leads elsewhere.`);
		else targets.set(name, node);
	}
	const links: FlowDraft[] = [];
	for (const { node, name, definition } of sources) {
		const target = targets.get(name)?.id;
		if (target === undefined)
			reading.report('link-invalid', definition, `${shown(name)} leads to no event of its scope.`);
		else links.push({ id: linkFlowIdOf(node.id), source: node.id, target, condition: null, element: node.element });
	}
	return { ...scope, flows: [...scope.flows, ...links] };
}

function isThrowing(node: NodeDraft): boolean {
	return node.element.name === 'intermediateThrowEvent';
}

/** Which end of a link a node is. */
export function linkEndOf(node: NodeDraft): 'source' | 'target' | null {
	if (childrenOf(node.element, BPMN, 'linkEventDefinition').length === 0) return null;
	return isThrowing(node) ? 'source' : 'target';
}

/** Whether a flow is a link, and not drawn. */
export function isLink(flow: FlowDraft): boolean {
	return flow.element.name !== 'sequenceFlow';
}

function shown(name: string): string {
	return `The link \`${name.slice(0, 60)}\``;
}
