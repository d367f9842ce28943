import type { EndEvent, TerminateEndEvent } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import type { Firing, View } from '../work.ts';

/** The token stays as a sink until its scope ends: a rollback inside the scope finds it there (causal edge 2). */
export function fireEnd(node: EndEvent, token: Token): Firing {
	return { kind: 'end', node: node.id, scope: token.scope, consume: [token], produce: [`sink:${node.id}`] };
}

export function fireTerminateEnd(view: View, node: TerminateEndEvent, token: Token): Firing {
	const consume = Object.values(view.state.tokens).filter((other) => other.scope === token.scope);
	return { kind: 'terminate', node: node.id, scope: token.scope, consume, produce: [] };
}
