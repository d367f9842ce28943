import type { ProcessModel } from '../model/process-model.ts';
import { crowded } from './explore.ts';
import { type Granularity, terrainOf } from './granularity.ts';
import type { Marking } from './marking.ts';
import { netOf } from './net.ts';
import { type Budget, walk } from './walk.ts';

/** `unknown`: the budget was used up first. */
export type Reachability = 'yes' | 'no' | 'unknown';

/**
 * Whether some order and some decisions lead from a marking to one of which the predicate is true, without ever two
 * tokens on one place. The predicate sees at most one token in each sink, and at granularity `decision` only markings
 * that came to rest.
 */
export function canReach(
	model: ProcessModel,
	from: Marking,
	predicate: (marking: Marking) => boolean,
	budget: Budget,
	granularity: Granularity = 'decision',
): Reachability {
	const { end } = walk(from, terrainOf(netOf(model), granularity), budget, {
		arrive: ({ marking }) => {
			if (crowded(marking).length > 0) return 'pass-by';
			return predicate(marking) ? 'stop' : 'go-on';
		},
	});
	return REACHABILITY[end];
}

const REACHABILITY = { stopped: 'yes', all: 'no', budget: 'unknown' } as const;

/** Whether the process can still end from this marking, without ever two tokens on one place. */
export function canComplete(model: ProcessModel, from: Marking, budget: Budget): Reachability {
	return canReach(model, from, (marking) => marking.size === 0, budget);
}
