import type { Node, ProcessModel, SequenceFlow } from '../model/process-model.ts';
import type { FlowId, NodeId } from '../terms.ts';
import type { FlowDraft, NodeBody, NodeDraft, ScopeDraft } from './drafts.ts';
import { endIdOf, flowIntoIdOf, splitIdOf } from './synthetic-ids.ts';

/**
 * Connects the nodes and flows of all scopes, and says what BPMN leaves unsaid, so that every node but a gateway has one
 * outgoing flow (an end event or event subprocess none):
 * - several flows behind a task or an event are a parallel split, or an inclusive one if any has a condition or is the
 *   default; a gateway `<id>:out` is inserted;
 * - where nothing follows, the path ends; an end event `<id>:end` is inserted, but not behind what compensates.
 * Several flows into a node need nothing: each token starts it.
 */
export function connectNodes(scopes: readonly ScopeDraft[]): Pick<ProcessModel, 'nodes' | 'flows'> {
	const outgoing = groupBy(
		scopes.flatMap((scope) => scope.flows),
		(flow) => flow.source,
	);
	const drafts: { draft: Omit<NodeDraft, 'element' | 'defaultFlow'>; line: number }[] = [];
	const flows: SequenceFlow[] = [];
	const insert = (after: NodeDraft, id: NodeId, body: NodeBody): void => {
		drafts.push({ draft: { ...after, id, body }, line: after.element.line });
		flows.push({ id: flowIntoIdOf(id), source: after.id, target: id, condition: null });
	};
	for (const node of scopes.flatMap((scope) => scope.nodes)) {
		drafts.push({ draft: node, line: node.element.line });
		const leaving = outgoing.get(node.id) ?? [];
		const split = splitBehind(node, leaving);
		if (split !== null) insert(node, splitIdOf(node.id), split);
		else if (leaving.length === 0 && !isEnd(node.body) && !node.isHandler) {
			insert(node, endIdOf(node.id), { kind: 'endEvent', throws: null });
		}
		const source = split === null ? node.id : splitIdOf(node.id);
		for (const { id, target, condition } of leaving) flows.push({ id, source, target, condition });
	}
	const incomingOf = groupBy(flows, (flow) => flow.target);
	const outgoingOf = groupBy(flows, (flow) => flow.source);
	const nodes = drafts.map(({ draft, line }): readonly [NodeId, Node] => {
		const { id, name, parent, body } = draft;
		const incoming = idsOf(incomingOf.get(id));
		return [id, { id, name, parent, incoming, outgoing: idsOf(outgoingOf.get(id)), line, ...body }];
	});
	return { nodes: Object.fromEntries(nodes), flows: Object.fromEntries(flows.map((flow) => [flow.id, flow])) };
}

/** The gateway that stands between a node and the flows that leave it; null where there is no need for one. */
function splitBehind(node: NodeDraft, leaving: readonly FlowDraft[]): NodeBody | null {
	if (isGateway(node.body) || isEnd(node.body)) return null;
	const isDefault = leaving.some((flow) => flow.id === node.defaultFlow);
	if (leaving.some((flow) => flow.condition !== null) || (isDefault && leaving.length > 1)) {
		return { kind: 'inclusiveGateway', defaultFlow: isDefault ? node.defaultFlow : null };
	}
	return leaving.length > 1 ? { kind: 'parallelGateway' } : null;
}

const GATEWAYS: ReadonlySet<NodeBody['kind']> = new Set([
	'exclusiveGateway',
	'inclusiveGateway',
	'parallelGateway',
	'eventBasedGateway',
]);

function isGateway(body: NodeBody): boolean {
	return GATEWAYS.has(body.kind);
}

/** Nothing follows it. */
export function isEnd(body: NodeBody): boolean {
	return body.kind === 'endEvent' || body.kind === 'terminateEndEvent' || body.kind === 'eventSubProcess';
}

function idsOf(flows: readonly SequenceFlow[] | undefined): readonly FlowId[] {
	return (flows ?? []).map((flow) => flow.id);
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		const group = groups.get(keyOf(item));
		if (group === undefined) groups.set(keyOf(item), [item]);
		else group.push(item);
	}
	return groups;
}
