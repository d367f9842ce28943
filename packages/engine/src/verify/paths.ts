import type { BoundaryEvent, Node, SequenceFlow } from '../model/process-model.ts';
import type { FlowId, NodeId } from '../terms.ts';
import type { Place } from './marking.ts';

export interface Graph {
	readonly nodes: ReadonlyMap<NodeId, Node>;
	readonly flows: ReadonlyMap<FlowId, SequenceFlow>;
	readonly boundaries: ReadonlyMap<NodeId, readonly BoundaryEvent[]>;
}

/**
 * The places that lead to a flow into a join on a path that does not visit the join. A token in an activity can leave it
 * by its boundary events too. That an event waits is told by the token of its activity, or of the gateway before it.
 */
export function placesLeadingTo(graph: Graph, inFlow: FlowId, join: Node): ReadonlySet<Place> {
	const places = new Set<Place>([`flow:${inFlow}`]);
	const pending: Node[] = sourceOf(graph, inFlow, join);
	const seen = new Set<NodeId>();
	for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
		if (seen.has(node.id)) continue;
		seen.add(node.id);
		if (node.kind === 'boundaryEvent') {
			const host = graph.nodes.get(node.attachedTo);
			if (host !== undefined) pending.push(host);
			continue;
		}
		places.add(`task:${node.id}`).add(`active:${node.id}`).add(`wait:${node.id}`);
		for (const flow of node.incoming) {
			places.add(`flow:${flow}`);
			pending.push(...sourceOf(graph, flow, join));
		}
	}
	return places;
}

/** The places that a token can come to from these nodes, in the same scope; by way of such boundary events as are named. */
export function followingPlaces(
	graph: Graph,
	from: readonly NodeId[],
	takes: (event: BoundaryEvent) => boolean = () => true,
): ReadonlySet<Place> {
	const places = new Set<Place>();
	const pending = [...from];
	for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
		for (const flow of graph.nodes.get(id)?.outgoing ?? []) {
			const target = graph.flows.get(flow)?.target;
			if (target === undefined || places.has(`flow:${flow}`)) continue;
			places.add(`flow:${flow}`).add(`task:${target}`).add(`active:${target}`).add(`wait:${target}`);
			pending.push(target, ...(graph.boundaries.get(target) ?? []).filter(takes).map((event) => event.id));
		}
	}
	return places;
}

function sourceOf(graph: Graph, flow: FlowId, join: Node): Node[] {
	const source = graph.nodes.get(graph.flows.get(flow)?.source ?? '');
	return source === undefined || source.id === join.id ? [] : [source];
}
