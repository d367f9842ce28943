import type { NodeId } from '../terms.ts';
import { checkEventGateway } from './check-event-gateway.ts';
import { checkStarts } from './check-starts.ts';
import { isLink, linkEndOf } from './connect-links.ts';
import { groupBy, isEnd } from './connect-nodes.ts';
import type { FlowDraft, NodeBody, NodeDraft, ScopeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';

/** Reports what is wrong with how the nodes of a scope are connected. */
export function checkStructure(scope: ScopeDraft, reading: Reading): void {
	const nodes = new Map(scope.nodes.map((node) => [node.id, node]));
	for (const flow of scope.flows) {
		for (const end of [flow.source, flow.target]) {
			if (nodes.has(end)) continue;
			reading.report('flow-end-invalid', flow.element, `\`${end.slice(0, 60)}\` is not a node here.`);
		}
	}
	const outgoing = groupBy(scope.flows, (flow) => flow.source);
	const incoming = groupBy(scope.flows, (flow) => flow.target);
	const attached = groupBy(
		scope.nodes.filter(({ body }) => body.kind === 'boundaryEvent'),
		({ body }) => (body.kind === 'boundaryEvent' ? body.attachedTo : ''),
	);
	checkStarts(scope, reading);
	for (const node of scope.nodes) {
		checkIncoming(node, incoming.get(node.id) ?? [], reading);
		checkOutgoing(node, outgoing.get(node.id) ?? [], reading);
		checkAttachment(node, nodes, reading);
		checkEventGateway(node, outgoing.get(node.id) ?? [], { nodes, incoming, attached }, reading);
	}
	warnOfUnreachable(scope, outgoing, attached, reading);
}

/** What begins by itself, and not because a flow leads to it. */
const WITHOUT_INCOMING: ReadonlySet<NodeBody['kind']> = new Set(['startEvent', 'boundaryEvent', 'eventSubProcess']);

function checkIncoming(node: NodeDraft, entering: readonly FlowDraft[], reading: Reading): void {
	if (!WITHOUT_INCOMING.has(node.body.kind) && !node.isHandler && linkEndOf(node) !== 'target') return;
	for (const flow of entering) {
		if (!isLink(flow)) reading.report('incoming-not-allowed', flow.element, `It leads to \`${node.id}\`.`);
	}
}

/** BPMN lets an activity or an event on the way end its path; behind anything else it is most likely a mistake. */
const NEEDS_OUTGOING: ReadonlySet<NodeBody['kind']> = new Set([
	'startEvent',
	'boundaryEvent',
	'exclusiveGateway',
	'inclusiveGateway',
	'parallelGateway',
]);

function checkOutgoing(node: NodeDraft, leaving: readonly FlowDraft[], reading: Reading): void {
	const { body } = node;
	checkDefault(node, leaving, reading);
	if (isEnd(body) || node.isHandler || linkEndOf(node) === 'source') {
		for (const flow of leaving) {
			if (!isLink(flow)) reading.report('outgoing-not-allowed', flow.element, `It leaves \`${node.id}\`.`);
		}
		return;
	}
	if (leaving.length === 0 && NEEDS_OUTGOING.has(body.kind)) {
		reading.report('outgoing-missing', node.element, `\`${node.id}\` is treated as if an end event followed.`);
	}
	for (const flow of leaving) {
		if (flow.condition === null) {
			if (body.kind !== 'exclusiveGateway' || leaving.length === 1 || flow.id === node.defaultFlow) continue;
			reading.report('condition-missing', flow.element, 'Flows that stand behind it in the file are never taken.');
		} else if (flow.id === node.defaultFlow) {
			reading.report('condition-not-allowed', flow.element, 'It is a default flow.');
		} else if (body.kind === 'parallelGateway' || body.kind === 'eventBasedGateway') {
			reading.report('condition-not-allowed', flow.element, 'The gateway that it leaves takes all.');
		} else if (body.kind === 'startEvent') {
			reading.report('condition-on-start', flow.element, `It leaves \`${node.id}\`.`);
		}
	}
}

function checkDefault({ defaultFlow, element }: NodeDraft, leaving: readonly FlowDraft[], reading: Reading): void {
	if (defaultFlow === null || leaving.some((flow) => flow.id === defaultFlow)) return;
	reading.report('default-invalid', element, `\`${defaultFlow.slice(0, 60)}\`.`);
}

/** Activities that last until someone or something outside has acted, so that an event can come meanwhile. */
const LASTING: ReadonlySet<NodeBody['kind']> = new Set([
	'userTask',
	'subProcess',
	'callActivity',
	'serviceTask',
	'receiveTask',
]);

function checkAttachment({ body, element }: NodeDraft, nodes: ReadonlyMap<NodeId, NodeDraft>, reading: Reading): void {
	if (body.kind !== 'boundaryEvent') return;
	const host = nodes.get(body.attachedTo);
	if (host !== undefined && LASTING.has(host.body.kind) && !host.isHandler) return;
	const why = host?.isHandler
		? 'compensates, and has no events at its boundary'
		: host === undefined
			? 'is not in the same process or subprocess'
			: host.element.name.toLowerCase().endsWith('task')
				? 'takes no time in which an event could come'
				: 'is not an activity';
	reading.report('boundary-invalid', element, `\`${body.attachedTo.slice(0, 60)}\` ${why}.`);
}

function warnOfUnreachable(
	scope: ScopeDraft,
	outgoing: ReadonlyMap<string, readonly FlowDraft[]>,
	attached: ReadonlyMap<string, readonly NodeDraft[]>,
	reading: Reading,
): void {
	const nodes = new Map(scope.nodes.map((node) => [node.id, node]));
	const reached = new Set<NodeId>();
	for (const { id, body } of scope.nodes) {
		if (body.kind === 'startEvent' || body.kind === 'eventSubProcess') reached.add(id);
	}
	for (const id of reached) {
		for (const flow of outgoing.get(id) ?? []) reached.add(flow.target);
		for (const event of attached.get(id) ?? []) reached.add(event.id);
		const body = nodes.get(id)?.body;
		if (body !== undefined && 'compensation' in body) reached.add(body.compensation);
	}
	for (const node of scope.nodes) {
		if (!reached.has(node.id)) reading.report('node-unreachable', node.element, `\`${node.id}\` never begins.`);
	}
}
