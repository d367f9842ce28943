import type { Activity, ProcessModel } from '../model/process-model.ts';
import type { NodeId, TokenId } from '../terms.ts';
import type { Choose } from './conditions.ts';
import { exploredCounts, fixedCount } from './counts.ts';
import { isPossibleDecision } from './decisions.ts';
import { apply, type Firing, type Freedom } from './firing.ts';
import { firings } from './firings.ts';
import { everything } from './freedom.ts';
import { allTokens, elementOf, isEmpty, type Marking, markingKey, markingOf, tokensOf } from './marking.ts';
import { isInclusiveJoin, type Net, netOf, nodeOf } from './net.ts';
import { broadcast } from './signals.ts';
import { walk } from './walk.ts';
import { type ModelOf, type World, worldOf } from './world.ts';

/*
 * A token game over a process model, written from the text of BPMN 2.0.2 (13.2 to 13.5) and sharing nothing with the
 * engine, so that each can be checked against the other.
 */

/** The start stands open, waiting for its initiator. */
export function startMarking(model: ProcessModel): Marking {
	return markingOf([`task:${netOf(model).start}`]);
}

/** The start was completed; nothing else happened. Settle it to see the first open tasks. */
export function initialMarking(model: ProcessModel): Marking {
	return complete(model, startMarking(model), netOf(model).start);
}

/** The nodes of the open tasks, once for each task, in alphabetical order. */
export function openTasks(marking: Marking): readonly NodeId[] {
	return tokensOf(marking)
		.filter((place) => place.startsWith('task:'))
		.map((place) => place.slice('task:'.length));
}

/** Nothing is left: the instance has ended. */
export function hasEnded(marking: Marking): boolean {
	return isEmpty(marking);
}

/**
 * Completes an open task of this node, and no more; where there are several, that of the token. Throws if there is none.
 */
export function complete(
	model: ProcessModel,
	marking: Marking,
	node: NodeId,
	{ token, modelOf }: { readonly token?: TokenId; readonly modelOf?: ModelOf } = {},
): Marking {
	const place = `task:${node}`;
	const task = allTokens(marking).find((each) => each.place === place && (token === undefined || each.id === token));
	const [after] = task === undefined ? [] : happenings(worldOf(model, modelOf), marking, task.id, ['person']);
	if (after === undefined) throw new Error(`no token at ${place}`);
	return after;
}

/** A token that something outside can move, and the node that it stands for. */
export interface Waiting {
	readonly token: TokenId;
	readonly node: NodeId;
	/** event: it waits for one · job: for work to be done. */
	readonly kind: 'event' | 'job';
}

/** What waits for an event or for work to be done, calls of flows that are not known aside. */
export function waitingFor(model: ProcessModel, marking: Marking, modelOf?: ModelOf): readonly Waiting[] {
	const world = worldOf(model, modelOf);
	return allTokens(marking).flatMap(({ id, place }): readonly Waiting[] => {
		const isEvent = place.startsWith('wait:');
		const [firing] = [...firingsOf(world, marking, id)].filter(
			({ by, kind }) => by === 'world' && (isEvent || kind === 'catch' || kind === 'complete'),
		);
		if (firing === undefined) return [];
		return [{ token: id, node: elementOf(place), kind: firing.kind === 'complete' ? 'job' : 'event' }];
	});
}

/**
 * The markings that the event or the work that a token waits for can lead to, several where an event may wait again.
 * Errors that end the work are not among them.
 */
export function arrive(model: ProcessModel, marking: Marking, token: TokenId, modelOf?: ModelOf): readonly Marking[] {
	return happenings(worldOf(model, modelOf), marking, token, ['world']);
}

function happenings(world: World, marking: Marking, token: TokenId, by: readonly Firing['by'][]): readonly Marking[] {
	const isWaiting = allTokens(marking).some(({ id, place }) => id === token && place.startsWith('wait:'));
	return [...firingsOf(world, marking, token)]
		.filter((firing) => by.includes(firing.by) && (isWaiting || firing.kind !== 'interrupt'))
		.map((firing) => apply(marking, firing));
}

function firingsOf(world: World, marking: Marking, token: TokenId): Iterable<Firing> {
	const freedom = { ...everything(world.net), rearms: () => [true, false], comes: () => true };
	return firings(world, marking, { ...freedom, uses: ({ id }) => id === token });
}

