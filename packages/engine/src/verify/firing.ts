import type { FiringKind } from '../events.ts';
import type { Activity, CallActivity, Node } from '../model/process-model.ts';
import type { FlowId, NodeId, ScopeId } from '../terms.ts';
import { grow, type Product } from './growth.ts';
import { type CalledFlow, type Marking, type Scope, type Token, without } from './marking.ts';

/** One step of the token game. */
export interface Firing {
	readonly kind: FiringKind;
	/** Null: the process itself, that finishes. */
	readonly node: NodeId | null;
	readonly scope: ScopeId;
	readonly consumed: readonly Token[];
	/** Scopes that end with it. */
	readonly closed: readonly ScopeId[];
	readonly produced: readonly Product[];
	/** The flows taken, where the node had a choice. */
	readonly chosen: readonly FlowId[] | null;
	/** How many runs a repeated activity is to have, where it is entered. */
	readonly count: number | null;
	/** engine: nobody has to do anything · person: an open task is completed · world: an event comes, or work is done. */
	readonly by: 'engine' | 'person' | 'world';
}

/** What the model leaves open. */
export interface Freedom {
	/** The sets of outgoing flows that a deciding gateway may take. */
	readonly flows: (gateway: Node) => Iterable<readonly FlowId[]>;
	/** How often a repeated activity may be run. */
	readonly counts: (activity: Activity) => Iterable<number>;
	/** Which flow a call runs; null: it is seen from outside only. */
	readonly called: (activity: CallActivity) => CalledFlow | null;
	/** Whether a non-interrupting event that came waits for the next. */
	readonly rearms: (event: Node) => Iterable<boolean>;
	/** Whether a non-interrupting event may come now; `host` is the token of its activity, null for an event subprocess. */
	readonly comes: (scope: Scope, event: Node, host: Token | null) => boolean;
	/** Only firings that use such tokens are of interest. */
	readonly uses: (token: Token) => boolean;
}

export function apply(marking: Marking, { consumed, closed, produced }: Firing): Marking {
	return grow(without(marking, consumed, closed), produced);
}
