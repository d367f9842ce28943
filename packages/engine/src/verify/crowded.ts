import { isSink, type Marking, type Place } from './marking.ts';
import { netAt, type World } from './world.ts';

/**
 * The places that hold several tokens in one scope; sinks aside, and places where that is meant because only
 * non-interrupting events lead to them.
 */
export function crowded(world: World, marking: Marking): readonly Place[] {
	const found = new Set<Place>();
	for (const scope of marking.scopes.values()) {
		const net = scope.kind === 'loop' ? null : netAt(world, marking, scope);
		if (net === null) continue;
		const seen = new Set<Place>();
		for (const { place } of scope.tokens) {
			if (seen.has(place) && !isSink(place) && !net.aside.has(place)) found.add(place);
			seen.add(place);
		}
	}
	return [...found];
}
