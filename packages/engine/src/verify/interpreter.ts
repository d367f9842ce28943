import type { ProcessModel } from '../model/process-model.ts';
import type { NodeId } from '../terms.ts';
import type { Choose } from './conditions.ts';
import { isPossibleDecision } from './decisions.ts';
import { apply, completion, type Firing, firings } from './firings.ts';
import { type Marking, markingKey, markingOf, tokensOf } from './marking.ts';
import { isInclusiveJoin, type Net, netOf, nodeOf } from './net.ts';
import { walk } from './walk.ts';

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
	const net = netOf(model);
	return apply(startMarking(model), completion(nodeOf(net, net.start)));
}

/** The nodes of the open tasks, once for each task, in alphabetical order. */
export function openTasks(marking: Marking): readonly NodeId[] {
	return tokensOf(marking)
		.filter((place) => place.startsWith('task:'))
		.map((place) => place.slice('task:'.length));
}

/** Nothing is left: the instance has ended. */
export function hasEnded(marking: Marking): boolean {
	return marking.size === 0;
}

/** Completes an open task of this node, and no more. Throws if there is none. */
export function complete(model: ProcessModel, marking: Marking, node: NodeId): Marking {
	return apply(marking, completion(nodeOf(netOf(model), node)));
}

export type Settlement =
	| { readonly kind: 'settled'; readonly marking: Marking }
	/** A gateway was given no flow to take. */
	| { readonly kind: 'no-flow-selected'; readonly gateway: NodeId }
	/** It still ran after so many firings: with these choices the model loops without a task. */
	| { readonly kind: 'endless' };

const MAX_FIRINGS = 10_000;

/**
 * Fires everything that needs nobody, until only open tasks and waiting joins are left or the instance has ended.
 * Inclusive joins fire last, when nothing else can, in the order of the model's nodes. That is one legal order of
 * several: with inclusive joins the order can matter, see settlements.
 * Throws if a gateway is told to take flows that it does not have, or an exclusive one to take several.
 */
export function settle(model: ProcessModel, marking: Marking, choose: Choose): Settlement {
	const net = netOf(model);
	let current = marking;
	for (let count = 0; count < MAX_FIRINGS; count++) {
		const candidates = [...automaticFirings(net, current, choose)];
		const firing = candidates.find(({ node }) => node === null || !isInclusiveJoin(nodeOf(net, node))) ?? candidates[0];
		if (firing === undefined) return { kind: 'settled', marking: current };
		if (firing.node !== null && firing.chosen?.length === 0) {
			return { kind: 'no-flow-selected', gateway: firing.node };
		}
		current = apply(current, firing);
	}
	return { kind: 'endless' };
}

/**
 * Every marking in which settling can come to rest, whatever the order, by markingKey; null if there are more than
 * `states` markings on the way. A gateway that is given no flow stays as it is.
 */
export function settlements(
	model: ProcessModel,
	marking: Marking,
	choose: Choose,
	states: number,
): ReadonlyMap<string, Marking> | null {
	const net = netOf(model);
	const settled = new Map<string, Marking>();
	const { end } = walk(
		marking,
		{
			firings: (current) => [...automaticFirings(net, current, choose)].filter(({ chosen }) => chosen?.length !== 0),
			rest: (current) => current,
			key: markingKey,
		},
		{ states },
		{ stuck: (visit) => settled.set(markingKey(visit.marking), visit.marking) },
	);
	return end === 'all' ? settled : null;
}

function* automaticFirings(net: Net, marking: Marking, choose: Choose): Generator<Firing> {
	const outcomes = (gateway: { readonly id: NodeId }) => [checkedChoice(net, gateway.id, choose)];
	for (const firing of firings(net, marking, outcomes)) if (firing.kind !== 'complete') yield firing;
}

function checkedChoice(net: Net, gateway: NodeId, choose: Choose) {
	const flows = choose(gateway);
	if (flows.length > 0 && !isPossibleDecision(nodeOf(net, gateway), flows)) {
		throw new Error(`${gateway} cannot take [${flows.join(', ')}]`);
	}
	return flows;
}
