import type {
	BoundaryEvent,
	EventSubProcess,
	Node,
	ProcessModel,
	SequenceFlow,
	StartEvent,
	Trigger,
} from '../model/process-model.ts';
import type { ElementId, FlowId, NodeId } from '../terms.ts';
import type { Place } from './marking.ts';
import { followingPlaces, placesLeadingTo } from './paths.ts';

/** A model, indexed for the token game. */
export interface Net {
	readonly model: ProcessModel;
	readonly nodes: ReadonlyMap<NodeId, Node>;
	readonly flows: ReadonlyMap<FlowId, SequenceFlow>;
	/** The start of the process. */
	readonly start: NodeId;
	/** Where the process, a subprocess or an event subprocess begins. */
	readonly starts: ReadonlyMap<ElementId, StartEvent>;
	/** The node that takes the tokens of a place; nothing takes those of a sink. */
	readonly takers: ReadonlyMap<Place, Node>;
	readonly boundaries: ReadonlyMap<NodeId, readonly BoundaryEvent[]>;
	/** The event subprocesses directly in an element. */
	readonly handlers: ReadonlyMap<ElementId, readonly Handler[]>;
	/** For each in-flow of an inclusive join: the places that lead to it on a path that does not visit the join. */
	readonly upstream: ReadonlyMap<FlowId, ReadonlySet<Place>>;
	/** For each non-interrupting boundary event: the places that a token can come to from it. */
	readonly following: ReadonlyMap<NodeId, ReadonlySet<Place>>;
	/** Places that are reached by way of non-interrupting events only, so that several tokens there are no fault. */
	readonly aside: ReadonlySet<Place>;
	/** Position of a node in the model, to try nodes in the same order always. */
	readonly order: ReadonlyMap<NodeId, number>;
}

/** An event subprocess and the event that starts it. */
export interface Handler {
	readonly process: EventSubProcess;
	readonly start: StartEvent;
}

const nets = new WeakMap<ProcessModel, Net>();

/** Throws if the process does not begin with exactly one start event (starts.ts). */
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

/** Whether a token waits for such an event; errors and escalations are caught as they are thrown. */
export function isArmed(trigger: Trigger | null): boolean {
	return trigger !== null && trigger.kind !== 'error' && trigger.kind !== 'escalation';
}

function buildNet(model: ProcessModel): Net {
	const nodes = new Map(Object.entries(model.nodes));
	const flows = new Map(Object.entries(model.flows));
	const starts = new Map<ElementId, StartEvent>();
	const takers = new Map<Place, Node>();
	const boundaries = new Map<NodeId, BoundaryEvent[]>();
	for (const node of nodes.values()) {
		for (const place of ['task', 'active', 'wait'] as const) takers.set(`${place}:${node.id}`, node);
		for (const flow of node.incoming) takers.set(`flow:${flow}`, node);
		if (node.kind === 'boundaryEvent') append(boundaries, node.attachedTo, node);
		if (node.kind !== 'startEvent') continue;
		if (starts.has(node.parent)) throw new Error(`${node.parent} begins with more than one start event`);
		starts.set(node.parent, node);
	}
	const start = starts.get(model.id);
	if (start === undefined) throw new Error('a process begins with exactly one start event');
	const handlers = new Map<ElementId, Handler[]>();
	for (const node of nodes.values()) {
		const begin = starts.get(node.id);
		if (node.kind === 'eventSubProcess' && begin !== undefined) {
			append(handlers, node.parent, { process: node, start: begin });
		}
	}
	const graph = { nodes, flows, boundaries };
	const upstream = new Map<FlowId, ReadonlySet<Place>>();
	const following = new Map<NodeId, ReadonlySet<Place>>();
	for (const node of nodes.values()) {
		if (node.kind === 'boundaryEvent' && !node.interrupting) following.set(node.id, followingPlaces(graph, [node.id]));
		if (!isInclusiveJoin(node)) continue;
		for (const flow of node.incoming) upstream.set(flow, placesLeadingTo(graph, flow, node));
	}
	const order = new Map([...nodes.keys()].map((id, position) => [id, position]));
	const ordinary = followingPlaces(
		graph,
		[...starts.values()].map(({ id }) => id),
		({ interrupting }) => interrupting,
	);
	const aside = new Set(
		[...following.values()].flatMap((places) => [...places]).filter((place) => !ordinary.has(place)),
	);
	for (const { process, start: begin } of [...handlers.values()].flat()) {
		if (!begin.interrupting) aside.add(`active:${process.id}`);
	}
	return {
		model,
		nodes,
		flows,
		start: start.id,
		starts,
		takers,
		boundaries,
		handlers,
		upstream,
		following,
		aside,
		order,
	};
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [item]);
	else list.push(item);
}
