import type { NodeId } from '../terms.ts';
import { groupBy, isEnd } from './connect-nodes.ts';
import type { FlowDraft, NodeDraft, ScopeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';
import type { XmlElement } from './xml/xml-element.ts';

/** Reports what is wrong with how the nodes of a scope are connected. */
export function checkStructure(process: XmlElement, scope: ScopeDraft, reading: Reading): void {
	const nodes = new Map(scope.nodes.map((node) => [node.id, node]));
	for (const flow of scope.flows) {
		for (const end of [flow.source, flow.target]) {
			if (nodes.has(end)) continue;
			reading.report('flow-end-invalid', flow.element, `\`${end.slice(0, 60)}\` is not a node here.`);
		}
	}
	const outgoing = groupBy(scope.flows, (flow) => flow.source);
	const incoming = groupBy(scope.flows, (flow) => flow.target);
	checkStarts(process, scope, incoming, reading);
	for (const node of scope.nodes) checkOutgoing(node, outgoing.get(node.id) ?? [], reading);
	warnOfUnreachable(scope, outgoing, reading);
}

type Flows = ReadonlyMap<string, readonly FlowDraft[]>;

function checkStarts(process: XmlElement, scope: ScopeDraft, incoming: Flows, reading: Reading): void {
	const [start, ...more] = scope.nodes.filter((node) => node.body.kind === 'startEvent');
	if (start === undefined) reading.report('start-missing', process, 'Add one without an event definition.');
	for (const each of more) reading.report('start-many', each.element, `\`${start?.id}\` is one already.`);
	for (const flow of start === undefined ? [] : (incoming.get(start.id) ?? [])) {
		reading.report('incoming-not-allowed', flow.element, `It leads to \`${start?.id}\`.`);
	}
}

function checkOutgoing(node: NodeDraft, leaving: readonly FlowDraft[], reading: Reading): void {
	const { body } = node;
	checkDefault(node, leaving, reading);
	if (isEnd(body)) {
		for (const flow of leaving) reading.report('outgoing-not-allowed', flow.element, `It leaves \`${node.id}\`.`);
		return;
	}
	// BPMN lets a task end its path; behind anything else it is most likely a mistake.
	if (leaving.length === 0 && body.kind !== 'userTask' && body.kind !== 'passThrough') {
		reading.report('outgoing-missing', node.element, `\`${node.id}\` is treated as if an end event followed.`);
	}
	for (const flow of leaving) {
		if (flow.condition === null) {
			if (body.kind !== 'exclusiveGateway' || leaving.length === 1 || flow.id === node.defaultFlow) continue;
			reading.report('condition-missing', flow.element, 'Flows that stand behind it in the file are never taken.');
		} else if (flow.id === node.defaultFlow) {
			reading.report('condition-not-allowed', flow.element, 'It is a default flow.');
		} else if (body.kind === 'parallelGateway') {
			reading.report('condition-not-allowed', flow.element, 'It leaves a parallel gateway, which takes all.');
		} else if (body.kind === 'startEvent') {
			reading.report('condition-on-start', flow.element, `It leaves \`${node.id}\`.`);
		}
	}
}

function checkDefault({ defaultFlow, element }: NodeDraft, leaving: readonly FlowDraft[], reading: Reading): void {
	if (defaultFlow === null || leaving.some((flow) => flow.id === defaultFlow)) return;
	reading.report('default-invalid', element, `\`${defaultFlow.slice(0, 60)}\`.`);
}

function warnOfUnreachable(scope: ScopeDraft, outgoing: Flows, reading: Reading): void {
	const starts = scope.nodes.filter((node) => node.body.kind === 'startEvent').map((node) => node.id);
	if (starts.length === 0) return;
	const reached = new Set<NodeId>(starts);
	for (const id of reached) for (const flow of outgoing.get(id) ?? []) reached.add(flow.target);
	for (const node of scope.nodes) {
		if (!reached.has(node.id)) reading.report('node-unreachable', node.element, `\`${node.id}\` never begins.`);
	}
}
