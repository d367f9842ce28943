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
	else if (gateway.kind === 'inclusiveGateway') {
		yield* inclusiveDecisions(net, gateway.outgoing, gateway.defaultFlow, (flow) => flow);
	}
}

/**
 * The same, but of several conditional flows into one node it counts only how many are taken, where that takes each token
 * by itself: n flows into an end event are n decisions, not 2^n.
 */
export function distinctDecisions(net: Net, gateway: Node): Iterable<readonly FlowId[]> {
	if (gateway.kind !== 'inclusiveGateway') return decisionsOf(net, gateway);
	return inclusiveDecisions(net, gateway.outgoing, gateway.defaultFlow, (flow) => {
		const target = net.nodes.get(net.flows.get(flow)?.target ?? '');
		const waits = target?.kind === 'parallelGateway' || target?.kind === 'inclusiveGateway';
		return target === undefined || waits ? flow : `to ${target.id}`;
	});
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

/** @param alike the same for flows of which only the number counts */
function* inclusiveDecisions(
	net: Net,
	outgoing: readonly FlowId[],
	defaultFlow: FlowId | null,
	alike: (flow: FlowId) => string,
) {
	const others = outgoing.filter((flow) => flow !== defaultFlow);
	const always = others.filter((flow) => !isConditional(net, flow));
	if (always.length > 0) yield always;
	else if (defaultFlow !== null) yield [defaultFlow];
	const digits = new Map<string, { readonly flows: FlowId[]; taken: number }>();
	for (const flow of others.filter((each) => isConditional(net, each))) {
		const digit = digits.get(alike(flow));
		if (digit === undefined) digits.set(alike(flow), { flows: [flow], taken: 0 });
		else digit.flows.push(flow);
	}
	while (countUp(digits.values())) {
		const taken = new Set([...always, ...[...digits.values()].flatMap((digit) => digit.flows.slice(0, digit.taken))]);
		yield others.filter((other) => taken.has(other));
	}
}

/** The next number, the lowest digit first; false after the highest one. */
function countUp(digits: Iterable<{ readonly flows: readonly FlowId[]; taken: number }>): boolean {
	for (const digit of digits) {
		if (digit.taken < digit.flows.length) {
			digit.taken += 1;
			return true;
		}
		digit.taken = 0;
	}
	return false;
}

function isConditional(net: Net, flow: FlowId): boolean {
	return (net.flows.get(flow)?.condition ?? null) !== null;
}
