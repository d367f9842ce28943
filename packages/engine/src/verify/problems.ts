import type { NodeId } from '../terms.ts';
import type { Place } from './marking.ts';
import type { PathStep } from './walk.ts';

/** What can go wrong in a model, each with a shortest way to it. */
export type Problem =
	/** Tokens wait at joins for others that can never come, and nothing else is open. */
	| { readonly kind: 'deadlock'; readonly waiting: readonly Place[]; readonly path: readonly PathStep[] }
	/** The same, after a part of the process had already reached an end event. */
	| { readonly kind: 'left-behind'; readonly waiting: readonly Place[]; readonly path: readonly PathStep[] }
	/** A place can hold two tokens at once: what follows would run twice. */
	| { readonly kind: 'two-tokens'; readonly place: Place; readonly path: readonly PathStep[] }
	/** From here on the end can no longer be reached, though something can still happen. */
	| { readonly kind: 'no-way-to-end'; readonly path: readonly PathStep[] }
	/** No decision and no order leads to this node. */
	| { readonly kind: 'dead-node'; readonly node: NodeId };

/** What two findings have in common that are the same one, reached in two ways. */
export function problemKey(problem: Problem): string {
	switch (problem.kind) {
		case 'two-tokens':
			return `${problem.kind} ${problem.place}`;
		case 'dead-node':
			return `${problem.kind} ${problem.node}`;
		case 'no-way-to-end':
			return problem.kind;
		case 'deadlock':
		case 'left-behind':
			return `${problem.kind} ${problem.waiting.join(' ')}`;
	}
}
