import { isSink, type Marking, type Place } from './marking.ts';
import { netAt, type World } from './world.ts';

/**
 * The places that hold several tokens in one scope; sinks aside, and places where that is meant because only
 * non-interrupting events lead to them.
 */
export function crowded(world: World, marking: Marking): readonly Place[] {
	const found = new Set<Place>();
	for (const scope of marking.scopes.values()) {
		const isCounted = scope.kind === 'loop' || scope.kind === 'compensation';
		const net = isCounted ? null : netAt(world, marking, scope);
		if (net === null) continue;
		const seen = new Set<Place>();
		for (const { place, done } of scope.tokens) {
			if (seen.has(place) && !isSink(place) && done === null && !net.aside.has(place)) found.add(place);
			seen.add(place);
		}
	}
	return [...found];
}
