import type { NodeId } from '../terms.ts';
import { decisionsOf } from './decisions.ts';
import { apply, type Firing, firings, inputs, onlySinksLeft, output } from './firings.ts';
import { type Marking, stateKey, tokensOf, withSinglesInSinks } from './marking.ts';
import { isDecision, isInclusiveJoin, type Net } from './net.ts';
import type { Terrain } from './walk.ts';

/**
 * firing: every firing leads to a marking of its own, in every order.
 * decision: firings that commute with all others (passing on, opening a task, reaching an end event, a parallel join
 * with one way out) happen at once, in one order. What can be reached afterwards is the same, with far fewer markings.
 */
export type Granularity = 'firing' | 'decision';

/** All that can happen in a model: every order, every decision. */
export function terrainOf(net: Net, granularity: Granularity, onFired: (node: NodeId) => void = () => {}): Terrain {
	const rest = (marking: Marking): Marking =>
		withSinglesInSinks(granularity === 'firing' ? marking : hurry(net, marking, onFired));
	return {
		firings: (marking) => firings(net, marking, (gateway) => decisionsOf(net, gateway)),
		rest,
		key: stateKey,
	};
}

function hurry(net: Net, marking: Marking, onFired: (node: NodeId) => void): Marking {
	let current = marking;
	// A cycle that only passes tokens on never comes to rest; its tokens may then stand anywhere on it.
	const limit = (net.nodes.size + 1) * (marking.size + 1);
	for (let count = 0; count < limit; count++) {
		const firing = commutingFiring(net, current);
		if (firing === null) return current;
		if (firing.node !== null) onFired(firing.node);
		current = apply(current, firing);
	}
	return current;
}

function commutingFiring(net: Net, marking: Marking): Firing | null {
	for (const place of marking.keys()) {
		const node = net.takers.get(place);
		if (node === undefined || place.startsWith('task:')) continue;
		if (isDecision(node) || isInclusiveJoin(node) || node.kind === 'terminateEndEvent') continue;
		if (node.outgoing.length > 1) continue;
		for (const consumed of inputs(net, node, marking)) {
			return { kind: 'pass', node: node.id, consumed, produced: output(node), chosen: null };
		}
	}
	if (!onlySinksLeft(marking)) return null;
	return { kind: 'finish', node: null, consumed: tokensOf(marking), produced: [], chosen: null };
}
