import { required } from '../lookup.ts';
import type { ProcessModel } from '../model/process-model.ts';
import type { Place } from '../state.ts';
import type { FlowId, NodeId } from '../terms.ts';

/**
 * Where a token has to be for an inclusive join to wait for it (BPMN 2.0, 13.4.3): the places from which an empty
 * in-flow of the join can be reached without passing the join, less those from which a marked one can.
 * Depends on the model alone, so it is computed once for each join and mask.
 */
export function zone(model: ProcessModel, join: NodeId, marked: readonly FlowId[]): ReadonlySet<Place> {
	const zones = ZONES.get(model) ?? new Map<string, ReadonlySet<Place>>();
	ZONES.set(model, zones);
	const key = [join, ...[...marked].sort()].join(' ');
	const places = zones.get(key) ?? computeZone(model, join, marked);
	zones.set(key, places);
	return places;
}

const ZONES = new WeakMap<ProcessModel, Map<string, ReadonlySet<Place>>>();

function computeZone(model: ProcessModel, join: NodeId, marked: readonly FlowId[]): ReadonlySet<Place> {
	const empty = required(model.nodes, join).incoming.filter((flow) => !marked.includes(flow));
	const places = placesBefore(model, join, empty);
	for (const place of placesBefore(model, join, marked)) places.delete(place);
	for (const flow of empty) places.add(`flow:${flow}`);
	return places;
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