export type Settlement =
	| { readonly kind: 'settled'; readonly marking: Marking }
	/** A gateway was given no flow to take. */
	| { readonly kind: 'no-flow-selected'; readonly gateway: NodeId }
	/** It still ran after so many firings: with these choices the model loops without a task. */
	| { readonly kind: 'endless' };

const MAX_FIRINGS = 10_000;

/**
 * Fires everything that needs nobody, until only open tasks, events and waiting joins are left or the instance has
 * ended. Inclusive joins fire last, when nothing else can, in the order of the model's nodes. That is one legal order of
 * several: with inclusive joins the order can matter, see settlements. So can how often an activity is repeated, which
 * the gateways' choices do not tell; here it is as rarely as can be.
 * Throws if a gateway is told to take flows that it does not have, or an exclusive one to take several.
 */
export function settle(model: ProcessModel, marking: Marking, choose: Choose): Settlement {
	const world = worldOf(model);
	let current = marking;
	for (let count = 0; count < MAX_FIRINGS; count++) {
		const candidates = [...automaticFirings(world, current, choose)];
		const isJoin = ({ node }: Firing) => node !== null && isInclusiveJoin(nodeOf(world.net, node));
		const firing = candidates.find((each) => !isJoin(each)) ?? candidates[0];
		if (firing === undefined) return { kind: 'settled', marking: current };
		if (firing.node !== null && firing.chosen?.length === 0) {
			return { kind: 'no-flow-selected', gateway: firing.node };
		}
		current = broadcast(world, apply(current, firing), firing);
	}
	return { kind: 'endless' };
}

/**
 * Every marking in which settling can come to rest, whatever the order and however often activities are repeated, by
 * markingKey; null if there are more than `states` markings on the way. A gateway that is given no flow stays as it is.
 */
export function settlements(
	model: ProcessModel,
	marking: Marking,
	choose: Choose,
	states: number,
): ReadonlyMap<string, Marking> | null {
	const world = worldOf(model);
	const settled = new Map<string, Marking>();
	const { end } = walk(
		marking,
		{
			firings: (current) => [...automaticFirings(world, current, choose)].filter(({ chosen }) => chosen?.length !== 0),
			rest: (current, firing) => broadcast(world, current, firing),
			key: markingKey,
		},
		{ states },
		{
			arrive: (visit) => {
				if (mayRest(world, visit.marking, choose)) settled.set(visit.key, visit.marking);
				return 'go-on';
			},
		},
	);
	return end === 'all' ? settled : null;
}

/** Whether nothing is left to do, but what is up to conditions that are not known here. */
function mayRest(world: World, marking: Marking, choose: Choose): boolean {
	for (const firing of automaticFirings(world, marking, choose)) {
		if (firing.chosen?.length !== 0 && !endsEarly(marking, firing)) return false;
	}
	return true;
}

/** A repeated activity that ends though some of its runs are open. */
function endsEarly(marking: Marking, { kind, closed }: Firing): boolean {
	const scopes = closed.flatMap((id) => marking.scopes.get(id) ?? []);
	return kind === 'finish' && scopes.some((scope) => scope.kind === 'run' && closed.includes(scope.parent ?? -1));
}

function* automaticFirings(world: World, marking: Marking, choose: Choose): Generator<Firing> {
	const freedom: Freedom = {
		...everything(world.net, ({ id }) => [checkedChoice(world.net, id, choose)]),
		counts: possibleCounts,
		comes: () => true,
	};
	for (const firing of firings(world, marking, freedom)) if (firing.by === 'engine') yield firing;
}

/** Lists and counts that are not written in the model are taken to be this long at most. */
const LONGEST = 4;

function possibleCounts(activity: Activity): readonly number[] {
	if (activity.loop?.kind === 'standard') return exploredCounts(activity);
	const fixed = fixedCount(activity.loop);
	return fixed === null ? Array.from({ length: LONGEST + 1 }, (_, count) => count) : [fixed];
}

function checkedChoice(net: Net, gateway: NodeId, choose: Choose) {
	const flows = choose(gateway);
	if (flows.length > 0 && !isPossibleDecision(nodeOf(net, gateway), flows)) {
		throw new Error(`${gateway} cannot take [${flows.join(', ')}]`);
	}
	return flows;
}
