import { outwards, type Scopes } from '@sendback/engine/causality/known-scopes.ts';
import type { NodeId, ScopeId } from '@sendback/engine/terms.ts';

/** A service task as seen from a scope around it. */
export interface Place {
	readonly scope: ScopeId;
	/** The scope, and the elements from there down to the service task. */
	readonly path: string;
}

/**
 * Where work is done, as seen from each scope around it, the nearest first. Scopes that a rollback undid come again with other
 * ids: what is to be undone and what is to be done again have the same path from a scope that stayed.
 */
export function placesOf(scopes: Scopes, scope: ScopeId, node: NodeId): readonly Place[] {
	const places: Place[] = [];
	let below: string = node;
	for (const { id, element } of outwards(scopes, scope)) {
		places.push({ scope: id, path: `${id} ${below}` });
		below = `${element} ${below}`;
	}
	return places;
}
