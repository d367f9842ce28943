import type { FlowId, NodeId } from '../terms.ts';
import { apply, type Firing } from './firing.ts';
import type { Marking } from './marking.ts';

/** How much may be explored. */
export interface Budget {
	/** Markings that may be visited at most. */
	readonly states: number;
	/** Asked now and then: true ends the exploration. The verifier has no clock of its own. */
	readonly expired?: () => boolean;
}

/** One thing that somebody, the world outside or a condition decided, on the way to a marking. */
export type PathStep =
	| { readonly kind: 'complete'; readonly node: NodeId }
	| { readonly kind: 'choose'; readonly node: NodeId; readonly flows: readonly FlowId[] }
	/** An event came, or work done outside ended in an error. */
	| { readonly kind: 'event'; readonly node: NodeId }
	/** An activity was to be repeated so often. */
	| { readonly kind: 'repeat'; readonly node: NodeId; readonly count: number };

export interface Visit {
	readonly key: string;
	readonly marking: Marking;
	/** How it was first reached, by the fewest firings; null at the beginning. */
	readonly from: Visit | null;
	readonly step: PathStep | null;
}

/** The rules of a walk. */
export interface Terrain {
	/** What to follow from a marking. */
	readonly firings: (marking: Marking) => Iterable<Firing>;
	/** Moves on to the marking that stands for the given one, which a firing led to; null at the beginning. */
	readonly rest: (marking: Marking, firing: Firing | null) => Marking;
	readonly key: (marking: Marking) => string;
}

/** What the caller wants to be told. */
export interface Observer {
	/** A marking was reached for the first time. `pass-by`: do not go on from it; `stop`: end the walk. Default: go on. */
	readonly arrive?: (visit: Visit) => 'go-on' | 'pass-by' | 'stop';
	/** A firing leads from one marking to another. */
	readonly follow?: (from: Visit, firing: Firing, toKey: string) => void;
	/** All that can fire here was followed. */
	readonly leave?: (visit: Visit) => void;
}

export interface Walked {
	readonly visits: ReadonlyMap<string, Visit>;
	/** all: nothing is left to visit · stopped: the observer had enough · budget: it was used up. */
	readonly end: 'all' | 'stopped' | 'budget';
}

/** Visits what can be reached from a marking, those first that need the fewest firings. */
export function walk(start: Marking, terrain: Terrain, budget: Budget, observer: Observer): Walked {
	const visits = new Map<string, Visit>();
	const pending: Visit[] = [];
	let end: Walked['end'] = 'all';

	const reach = (marking: Marking, from: Visit | null, step: PathStep | null): string => {
		const key = terrain.key(marking);
		if (visits.has(key)) return key;
		if (visits.size >= budget.states) {
			end = 'budget';
			return key;
		}
		const visit = { key, marking, from, step };
		visits.set(key, visit);
		const answer = observer.arrive?.(visit) ?? 'go-on';
		if (answer === 'go-on') pending.push(visit);
		if (answer === 'stop') end = 'stopped';
		return key;
	};

	const isOver = (): boolean => {
		if (end === 'all' && budget.expired?.() === true) end = 'budget';
		return end !== 'all';
	};

	reach(terrain.rest(start, null), null, null);
	// The list grows while it is read.
	for (const visit of pending) {
		if (isOver()) break;
		for (const firing of terrain.firings(visit.marking)) {
			// One marking can have more of them than there is time for.
			if (isOver()) break;
			const key = reach(terrain.rest(apply(visit.marking, firing), firing), visit, pathStep(firing));
			if (end !== 'all') break;
			observer.follow?.(visit, firing, key);
		}
		if (end === 'all') observer.leave?.(visit);
	}
	return { visits, end };
}

/** What was decided on the way to a visit, oldest first. */
export function pathTo(visit: Visit): readonly PathStep[] {
	const steps: PathStep[] = [];
	for (let at: Visit | null = visit; at !== null; at = at.from) if (at.step !== null) steps.push(at.step);
	return steps.reverse();
}

function pathStep({ kind, node, chosen, count, by }: Firing): PathStep | null {
	if (node === null) return null;
	if (kind === 'complete') return { kind, node };
	if (by === 'world') return { kind: kind === 'finish' ? 'complete' : 'event', node };
	if (count !== null) return { kind: 'repeat', node, count };
	return chosen === null ? null : { kind: 'choose', node, flows: chosen };
}
