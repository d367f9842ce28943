import type { ParallelGateway } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import type { Firing, View } from '../work.ts';
import { arrivedWith, outFlows } from './places.ts';

/** Waits for a token on every in-flow, then gives one to every out-flow. */
export function fireParallelGateway(view: View, node: ParallelGateway, token: Token): Firing | null {
	const arrived = arrivedWith(view.state, node, token);
	if (arrived.size < node.incoming.length) return null;
	const { scope } = token;
	const kind = node.incoming.length > 1 ? 'join' : 'fork';
	return { kind, node: node.id, scope, consume: [...arrived.values()], produce: outFlows(node, scope) };
}
