import type { Node } from '../model/process-model.ts';
import type { FlowId, NodeId } from '../terms.ts';
import { inclusiveJoinInput } from './inclusive-join.ts';
import { isSink, type Marking, move, type Place, tokensOf } from './marking.ts';
import { isDecision, type Net } from './net.ts';

/** One step of the token game. A scope that finishes has no node. */
export interface Firing {
	readonly kind: 'enter' | 'complete' | 'pass' | 'choose' | 'fork' | 'join' | 'end' | 'finish' | 'terminate';
	readonly node: NodeId | null;
	readonly consumed: readonly Place[];
	readonly produced: readonly Place[];
	/** The flows taken, where the node had a choice. */
	readonly chosen: readonly FlowId[] | null;
}

/** The sets of outgoing flows that a deciding gateway may take. */
export type Outcomes = (gateway: Node) => Iterable<readonly FlowId[]>;

/** Everything that may happen next, in the order of the model's nodes; the completion of open tasks included. */
export function* firings(net: Net, marking: Marking, outcomes: Outcomes): Generator<Firing> {
	for (const node of takersOf(net, marking)) {
		if (marking.has(`task:${node.id}`)) yield completion(node);
		for (const consumed of inputs(net, node, marking)) {
			const kind = kindOf(node);
			if (isDecision(node)) {
				for (const chosen of outcomes(node)) {
					yield { kind, node: node.id, consumed, produced: chosen.map(flowPlace), chosen };
				}
			} else yield { kind, node: node.id, consumed, produced: output(node), chosen: null };
		}
	}
	if (onlySinksLeft(marking)) {
		yield { kind: 'finish', node: null, consumed: tokensOf(marking), produced: [], chosen: null };
	}
}

export function apply(marking: Marking, firing: Firing): Marking {
	return move(marking, firing.consumed, firing.produced);
}

/** What an open task, or the start, does when it is completed. */
export function completion(node: Node): Firing {
	return {
		kind: 'complete',
		node: node.id,
		consumed: [`task:${node.id}`],
		produced: outgoingPlaces(node),
		chosen: null,
	};
}

/** Each set of tokens that the node may consume now to start working; not the completion of a task. */
export function* inputs(net: Net, node: Node, marking: Marking): Generator<readonly Place[]> {
	switch (node.kind) {
		case 'startEvent':
			return;
		case 'parallelGateway':
			if (node.incoming.length > 0 && node.incoming.every((flow) => marking.has(`flow:${flow}`))) {
				yield node.incoming.map(flowPlace);
			}
			return;
		case 'inclusiveGateway': {
			const flows = inclusiveJoinInput(net, node, marking);
			if (flows !== null) yield flows.map(flowPlace);
			return;
		}
		case 'terminateEndEvent':
			if (node.incoming.some((flow) => marking.has(`flow:${flow}`))) yield tokensOf(marking);
			return;
		default:
			for (const flow of node.incoming) if (marking.has(`flow:${flow}`)) yield [`flow:${flow}`];
	}
}

/** What a node that has no choice produces for one of its inputs. */
export function output(node: Node): readonly Place[] {
	switch (node.kind) {
		case 'userTask':
			return [`task:${node.id}`];
		case 'terminateEndEvent':
			return [];
		default:
			return outgoingPlaces(node);
	}
}

export function onlySinksLeft(marking: Marking): boolean {
	return marking.size > 0 && [...marking.keys()].every(isSink);
}

/** A node without outgoing flow ends its path as an end event does: no token may vanish. */
function outgoingPlaces(node: Node): readonly Place[] {
	return node.outgoing.length === 0 ? [`sink:${node.id}`] : node.outgoing.map(flowPlace);
}

function takersOf(net: Net, marking: Marking): readonly Node[] {
	const takers = new Set<Node>();
	for (const place of marking.keys()) {
		const taker = net.takers.get(place);
		if (taker !== undefined) takers.add(taker);
	}
	const position = (node: Node): number => net.order.get(node.id) ?? 0;
	return [...takers].sort((a, b) => position(a) - position(b));
}

function kindOf(node: Node): Firing['kind'] {
	switch (node.kind) {
		case 'userTask':
			return 'enter';
		case 'endEvent':
			return 'end';
		case 'terminateEndEvent':
			return 'terminate';
		case 'exclusiveGateway':
			return node.outgoing.length > 1 ? 'choose' : 'pass';
		case 'parallelGateway':
			if (node.incoming.length > 1) return 'join';
			return node.outgoing.length > 1 ? 'fork' : 'pass';
		case 'inclusiveGateway':
			if (node.incoming.length > 1) return 'join';
			return node.outgoing.length > 1 ? 'choose' : 'pass';
		default:
			return 'pass';
	}
}

function flowPlace(flow: FlowId): Place {
	return `flow:${flow}`;
}
