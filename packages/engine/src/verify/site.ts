import type { Node } from '../model/process-model.ts';
import type { ScopeId } from '../terms.ts';
import { withContents } from './contents.ts';
import type { Firing, Freedom } from './firing.ts';
import { followers, isActivity, type Product, plain, type TokenPlan } from './growth.ts';
import type { Marking, Place, Scope, Token } from './marking.ts';
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
	if (kind === 'run' && parent !== null) {
		const produced = [products(parent, [plain(afterRun(node))])];
		return firingAt(site, node, { ...how, consumed: tokens, closed: [...scopes, id], produced });
	}
	const produced = [products(id, followers(node))];
	return firingAt(site, node, { ...how, consumed: tokens, closed: scopes, produced });
}
