import type { Node } from '../model/process-model.ts';
import type { FlowId } from '../terms.ts';
import { holds, type Scope } from './marking.ts';
import type { Net } from './net.ts';

/**
 * The in-flows of which the inclusive join takes a token now; null while it has to wait. Only the tokens of its own scope
 * count: what is deeper stands for itself in the token of the activity that contains it.
 *
 * OMG BPMN 2.0.2, 13.4.3 (table 13.3): it is activated if at least one in-flow holds a token, and every token from
 * which a path leads to an empty in-flow without visiting the gateway also has such a path to a marked one. A token in
 * an activity stands for one on the flows that leave it and its boundary events.
 */
export function inclusiveJoinInput(net: Net, join: Node, scope: Scope): readonly FlowId[] | null {
	const marked = join.incoming.filter((flow) => holds(scope, `flow:${flow}`));
	if (marked.length === 0) return null;
	const empty = join.incoming.filter((flow) => !marked.includes(flow));
	for (const { place, host } of scope.tokens) {
		if (host !== null) continue;
		const leadsTo = (flow: FlowId): boolean => net.upstream.get(flow)?.has(place) === true;
		if (empty.some(leadsTo) && !marked.some(leadsTo)) return null;
	}
	return marked;
}
