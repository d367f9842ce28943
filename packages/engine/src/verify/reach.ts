import type { ProcessModel } from '../model/process-model.ts';
import { crowded } from './crowded.ts';
import { type Granularity, terrainOf } from './granularity.ts';
import { isEmpty, type Marking } from './marking.ts';
import { type Budget, walk } from './walk.ts';
import { type ModelOf, worldOf } from './world.ts';

/** `unknown`: the budget was used up first. */
export type Reachability = 'yes' | 'no' | 'unknown';

export interface ReachOptions {
	readonly granularity?: Granularity;
	/** The models of called flows that run in the marking; where it is not known, a call is seen from outside only. */
	readonly modelOf?: ModelOf;
}

/**
 * Whether some order, some decisions and some events lead from a marking to one of which the predicate is true, without
 * ever two tokens on one place. The predicate sees at most one token in each sink, and at granularity `decision` only
 * markings that came to rest.
 */
export function canReach(
	model: ProcessModel,
	from: Marking,
	predicate: (marking: Marking) => boolean,
	budget: Budget,
	{ granularity = 'decision', modelOf }: ReachOptions = {},
): Reachability {
	const world = worldOf(model, modelOf);
	const { end } = walk(from, terrainOf(world, granularity), budget, {
		arrive: ({ marking }) => {
			if (crowded(world, marking).length > 0) return 'pass-by';
			return predicate(marking) ? 'stop' : 'go-on';
		},
	});
	return REACHABILITY[end];
}

const REACHABILITY = { stopped: 'yes', all: 'no', budget: 'unknown' } as const;

/** Whether the process can still end from this marking, without ever two tokens on one place. */
export function canComplete(model: ProcessModel, from: Marking, budget: Budget, options?: ReachOptions): Reachability {
	return canReach(model, from, isEmpty, budget, options);
}
