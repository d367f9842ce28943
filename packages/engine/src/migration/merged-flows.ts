import { elementOf } from '../scopes.ts';
import type { InstanceState } from '../state.ts';
import type { FlowId } from '../terms.ts';
import { type MigrationProblem, problem } from './migration-problems.ts';
import { isOwn, type MovedToken } from './move-tokens.ts';

/** Paths that came on several flows and would be on one and the same: a join takes one path from each, and would leave the others. */
export function mergedFlows(state: InstanceState, moved: readonly MovedToken[]): readonly MigrationProblem[] {
	const sources = new Map<string, Set<FlowId>>();
	for (const { before, after } of moved) {
		if (!after.place.startsWith('flow:') || !isOwn(state, after.scope)) continue;
		// Runs of several each have a join of their own.
		const path = `${after.scope} ${elementOf(after)}`;
		sources.set(path, (sources.get(path) ?? new Set()).add(elementOf(before)));
	}
	const merged = [...sources.values()].filter(({ size }) => size > 1);
	return merged.flatMap((flows) => [...flows]).map((flow) => problem('flow-ambiguous', flow));
}
