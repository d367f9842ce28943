import type { FlowId, NodeId } from '../terms.ts';
import { apply, type Firing } from './firings.ts';
import type { Marking } from './marking.ts';

/** How much may be explored. */
export interface Budget {
	/** Markings that may be visited at most. */
	readonly states: number;
	/** Asked now and then: true ends the exploration. The verifier has no clock of its own. */
	readonly expired?: () => boolean;
}

/** One thing that somebody or a condition decided, on the way to a marking. */
export type PathStep =
	| { readonly kind: 'complete'; readonly node: NodeId }
	| { readonly kind: 'choose'; readonly node: NodeId; readonly flows: readonly FlowId[] };

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
	/** Moves on to the marking that stands for the given one. */
	readonly rest: (marking: Marking) => Marking;
	readonly key: (marking: Marking) => string;
}

/** What the caller wants to be told. */
export interface Observer {
	/** A marking was reached for the first time. `pass-by`: do not go on from it; `stop`: end the walk. Default: go on. */
	readonly arrive?: (visit: Visit) => 'go-on' | 'pass-by' | 'stop';
	/** A firing leads from one marking to another. */
	readonly follow?: (from: Visit, firing: Firing, toKey: string) => void;
	/** Nothing can fire here. */
	readonly stuck?: (visit: Visit) => void;
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

	reach(terrain.rest(start), null, null);
	// The list grows while it is read.
	for (const visit of pending) {
		if (end === 'all' && budget.expired?.() === true) end = 'budget';
		if (end !== 'all') break;
		let stuck = true;
		for (const firing of terrain.firings(visit.marking)) {
			stuck = false;
			const key = reach(terrain.rest(apply(visit.marking, firing)), visit, pathStep(firing));
			if (end !== 'all') break;
			observer.follow?.(visit, firing, key);
		}
		if (stuck) observer.stuck?.(visit);
	}
	return { visits, end };
}

/** What was decided on the way to a visit, oldest first. */
export function pathTo(visit: Visit): readonly PathStep[] {
	const steps: PathStep[] = [];
	for (let at: Visit | null = visit; at !== null; at = at.from) if (at.step !== null) steps.push(at.step);
	return steps.reverse();
}

function pathStep(firing: Firing): PathStep | null {
	if (firing.node === null) return null;
	if (firing.kind === 'complete') return { kind: 'complete', node: firing.node };
	return firing.chosen === null ? null : { kind: 'choose', node: firing.node, flows: firing.chosen };
}
