import type { Node, ProcessModel, SequenceFlow } from '../model/process-model.ts';
import type { FlowId, NodeId } from '../terms.ts';
import type { Place } from './marking.ts';

/** A model, indexed for the token game. */
export interface Net {
	readonly nodes: ReadonlyMap<NodeId, Node>;
	readonly flows: ReadonlyMap<FlowId, SequenceFlow>;
	readonly start: NodeId;
	/** The node that takes the tokens of a place; nothing takes those of a sink. */
	readonly takers: ReadonlyMap<Place, Node>;
	/** For each in-flow of an inclusive join: the places that lead to it on a path that does not visit the join. */
	readonly upstream: ReadonlyMap<FlowId, ReadonlySet<Place>>;
	/** Position of a node in the model, to try nodes in the same order always. */
	readonly order: ReadonlyMap<NodeId, number>;
}

const nets = new WeakMap<ProcessModel, Net>();

/** Throws if the model has not exactly one start event. */
export function netOf(model: ProcessModel): Net {
	const known = nets.get(model);
	if (known !== undefined) return known;
	const net = buildNet(model);
	nets.set(model, net);
	return net;
}

export function nodeOf(net: Net, id: NodeId): Node {
	const node = net.nodes.get(id);
	if (node === undefined) throw new Error(`no node ${id}`);
	return node;
}

export function isInclusiveJoin(node: Node): boolean {
	return node.kind === 'inclusiveGateway' && node.incoming.length > 1;
}

/** A gateway that has to choose among its outgoing flows. */
export function isDecision(node: Node): boolean {
	return (node.kind === 'exclusiveGateway' || node.kind === 'inclusiveGateway') && node.outgoing.length > 1;
}

function buildNet(model: ProcessModel): Net {
	const nodes = new Map(Object.entries(model.nodes));
	const flows = new Map(Object.entries(model.flows));
	const [start, ...others] = [...nodes.values()].filter((node) => node.kind === 'startEvent');
	if (start === undefined || others.length > 0) throw new Error('a model has exactly one start event');
	const takers = new Map<Place, Node>();
	const upstream = new Map<FlowId, ReadonlySet<Place>>();
	for (const node of nodes.values()) {
		if (node.kind === 'userTask' || node.kind === 'startEvent') takers.set(`task:${node.id}`, node);
		for (const flow of node.incoming) takers.set(`flow:${flow}`, node);
		if (!isInclusiveJoin(node)) continue;
		for (const flow of node.incoming) upstream.set(flow, placesLeadingTo(flow, node, nodes, flows));
	}
	const order = new Map([...nodes.keys()].map((id, position) => [id, position]));
	return { nodes, flows, start: start.id, takers, upstream, order };
}

function placesLeadingTo(
	inFlow: FlowId,
	join: Node,
	nodes: ReadonlyMap<NodeId, Node>,
	flows: ReadonlyMap<FlowId, SequenceFlow>,
): ReadonlySet<Place> {
	const places = new Set<Place>([`flow:${inFlow}`]);
	const pending: FlowId[] = [inFlow];
	for (let flow = pending.pop(); flow !== undefined; flow = pending.pop()) {
		const source = nodes.get(flows.get(flow)?.source ?? '');
		if (source === undefined || source.id === join.id) continue;
		if (source.kind === 'userTask' || source.kind === 'startEvent') places.add(`task:${source.id}`);
		for (const earlier of source.incoming) {
			if (places.has(`flow:${earlier}`)) continue;
			places.add(`flow:${earlier}`);
			pending.push(earlier);
		}
	}
	return places;
}
