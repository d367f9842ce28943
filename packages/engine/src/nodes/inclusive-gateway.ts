import { zone } from '../causality/zone.ts';
import type { InclusiveGateway } from '../model/process-model.ts';
import { modelOf } from '../scopes.ts';
import type { Token } from '../state.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { chooseFlows } from './choose-flows.ts';
import { arrivedWith } from './places.ts';

/**
 * Joins the in-flows that have a token, once no other token can still bring one to an empty in-flow; then gives a token
 * to every out-flow whose condition holds.
 */
export function fireInclusiveGateway(view: View, node: InclusiveGateway, token: Token): Firing | Stop | null {
	const arrived = arrivedWith(view.state, node, token);
	const mask = node.incoming.filter((flow) => arrived.has(flow));
	if (node.incoming.length > 1) {
		const tooMuch = view.effort.whyTooMuch();
		if (tooMuch !== null) return tooMuch;
		const awaited = zone(modelOf(view, token.scope), node.id, mask, view.effort);
		const all = Object.values(view.state.tokens);
		view.effort.spend(all.length);
		if (all.some((other) => other.scope === token.scope && awaited.has(other.place))) return null;
	}
	const choice = chooseFlows(view, node, token.scope, 'every');
	if (isStop(choice)) return choice;
	const firing = { node: node.id, scope: token.scope, consume: [...arrived.values()], ...choice };
	return node.incoming.length > 1 ? { kind: 'join', mask, ...firing } : { kind: 'choose', ...firing };
}
