import type { Node } from '../model/process-model.ts';
import type { ScopeId } from '../terms.ts';
import { thrownBy } from './catching.ts';
import { scopesWithin } from './contents.ts';
import { apply, type Firing, type Freedom } from './firing.ts';
import { firings, nodeFirings, sitesOf } from './firings.ts';
import { everything } from './freedom.ts';
import { isActivity } from './growth.ts';
import { allTokens, type Marking, scopeOf, stateKey, type Token, withSinglesInSinks } from './marking.ts';
import { isDecision, isInclusiveJoin, nodeOf } from './net.ts';
import { loopProgress, scopeFirings } from './scope-firings.ts';
import type { Site } from './site.ts';
import type { Terrain } from './walk.ts';
import { netAt, type World } from './world.ts';

/**
 * firing: every firing leads to a marking of its own, in every order.
 * decision: firings that commute with all others (passing on, entering an activity, reaching an end event, a parallel
 * join with one way out, finishing) happen at once, in one order, and then what ends a scope (termination, errors). What
 * can be reached afterwards is the same, with far fewer markings.
 */
export type Granularity = 'firing' | 'decision';

/**
 * All that can happen in a model: every order, every decision, every event. Only once a token is at an end event that
 * ends its scope, nobody completes or decides anything in it any more: what could happen while the scope has not quite
 * stopped is of no interest.
 */
export function terrainOf(
	world: World,
	granularity: Granularity,
	onFired: (firing: Firing) => void = () => {},
	flows?: Freedom['flows'],
): Terrain {
	const freedom = everything(world.net, flows);
	const rest = (marking: Marking): Marking =>
		withSinglesInSinks(granularity === 'firing' ? marking : hurry(world, marking, freedom, onFired));
	return { firings: (marking) => possibleFirings(world, marking, freedom), rest, key: stateKey };
}

function* possibleFirings(world: World, marking: Marking, freedom: Freedom): Generator<Firing> {
	const stopping = stoppingScopes(world, marking, freedom);
	for (const firing of firings(world, marking, freedom)) {
		if (!stopping.has(firing.scope) || isStop(firing) || isCommuting(world, marking, firing)) yield firing;
	}
}

function hurry(world: World, marking: Marking, freedom: Freedom, onFired: (firing: Firing) => void): Marking {
	let current = marking;
	// A cycle that only passes tokens on never comes to rest; its tokens may then stand anywhere on it.
	const limit = (world.net.nodes.size + 1) * (allTokens(marking).length + 1);
	for (let count = 0; count < limit; count++) {
		const firing = commutingFiring(world, current, freedom) ?? stop(world, current, freedom);
		if (firing === null) return current;
		onFired(firing);
		current = apply(current, firing);
	}
	return current;
}

function commutingFiring(world: World, marking: Marking, freedom: Freedom): Firing | null {
	for (const site of sitesOf(world, marking, freedom)) {
		for (const { place } of site.scope.tokens) {
			const node = site.net.takers.get(place);
			if (node === undefined || place.startsWith('task:') || place.startsWith('wait:') || !commutes(node)) continue;
			for (const firing of nodeFirings(site, node)) if (firing.by === 'engine') return firing;
		}
		if (site.scope.kind === 'loop' && !isSettled(site)) continue;
		const [firing, other] = [...scopeFirings(site)];
		if (firing !== undefined && other === undefined) return firing;
	}
	return null;
}

/** What ends a scope, where that can happen in one way only. */
function stop(world: World, marking: Marking, freedom: Freedom): Firing | null {
	for (const site of sitesOf(world, marking, freedom)) {
		for (const { place } of site.scope.tokens) {
			const node = place.startsWith('flow:') ? site.net.takers.get(place) : undefined;
			if (node === undefined || !endsScope(node)) continue;
			const [firing, other] = [...nodeFirings(site, node)];
			if (firing !== undefined && (other === undefined || node.kind === 'terminateEndEvent')) return firing;
		}
	}
	return null;
}

/** The scopes, with those inside them, in which a token is about to end everything. */
function stoppingScopes(world: World, marking: Marking, freedom: Freedom): ReadonlySet<ScopeId> {
	const stopping = new Set<ScopeId>();
	for (const { net, scope } of sitesOf(world, marking, freedom)) {
		const stops = ({ place }: Token): boolean => {
			const node = place.startsWith('flow:') ? net.takers.get(place) : undefined;
			return node !== undefined && endsScope(node);
		};
		if (!scope.tokens.some(stops)) continue;
		stopping.add(scope.id);
		for (const { id } of scopesWithin(marking, scope.id)) stopping.add(id);
	}
	return stopping;
}

function endsScope(node: Node): boolean {
	return node.kind === 'terminateEndEvent' || thrownBy(node)?.kind === 'error';
}

function isStop({ kind, by }: Firing): boolean {
	return by === 'engine' && (kind === 'terminate' || kind === 'interrupt');
}

function isCommuting(world: World, marking: Marking, { by, kind, node, scope }: Firing): boolean {
	if (by !== 'engine') return false;
	if (node === null || kind === 'finish') return true;
	const net = netAt(world, marking, scopeOf(marking, scope));
	return net !== null && commutes(nodeOf(net, node));
}

/** Taking its input, the node changes nothing for any other: neither what it may consume nor whether it has to wait. */
function commutes(node: Node): boolean {
	if (isDecision(node) || isInclusiveJoin(node) || endsScope(node) || thrownBy(node) !== null) return false;
	if (isActivity(node) && node.loop !== null) return false;
	if ('throws' in node && node.throws?.kind === 'compensation') return false;
	return node.kind === 'eventBasedGateway' || node.outgoing.length < 2;
}

/** Whether a repeated activity has nothing to choose. */
function isSettled(site: Site): boolean {
	const progress = loopProgress(site);
	if (progress === null || progress.mayFinish === progress.mayRepeat) return false;
	// Runs that are still open may be completed before an activity ends early.
	return [...site.marking.scopes.values()].every(({ parent, kind }) => kind !== 'run' || parent !== site.scope.id);
}
