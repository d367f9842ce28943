import type { FlowDraft, NodeDraft } from './drafts.ts';
import type { Reading } from './reading.ts';

/** What there is around a gateway, by the id of a node. */
interface Surroundings {
	readonly nodes: ReadonlyMap<string, NodeDraft>;
	readonly incoming: ReadonlyMap<string, readonly FlowDraft[]>;
	/** The events at the boundary of a node. */
	readonly attached: ReadonlyMap<string, readonly NodeDraft[]>;
}

/** An event-based gateway waits for the events behind it, so nothing else may be there, and no other way may lead to them. */
export function checkEventGateway(
	gateway: NodeDraft,
	leaving: readonly FlowDraft[],
	{ nodes, incoming, attached }: Surroundings,
	reading: Reading,
): void {
	if (gateway.body.kind !== 'eventBasedGateway') return;
	if (leaving.length === 0) reading.report('event-gateway-invalid', gateway.element, 'It has no events to wait for.');
	for (const { target, element } of leaving) {
		const body = nodes.get(target)?.body;
		if (body === undefined) continue;
		if (body.kind !== 'intermediateCatchEvent' && body.kind !== 'receiveTask') {
			reading.report('event-gateway-invalid', element, `\`${target}\` is no event that is waited for.`);
		} else if (incoming.get(target)?.length !== 1) {
			reading.report('event-gateway-invalid', element, `Other flows lead to \`${target}\` too.`);
		} else if (body.kind === 'receiveTask' && body.loop !== null) {
			reading.report('event-gateway-invalid', element, `\`${target}\` is repeated.`);
		} else if (attached.has(target) || 'compensation' in body) {
			reading.report('event-gateway-invalid', element, `\`${target}\` has events at its boundary.`);
		}
	}
}
