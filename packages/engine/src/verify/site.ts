import type { Node } from '../model/process-model.ts';
import type { ScopeId } from '../terms.ts';
import { withContents } from './contents.ts';
import type { Firing, Freedom } from './firing.ts';
import { completed, followers, isActivity, type Product, plain, type TokenPlan } from './growth.ts';
import type { Completed, Marking, Place, Scope, Token } from './marking.ts';
import type { Net } from './net.ts';
import type { World } from './world.ts';

/** One scope of a marking, where something may happen. */
export interface Site {
	readonly world: World;
	/** The model that the nodes of the scope are of. */
	readonly net: Net;
	readonly marking: Marking;
	readonly scope: Scope;
	readonly freedom: Freedom;
}

type Details = Pick<Firing, 'kind' | 'consumed' | 'produced'> & Partial<Firing>;

export function firingAt({ scope }: Site, node: Node, details: Details): Firing {
	return { node: node.id, scope: scope.id, closed: [], chosen: null, count: null, by: 'engine', ...details };
}

/** What is produced in one scope. */
export function products(scope: ScopeId, tokens: readonly TokenPlan[]): Product {
	return { scope, tokens, runs: [] };
}

/** Where completing one of several parallel runs may end all, that is to be decided first. */
function afterRun(node: Node): Place {
	const isAsked = isActivity(node) && node.loop?.kind === 'parallel' && node.loop.completionCondition !== null;
	return isAsked ? `active:${node.id}` : `sink:${node.id}`;
}

/** An activity is done: its token goes with all inside it, and what follows begins; of one run, the run is finished. */
export function leave(site: Site, node: Node, token: Token, how: Pick<Firing, 'kind' | 'by'>): Firing {
	const { tokens, scopes } = withContents(site.marking, token);
	const { id, kind, parent } = site.scope;
	const left = compensable(site, node, token).map(completed);
	if (kind === 'run' && parent !== null) {
		const produced = [products(parent, [plain(afterRun(node)), ...left])];
		return firingAt(site, node, { ...how, consumed: tokens, closed: [...scopes, id], produced });
	}
	// What compensates is not compensated itself.
	const next = kind === 'compensation' ? [plain(`sink:${node.id}`)] : [...goingOn(node), ...left];
	return firingAt(site, node, { ...how, consumed: tokens, closed: scopes, produced: [products(id, next)] });
}

/** A compensation that nobody waits for has let its event go on at once. */
function goingOn(node: Node): readonly TokenPlan[] {
	const throws = node.kind === 'intermediateThrowEvent' ? node.throws : null;
	return throws?.kind === 'compensation' && !throws.waits ? [plain(`sink:${node.id}`)] : followers(node);
}

/**
 * What can be compensated once an activity is completed: itself by its handler; without one, a subprocess by
 * compensating what was completed in it (BPMN 2.0.2, 10.6 and 13.5.5). Of a repeated one, each of its runs.
 */
export function compensable({ marking, scope }: Site, node: Node, token: Token): readonly Completed[] {
	const around = [...marking.scopes.values()].find(({ host }) => host === token.id);
	const inside = (around?.tokens ?? []).flatMap(({ done }) => done ?? []);
	if (around?.kind === 'loop') return inside;
	const hasHandler = isActivity(node) && node.compensation !== undefined;
	const isSub = node.kind === 'subProcess' || node.kind === 'eventSubProcess';
	if (!hasHandler && (!isSub || inside.length === 0)) return [];
	const atOnce = scope.kind === 'run' && isActivity(node) && node.loop?.kind === 'parallel';
	return [{ activity: node.id, inside: hasHandler ? [] : inside, together: atOnce ? scope.parent : null }];
}
