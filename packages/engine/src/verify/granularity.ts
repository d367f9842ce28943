import type { Node } from '../model/process-model.ts';
import type { NodeId } from '../terms.ts';
import { decisionsOf } from './decisions.ts';
import { apply, type Firing, firings, inputs, onlySinksLeft, output } from './firings.ts';
import { type Marking, stateKey, tokensOf, withSinglesInSinks } from './marking.ts';
import { isDecision, isInclusiveJoin, type Net, nodeOf } from './net.ts';
import type { Terrain } from './walk.ts';

/**
 * firing: every firing leads to a marking of its own, in every order.
 * decision: firings that commute with all others (passing on, opening a task, reaching an end event, a parallel join
 * with one way out) happen at once, in one order, and so does termination. What can be reached afterwards is the same, with far fewer markings.
 */
export type Granularity = 'firing' | 'decision';

/**
 * All that can happen in a model: every order, every decision. Only once a token is at a terminate end event, nobody
 * completes or decides anything any more: what could happen while the process has not quite stopped is of no interest.
 */
export function terrainOf(net: Net, granularity: Granularity, onFired: (node: NodeId) => void = () => {}): Terrain {
	return {
		firings: (marking) => possibleFirings(net, marking),
		rest: (marking) => withSinglesInSinks(granularity === 'firing' ? marking : hurry(net, marking, onFired)),
		key: stateKey,
	};
}

function* possibleFirings(net: Net, marking: Marking): Generator<Firing> {
	const isStopping = terminating(net, marking) !== null;
	for (const firing of firings(net, marking, (gateway) => decisionsOf(net, gateway))) {
		if (!isStopping || firing.kind === 'terminate' || commutes(net, firing)) yield firing;
	}
}

function hurry(net: Net, marking: Marking, onFired: (node: NodeId) => void): Marking {
	let current = marking;
	// A cycle that only passes tokens on never comes to rest; its tokens may then stand anywhere on it.
	const limit = (net.nodes.size + 1) * (marking.size + 1);
	for (let count = 0; count < limit; count++) {
		const firing = commutingFiring(net, current) ?? terminating(net, current);
		if (firing === null) return current;
		if (firing.node !== null) onFired(firing.node);
		current = apply(current, firing);
	}
	return current;
}

function commutingFiring(net: Net, marking: Marking): Firing | null {
	for (const place of marking.keys()) {
		const node = net.takers.get(place);
		if (node === undefined || place.startsWith('task:') || !isCommuting(node)) continue;
		for (const consumed of inputs(net, node, marking)) {
			return { kind: 'pass', node: node.id, consumed, produced: output(node), chosen: null };
		}
	}
	if (!onlySinksLeft(marking)) return null;
	return { kind: 'finish', node: null, consumed: tokensOf(marking), produced: [], chosen: null };
}

function terminating(net: Net, marking: Marking): Firing | null {
	for (const place of marking.keys()) {
		const node = net.takers.get(place);
		if (node?.kind !== 'terminateEndEvent') continue;
		return { kind: 'terminate', node: node.id, consumed: tokensOf(marking), produced: [], chosen: null };
	}
	return null;
}

function commutes(net: Net, firing: Firing): boolean {
	if (firing.node === null) return true;
	return firing.kind !== 'complete' && isCommuting(nodeOf(net, firing.node));
}

/** Taking its input, the node changes nothing for any other: neither what it may consume nor whether it has to wait. */
function isCommuting(node: Node): boolean {
	if (isDecision(node) || isInclusiveJoin(node) || node.kind === 'terminateEndEvent') return false;
	return node.outgoing.length <= 1;
}
