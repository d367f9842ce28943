import { lookup } from '../lookup.ts';
import { boundaryEventsAt } from '../model/contents.ts';
import type { Node, ProcessModel } from '../model/process-model.ts';
import type { NodeId } from '../terms.ts';
import { type ElementMap, isProblem } from './element-map.ts';
import { type MigrationProblem, problem } from './migration-problems.ts';

/**
 * Events that are armed beside something: at the boundary of an activity, behind an event-based gateway, at the start of
 * an event subprocess. A migration keeps, cancels and arms them, as the version says what is to be waited for there.
 */
export type Handler = Extract<
	Node,
	{ kind: 'boundaryEvent' | 'startEvent' | 'intermediateCatchEvent' | 'receiveTask' }
>;

/** What is armed at an activity or an event-based gateway, error and escalation events included. */
export function handlersAt(model: ProcessModel, host: NodeId): readonly Handler[] {
	const node = lookup(model.nodes, host);
	if (node?.kind === 'eventBasedGateway') return node.outgoing.flatMap((flow) => behind(model, flow) ?? []);
	return boundaryEventsAt(model, host);
}

/** The one of these that an event of the version before is; null where it is none of them, and why where the map said so. */
export function heirOf(
	map: ElementMap,
	event: Handler,
	handlers: readonly Handler[],
): Handler | MigrationProblem | null {
	const node = map.node(event.id);
	if (isProblem(node)) return null;
	const isGiven = map.isGiven(event.id);
	const heir = handlers.find(({ id }) => id === node.id);
	if (heir === undefined) return isGiven ? problem('host-differs', event.id) : null;
	if (heir.trigger?.kind === event.trigger?.kind) return heir;
	return isGiven ? problem('trigger-differs', event.id) : null;
}

function behind(model: ProcessModel, flow: string): Handler | undefined {
	const target = lookup(model.nodes, lookup(model.flows, flow)?.target ?? '');
	return target?.kind === 'intermediateCatchEvent' || target?.kind === 'receiveTask' ? target : undefined;
}
