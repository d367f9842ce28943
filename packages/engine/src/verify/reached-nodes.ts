import type { NodeId } from '../terms.ts';
import type { Firing } from './firing.ts';
import type { ScopePlan, TokenPlan } from './growth.ts';
import { elementOf } from './marking.ts';
import type { Net } from './net.ts';

/** The nodes that a firing brings to something: its own, those that it begins inside, and the events that it catches. */
export function* reachedBy(net: Net, { node, produced }: Firing): Generator<NodeId> {
	if (node !== null) yield node;
	for (const { tokens, runs } of produced) yield* reachedIn(net, tokens, runs);
}

function* reachedIn(net: Net, tokens: readonly TokenPlan[], runs: readonly ScopePlan[]): Generator<NodeId> {
	for (const { place, inside } of tokens) {
		if (place.startsWith('active:')) yield elementOf(place);
		// The source of a flow that holds a token has let it through, as a start or a boundary event that caught.
		const source = place.startsWith('flow:') ? net.flows.get(elementOf(place))?.source : undefined;
		if (source !== undefined) yield source;
		if (inside === null) continue;
		const start = net.starts.get(elementOf(place));
		if (inside.kind === 'sub' && start !== undefined) yield start.id;
		yield* reachedIn(net, inside.tokens, inside.runs);
	}
	for (const run of runs) yield* reachedIn(net, run.tokens, run.runs);
}
