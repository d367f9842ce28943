import type { ProcessModel } from '../model/process-model.ts';
import type { NodeId, ScopeId } from '../terms.ts';
import { crowded } from './crowded.ts';
import { distinctDecisions } from './decisions.ts';
import type { Firing } from './firing.ts';
import { type Granularity, terrainOf } from './granularity.ts';
import { startMarking } from './interpreter.ts';
import { isEmpty, type Marking } from './marking.ts';
import type { Net } from './net.ts';
import { type Problem, problemKey } from './problems.ts';
import { reachedBy } from './reached-nodes.ts';
import { together, withOneStart } from './starts.ts';
import { livelyBy, stuckScopes } from './stuck.ts';
import { type Budget, pathTo, type Visit, walk } from './walk.ts';
import { worldOf } from './world.ts';

export interface Exploration {
	/**
	 * Every marking found, by stateKey; the empty one is the end. With one token at most in each sink; and of flows between
	 * the same two nodes that are taken alike, the first ones (decisions.ts).
	 */
	readonly states: ReadonlyMap<string, Marking>;
	/** False where the budget ended it, also that of problems, or a place with two tokens, which is not explored further. */
	readonly complete: boolean;
	/** A problem that shows in several markings is told once, where it is reached first. */
	readonly problems: readonly Problem[];
}

export interface ExplorationBudget extends Budget {
	/** Stop after so many problems; default: find all. */
	readonly problems?: number;
}

/**
 * Explores every decision, every order of completion and every event that may come, within the bounds of freedom.ts;
 * called flows are explored by themselves, not here. Dead nodes and missing ends need a complete exploration.
 */
export function explore(
	model: ProcessModel,
	budget: ExplorationBudget,
	granularity: Granularity = 'decision',
): Exploration {
	return together(withOneStart(model).map((each) => exploreFromStart(each, budget, granularity)));
}

function exploreFromStart(model: ProcessModel, budget: ExplorationBudget, granularity: Granularity): Exploration {
	const world = worldOf(model);
	const problems = new Map<string, Problem>();
	const report = (problem: Exclude<Problem, { kind: 'dead-node' }>, visit: Visit): void => {
		const key = problemKey(problem);
		if (!problems.has(key)) problems.set(key, { ...problem, path: pathTo(visit) });
	};
	const reached = new Set<NodeId>();
	const fired = (firing: Firing): void => {
		for (const node of reachedBy(world.net, firing)) reached.add(node);
	};
	const reverse = new Map<string, string[]>();
	let lively = new Set<ScopeId>();

	const maxProblems = budget.problems ?? Number.POSITIVE_INFINITY;
	const expired = () => problems.size >= maxProblems || budget.expired?.() === true;
	const { visits, end } = walk(
		startMarking(model),
		terrainOf(world, granularity, fired, (gateway) => distinctDecisions(world.net, gateway)),
		{ states: budget.states, expired },
		{
			arrive: (visit) => {
				const places = crowded(world, visit.marking);
				for (const place of places) report({ kind: 'two-tokens', place, path: [] }, visit);
				return places.length === 0 ? 'go-on' : 'pass-by';
			},
			follow: (from, firing, toKey) => {
				fired(firing);
				for (const scope of livelyBy(world.net, firing)) lively.add(scope);
				const sources = reverse.get(toKey);
				if (sources === undefined) reverse.set(toKey, [from.key]);
				else if (sources.at(-1) !== from.key) sources.push(from.key);
			},
			leave: (visit) => {
				for (const { waiting, hasEnds } of stuckScopes(visit.marking, lively)) {
					report({ kind: hasEnds ? 'left-behind' : 'deadlock', waiting, path: [] }, visit);
				}
				lively = new Set();
			},
		},
	);
	const found = [...problems.values()];
	const complete = end === 'all' && !found.some(({ kind }) => kind === 'two-tokens');
	if (complete) {
		if (found.length === 0) found.push(...missingEnds(visits, reverse));
		found.push(...deadNodes(world.net, reached));
	}
	return { states: new Map([...visits].map(([key, { marking }]) => [key, marking])), complete, problems: found };
}

function deadNodes(net: Net, reached: ReadonlySet<NodeId>): readonly Problem[] {
	return [...net.nodes.keys()].filter((node) => !reached.has(node)).map((node) => ({ kind: 'dead-node', node }));
}

function missingEnds(
	visits: ReadonlyMap<string, Visit>,
	reverse: ReadonlyMap<string, readonly string[]>,
): readonly Problem[] {
	const pending = [...visits.values()].filter(({ marking }) => isEmpty(marking)).map(({ key }) => key);
	const endable = new Set(pending);
	for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
		for (const source of reverse.get(key) ?? []) {
			if (endable.has(source)) continue;
			endable.add(source);
			pending.push(source);
		}
	}
	const visit = [...visits.values()].find(({ key }) => !endable.has(key));
	return visit === undefined ? [] : [{ kind: 'no-way-to-end', path: pathTo(visit) }];
}
