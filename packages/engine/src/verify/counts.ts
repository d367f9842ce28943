import type { Activity, Loop } from '../model/process-model.ts';

/** How often an activity is repeated where the model says it in so many words; null where it depends. */
export function fixedCount(loop: Loop | null): number | null {
	if (loop === null || loop.kind === 'standard') return null;
	const tree = loop.cardinality?.tree;
	return tree?.kind === 'literal' && typeof tree.value === 'number' && tree.value >= 0 ? tree.value : null;
}

/** More runs of an activity than these add nothing new: none, one, and several at once. */
const MOST_RUNS = 2;

/** How often an activity is repeated in an exploration. */
export function exploredCounts({ loop }: Activity): readonly number[] {
	if (loop === null) return [1];
	if (loop.kind === 'standard') return loop.testBefore ? [0, 1] : [1];
	const fixed = fixedCount(loop);
	return fixed === null ? Array.from({ length: MOST_RUNS + 1 }, (_, count) => count) : [Math.min(fixed, MOST_RUNS)];
}
