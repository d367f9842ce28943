import type { ExclusiveGateway } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { chooseFlows } from './choose-flows.ts';

/** Passes each token singly, to the first out-flow whose condition holds. */
export function fireExclusiveGateway(view: View, node: ExclusiveGateway, token: Token): Firing | Stop {
	const choice = chooseFlows(view, node, token.scope, 'first');
	if (isStop(choice)) return choice;
	const { produce, reads } = choice;
	return { kind: 'choose', node: node.id, scope: token.scope, consume: [token], produce, reads };
}
