import type { Node } from '../model/process-model.ts';
import type { NewToken } from '../products.ts';
import { elementOf } from '../scopes.ts';
import type { InstanceState, Token } from '../state.ts';
import type { FlowId, ScopeId } from '../terms.ts';

export function outFlows(node: Node, scope: ScopeId): readonly NewToken[] {
	return flowTokens(node.outgoing, scope);
}

export function flowTokens(flows: readonly FlowId[], scope: ScopeId): readonly NewToken[] {
	return flows.map((flow): NewToken => ({ place: `flow:${flow}`, scope }));
}

/** The tokens at a node's in-flows in the scope of one of them: the oldest on each in-flow that has any. */
export function arrivedWith(state: InstanceState, node: Node, token: Token): ReadonlyMap<FlowId, Token> {
	const arrived = new Map<FlowId, Token>();
	for (const candidate of Object.values(state.tokens)) {
		if (candidate.scope !== token.scope || candidate.heldBy !== undefined || !candidate.place.startsWith('flow:'))
			continue;
		const flow = elementOf(candidate);
		if (node.incoming.includes(flow) && !arrived.has(flow)) arrived.set(flow, candidate);
	}
	return arrived;
}
