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

/** The tokens at a node's in-flows in the scope of one of them: the oldest on each in-flow that has any, the oldest first. */
export function arrivedWith({ tokens }: InstanceState, node: Node, { scope }: Token): ReadonlyMap<FlowId, Token> {
	const onFlows = movingIn(tokens).get(scope);
	const arrived = node.incoming.flatMap((flow) => onFlows?.get(flow) ?? []);
	return new Map(arrived.sort((a, b) => a.id - b.id).map((token) => [elementOf(token), token]));
}

type OnFlows = ReadonlyMap<ScopeId, ReadonlyMap<FlowId, Token>>;

/** Of each scope the oldest token on each flow that nothing holds; found once for a marking, which many joins ask for. */
function movingIn(tokens: InstanceState['tokens']): OnFlows {
	const moving = MOVING.get(tokens) ?? findMoving(tokens);
	MOVING.set(tokens, moving);
	return moving;
}

const MOVING = new WeakMap<InstanceState['tokens'], OnFlows>();

function findMoving(tokens: InstanceState['tokens']): OnFlows {
	const found = new Map<ScopeId, Map<FlowId, Token>>();
	for (const token of Object.values(tokens)) {
		if (token.heldBy !== undefined || !token.place.startsWith('flow:')) continue;
		const onFlows = found.get(token.scope) ?? new Map<FlowId, Token>();
		const flow = elementOf(token);
		if (!onFlows.has(flow)) found.set(token.scope, onFlows.set(flow, token));
	}
	return found;
}
