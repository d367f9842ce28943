import type { Node } from '../model/process-model.ts';
import { arrivals } from './arrivals.ts';
import type { Firing, Freedom } from './firing.ts';
import { elementOf, type Marking, type Scope } from './marking.ts';
import type { Net } from './net.ts';
import { scopeFirings } from './scope-firings.ts';
import type { Site } from './site.ts';
import { standing } from './standing.ts';
import { netAt, type World } from './world.ts';

/** Everything that may happen next, scope by scope, in the order of the model's nodes; what comes from outside included. */
export function* firings(world: World, marking: Marking, freedom: Freedom): Generator<Firing> {
	for (const site of sitesOf(world, marking, freedom)) {
		for (const node of takersOf(site.net, site.scope)) yield* nodeFirings(site, node);
		yield* scopeFirings(site);
	}
}

/** The scopes whose nodes are known. */
export function* sitesOf(world: World, marking: Marking, freedom: Freedom): Generator<Site> {
	for (const scope of marking.scopes.values()) {
		const net = netAt(world, marking, scope);
		if (net !== null) yield { world, net, marking, scope, freedom };
	}
}

/** What a node may do with the tokens of a scope. */
export function* nodeFirings(site: Site, node: Node): Generator<Firing> {
	for (const token of site.scope.tokens) {
		if (/^(flow|sink|done):/.test(token.place) || elementOf(token.place) !== node.id) continue;
		if (site.freedom.uses(token)) yield* standing(site, node, token);
	}
	if (node.incoming.length > 0) yield* arrivals(site, node);
}

function takersOf(net: Net, scope: Scope): readonly Node[] {
	const takers = new Set<Node>();
	for (const { place } of scope.tokens) {
		const taker = net.takers.get(place);
		if (taker !== undefined) takers.add(taker);
	}
	const position = (node: Node): number => net.order.get(node.id) ?? 0;
	return [...takers].sort((a, b) => position(a) - position(b));
}
