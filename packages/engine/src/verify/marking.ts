import type { FlowId, NodeId } from '../terms.ts';

/** Where a token can be. Written out here once more: the verifier shares no code with what it checks. */
export type Place = `flow:${FlowId}` | `task:${NodeId}` | `sink:${NodeId}`;

/** A multiset of tokens: how many each place holds. Places without tokens are absent. */
export type Marking = ReadonlyMap<Place, number>;

export function markingOf(places: Iterable<Place>): Marking {
	const marking = new Map<Place, number>();
	for (const place of places) marking.set(place, (marking.get(place) ?? 0) + 1);
	return marking;
}

/** The places of a marking in alphabetical order, once for each token. */
export function tokensOf(marking: Marking): readonly Place[] {
	return [...marking].flatMap(([place, count]) => Array.from({ length: count }, () => place)).sort();
}

/** Whether the marking holds all of these tokens, a place named twice standing for two. */
export function holds(marking: Marking, places: readonly Place[]): boolean {
	for (const [place, count] of markingOf(places)) if ((marking.get(place) ?? 0) < count) return false;
	return true;
}

/** The marking after these tokens were consumed and those produced. Throws if a consumed token is not there. */
export function move(marking: Marking, consumed: readonly Place[], produced: readonly Place[]): Marking {
	const next = new Map(marking);
	for (const place of consumed) {
		const count = next.get(place) ?? 0;
		if (count === 0) throw new Error(`no token at ${place}`);
		if (count === 1) next.delete(place);
		else next.set(place, count - 1);
	}
	for (const place of produced) next.set(place, (next.get(place) ?? 0) + 1);
	return next;
}

export function isSink(place: Place): boolean {
	return place.startsWith('sink:');
}

/** Equal for equal markings only: ids are XML names, which hold neither spaces nor asterisks. */
export function markingKey(marking: Marking): string {
	return [...marking]
		.map(([place, count]) => (count === 1 ? place : `${place}*${count}`))
		.sort()
		.join(' ');
}

/**
 * The marking with at most one token in each sink. How often an end event was reached changes nothing that can still
 * happen, and a loop that forks to an end event would have infinitely many markings otherwise.
 */
export function withSinglesInSinks(marking: Marking): Marking {
	return new Map([...marking].map(([place, count]) => [place, isSink(place) ? 1 : count]));
}

/** The key of a marking in an exploration: as markingKey, whatever the number of tokens in a sink. */
export function stateKey(marking: Marking): string {
	return markingKey(withSinglesInSinks(marking));
}
