import fc, { type Arbitrary } from 'fast-check';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { FlowId, NodeId, Variables } from '../../src/terms.ts';
import { decisionsOf } from '../../src/verify/decisions.ts';
import { netOf, nodeOf } from '../../src/verify/net.ts';
import { decidingGateways, steer, userTasks } from './draft.ts';

/** A model with all that a driver needs to run it in a random but repeatable way. */
export interface Scenario {
	readonly model: ProcessModel;
	/**
	 * The gateways whose variable a node writes when it is completed. The start writes them all; the tasks all, some or
	 * none, so that some gateways read what a concurrent task wrote.
	 */
	readonly writers: Readonly<Record<NodeId, readonly NodeId[]>>;
	/** What a driver takes its choices from, one after the other; it stops when they are used up. */
	readonly picks: readonly number[];
}

export function scenario(model: Arbitrary<ProcessModel>, { maxPicks = 40 } = {}): Arbitrary<Scenario> {
	const habit = fc.oneof(
		{ weight: 2, arbitrary: fc.constant('all' as const) },
		{ weight: 1, arbitrary: fc.constant('none' as const) },
		{ weight: 3, arbitrary: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 2 }) },
	);
	return fc
		.tuple(
			model,
			fc.array(habit, { minLength: 30, maxLength: 30 }),
			fc.array(fc.nat({ max: 1_000_000 }), { maxLength: maxPicks, size: 'max' }),
		)
		.map(([one, habits, picks]) => ({ model: one, writers: writersOf(one, habits), picks }));
}

/** Takes picks one after the other: a number below `count`, or null when they are used up. */
export function picker(picks: readonly number[]): (count: number) => number | null {
	let next = 0;
	return (count) => {
		const pick = picks[next++];
		return pick === undefined ? null : pick % count;
	};
}

/**
 * The variables that a node writes when it is completed: for each of its gateways those that lead it to one of the
 * decisions it can take. Where the picks are used up, to the first.
 */
export function writtenBy(
	{ model, writers }: Scenario,
	node: NodeId,
	pick: (count: number) => number | null,
): Variables {
	return Object.assign(
		{},
		...(writers[node] ?? []).map((gateway) => {
			const decisions = possibleDecisions(model, gateway);
			return steer(model, gateway, decisions[pick(decisions.length) ?? 0] ?? []);
		}),
	);
}

/** Every set of flows that the conditions of the gateway can select. */
export function possibleDecisions(model: ProcessModel, gateway: NodeId): readonly (readonly FlowId[])[] {
	const net = netOf(model);
	return [...decisionsOf(net, nodeOf(net, gateway))];
}

type Habit = 'all' | 'none' | readonly number[];

function writersOf(model: ProcessModel, habits: readonly Habit[]): Scenario['writers'] {
	const gateways = decidingGateways(model);
	const of = (habit: Habit): readonly NodeId[] => {
		if (habit === 'all') return gateways;
		if (habit === 'none' || gateways.length === 0) return [];
		return gateways.filter((_, position) => habit.some((number) => number % gateways.length === position));
	};
	const tasks = userTasks(model).map(
		(task, position) => [task, of(habits[position % habits.length] ?? 'all')] as const,
	);
	return Object.fromEntries([[netOf(model).start, gateways], ...tasks]);
}
