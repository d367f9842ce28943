import type { ElementId, FlowId, NodeId } from '../terms.ts';

/**
 * Ids of what a model leaves unsaid: the gateway behind a task with several flows, the end of a path that just stops.
 * They have a colon, which no id of a model may have, so they meet no other, and are the same in every deployment.
 */
export function splitIdOf(node: NodeId): NodeId {
	return `${node}:out`;
}

export function endIdOf(node: NodeId): NodeId {
	return `${node}:end`;
}

/** The one flow into a node that was inserted. */
export function flowIntoIdOf(inserted: NodeId): FlowId {
	return `${inserted}:flow`;
}

/** A flow that the model gives no id: the n-th of those that leave its source, from 1. */
export function flowIdOf(source: NodeId, n: number): FlowId {
	return `${source}:flow:${n}`;
}

/** An event subprocess that the model gives no id: nothing refers to it, and its one start event has an id. */
export function eventSubProcessIdOf(start: NodeId): NodeId {
	return `${start}:around`;
}

/** The flow from the throwing end of a link to the catching one. */
export function linkFlowIdOf(source: NodeId): FlowId {
	return `${source}:link`;
}

/** True for what does not stand in the deployed XML under this id. */
export function isSynthetic(id: ElementId): boolean {
	return id.includes(':');
}
