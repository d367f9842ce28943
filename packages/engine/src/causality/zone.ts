import type { Effort } from '../effort.ts';
import { required } from '../lookup.ts';
import type { ProcessModel } from '../model/process-model.ts';
import type { Place } from '../state.ts';
import type { FlowId, NodeId } from '../terms.ts';

/** Entries of ways that are kept for a model: in large ones each of thousands of joins has as many places before it. */
const KEPT_OF_A_MODEL = 500_000;

/** What it takes to come to one place. */
const PLACE = 10;

/**
 * Where a token has to be for an inclusive join to wait for it (BPMN 2.0, 13.4.3): the places from which an empty
 * in-flow of the join can be reached without passing the join, less those from which a marked one can.
 */
export function zone(
	model: ProcessModel,
	join: NodeId,
	marked: readonly FlowId[],
	effort?: Pick<Effort, 'spend'>,
): Pick<ReadonlySet<Place>, 'has'> {
	const isMarked = new Set(marked);
	const ways = waysTo(model, join);
	if (ways !== null) return { has: (place) => ways.get(place)?.every((flow) => !isMarked.has(flow)) === true };
	const empty = required(model.nodes, join).incoming.filter((flow) => !isMarked.has(flow));
	const ofEmpty = placesBefore(model, join, empty);
	const ofMarked = placesBefore(model, join, marked);
	effort?.spend(PLACE * (ofEmpty.size + ofMarked.size));
	return { has: (place) => ofEmpty.has(place) && !ofMarked.has(place) };
}

/** The in-flows of a join that can be reached from a place without passing the join; at least one. */
type Ways = ReadonlyMap<Place, readonly FlowId[]>;

/** Found once for each join, whatever is marked: of a thousand in-flows there are more choices than can be kept. */
function waysTo(model: ProcessModel, join: NodeId): Ways | null {
	const kept = KEPT.get(model) ?? { ways: new Map<NodeId, Ways>(), room: KEPT_OF_A_MODEL };
	KEPT.set(model, kept);
	const known = kept.ways.get(join);
	if (known !== undefined) return known;
	const { incoming } = required(model.nodes, join);
	const size = incoming.length * (3 * Object.keys(model.nodes).length + Object.keys(model.flows).length);
	if (size > kept.room) return null;
	const ways = findWays(model, join);
	kept.ways.set(join, ways);
	kept.room -= size;
	return ways;
}

const KEPT = new WeakMap<ProcessModel, { readonly ways: Map<NodeId, Ways>; room: number }>();

function findWays(model: ProcessModel, join: NodeId): Ways {
	const ways = new Map<Place, FlowId[]>();
	for (const flow of required(model.nodes, join).incoming) {
		for (const place of placesBefore(model, join, [flow])) {
			const flows = ways.get(place);
			if (flows === undefined) ways.set(place, [flow]);
			else flows.push(flow);
		}
	}
	return ways;
}

/** Every place from which one of the flows can be reached without passing the join. */
export function placesBefore(model: ProcessModel, join: NodeId, flows: readonly FlowId[]): Set<Place> {
	const places = new Set<Place>();
	const open = [...flows];
	for (let flow = open.pop(); flow !== undefined; flow = open.pop()) {
		if (places.has(`flow:${flow}`)) continue;
		places.add(`flow:${flow}`);
		const source = required(model.nodes, required(model.flows, flow).source);
		if (source.id === join) continue;
		// A token in an activity can also leave it by an event at its boundary.
		const origin = source.kind === 'boundaryEvent' ? required(model.nodes, source.attachedTo) : source;
		for (const kind of ['task', 'active', 'wait'] as const) places.add(`${kind}:${origin.id}`);
		open.push(...origin.incoming);
	}
	return places;
}
