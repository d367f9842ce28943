import type { Node } from '../model/process-model.ts';
import type { FlowId } from '../terms.ts';
import { isDecision, type Net } from './net.ts';

/**
 * The sets of outgoing flows that a deciding gateway can take, for some value of its conditions. A condition can come
 * out either way, a flow without one is always taken, the default flow only where no other is (BPMN 2.0.2, 13.4.2 and
 * 13.4.3). Lazy, because an inclusive split of n flows has up to 2^n - 1 of them.
 */
export function* decisionsOf(net: Net, gateway: Node): Generator<readonly FlowId[]> {
	if (gateway.kind === 'exclusiveGateway') yield* exclusiveDecisions(net, gateway.outgoing, gateway.defaultFlow);
	else if (gateway.kind === 'inclusiveGateway') yield* inclusiveDecisions(net, gateway.outgoing, gateway.defaultFlow);
}

/** Whether the gateway may take exactly these flows, whatever its conditions say. */
export function isPossibleDecision(gateway: Node, flows: readonly FlowId[]): boolean {
	if (!isDecision(gateway) || flows.length === 0) return false;
	if (gateway.kind === 'exclusiveGateway' && flows.length > 1) return false;
	return new Set(flows).size === flows.length && flows.every((flow) => gateway.outgoing.includes(flow));
}

function* exclusiveDecisions(net: Net, outgoing: readonly FlowId[], defaultFlow: FlowId | null) {
	for (const flow of outgoing) {
		if (flow === defaultFlow) continue;
		yield [flow];
		// Conditions are tried in order, so what follows an unconditional flow is never taken.
		if (!isConditional(net, flow)) return;
	}
	if (defaultFlow !== null) yield [defaultFlow];
}

function* inclusiveDecisions(net: Net, outgoing: readonly FlowId[], defaultFlow: FlowId | null) {
	const others = outgoing.filter((flow) => flow !== defaultFlow);
	const optional = others.filter((flow) => isConditional(net, flow));
	const taken = new Set(others.filter((flow) => !isConditional(net, flow)));
	if (taken.size > 0) yield [...taken];
	else if (defaultFlow !== null) yield [defaultFlow];
	// Counts in binary, with one digit for each optional flow.
	for (let digit = 0; digit < optional.length; ) {
		const flow = optional[digit];
		if (flow === undefined) return;
		if (taken.delete(flow)) {
			digit += 1;
			continue;
		}
		taken.add(flow);
		digit = 0;
		yield others.filter((other) => taken.has(other));
	}
}

function isConditional(net: Net, flow: FlowId): boolean {
	return (net.flows.get(flow)?.condition ?? null) !== null;
}
