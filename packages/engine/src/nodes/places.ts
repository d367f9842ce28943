import type { Node } from '../model/process-model.ts';
import type { InstanceState, Place, Token } from '../state.ts';
import type { FlowId } from '../terms.ts';

export function outFlows(node: Node): readonly Place[] {
	return node.outgoing.map((flow): Place => `flow:${flow}`);
}

/** The free tokens at a node's in-flows in the scope of one of them: the oldest on each in-flow that has any. */
export function arrivedWith(state: InstanceState, node: Node, token: Token): ReadonlyMap<FlowId, Token> {
	const arrived = new Map<FlowId, Token>();
	for (const candidate of Object.values(state.tokens)) {
		if (candidate.scope !== token.scope || !candidate.place.startsWith('flow:')) continue;
		const flow = candidate.place.slice('flow:'.length);
		if (node.incoming.includes(flow) && !arrived.has(flow)) arrived.set(flow, candidate);
	}
	return arrived;
}
