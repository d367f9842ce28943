import { placesBefore } from '../causality/zone.ts';
import type { ParallelGateway, ProcessModel } from '../model/process-model.ts';
import type { Place, Scope, Token } from '../state.ts';
import type { NodeId, ScopeId } from '../terms.ts';

/** A parallel join that a token can come to, or has come to, and that has an in-flow which no token can come to. */
export interface StarvedJoin {
	readonly scope: ScopeId;
	readonly join: NodeId;
}

/**
 * Looks at where tokens are and at flows only, not at what gateways will choose.
 *
 * @param scopes those whose nodes are of the model
 */
export function starvedJoins(
	model: ProcessModel,
	tokens: readonly Pick<Token, 'place' | 'scope'>[],
	scopes: readonly Pick<Scope, 'id' | 'kind' | 'element'>[],
): readonly StarvedJoin[] {
	const joins = Object.values(model.nodes).filter(
		(node): node is ParallelGateway => node.kind === 'parallelGateway' && node.incoming.length > 1,
	);
	return scopes.flatMap(({ id: scope, kind, element }) => {
		if (kind !== 'process' && kind !== 'sub') return [];
		const places = new Set(tokens.filter((token) => token.scope === scope).map(({ place }) => place));
		const inside = joins.filter(({ parent }) => parent === element);
		return inside.filter((join) => isStarved(model, join, places)).map(({ id: join }) => ({ scope, join }));
	});
}

function isStarved(model: ProcessModel, { id, incoming }: ParallelGateway, places: ReadonlySet<Place>): boolean {
	const fed = incoming.filter((flow) => [...placesBefore(model, id, [flow])].some((place) => places.has(place)));
	return fed.length > 0 && fed.length < incoming.length;
}
