import type { Expression, Text } from '../expressions/expression.ts';
import type { ElementId, FlowId, NodeId } from '../terms.ts';

/**
 * One executable BPMN process, checked and ready to run. Plain data: it can be stored as JSON and shared by every
 * instance of its version. Built by bpmn/parse-model.ts; everything a model may not do is refused there.
 */
export interface ProcessModel {
	readonly id: ElementId;
	readonly name: string;
	readonly nodes: Readonly<Record<NodeId, Node>>;
	readonly flows: Readonly<Record<FlowId, SequenceFlow>>;
	/** How far back tasks of this flow may be sent; a node can narrow it further. */
	readonly rollbackRange: RollbackRange;
}

export interface SequenceFlow {
	readonly id: FlowId;
	readonly source: NodeId;
	readonly target: NodeId;
	/** Read only by the gateway that it leaves; absent means always. */
	readonly condition: Expression | null;
}

interface NodeBase {
	readonly id: NodeId;
	/** The name for people; the id where the model gives none. */
	readonly name: string;
	/** The element that contains it: the process, or a subprocess. */
	readonly parent: ElementId;
	readonly incoming: readonly FlowId[];
	readonly outgoing: readonly FlowId[];
	/** Line of the element in the deployed XML, from 1; 0 where the model was not read from XML. */
	readonly line: number;
}

export interface StartEvent extends NodeBase {
	readonly kind: 'startEvent';
}

export interface EndEvent extends NodeBase {
	readonly kind: 'endEvent';
}

/** Ends its whole scope at once. */
export interface TerminateEndEvent extends NodeBase {
	readonly kind: 'terminateEndEvent';
}

/** A node that does nothing by itself: abstract and manual tasks, intermediate none events. */
export interface PassThrough extends NodeBase {
	readonly kind: 'passThrough';
}

export interface ExclusiveGateway extends NodeBase {
	readonly kind: 'exclusiveGateway';
	readonly defaultFlow: FlowId | null;
}

export interface ParallelGateway extends NodeBase {
	readonly kind: 'parallelGateway';
}

export interface InclusiveGateway extends NodeBase {
	readonly kind: 'inclusiveGateway';
	readonly defaultFlow: FlowId | null;
}

export interface UserTask extends NodeBase {
	readonly kind: 'userTask';
	/** Who may decide it. Empty, or resolved to nobody: the initiator. */
	readonly assignees: readonly AssigneeSource[];
	readonly mode: DecisionMode;
	readonly onReject: 'end' | 'continue';
	/** Null: as the flow says. */
	readonly rollbackRange: RollbackRange | null;
	readonly formKey: string | null;
	readonly dueDate: Text | null;
}

/** Each text gives one id, a comma-separated list of ids, or a list value. */
export type AssigneeSource =
	| { readonly kind: 'users'; readonly users: Text }
	| { readonly kind: 'group'; readonly groups: Text };

/** all 会签: everybody; first 或签: whoever is first; orderly 依次: everybody, one after the other. */
export type DecisionMode = 'all' | 'first' | 'orderly';

/** any earlier task; only the nearest ones; only the start; none at all. */
export type RollbackRange = 'any' | 'previous' | 'initiator' | 'none';

/** Conditional and default outgoing flows of an activity are made explicit as gateways when a model is read. */
export type Node =
	| StartEvent
	| EndEvent
	| TerminateEndEvent
	| PassThrough
	| ExclusiveGateway
	| ParallelGateway
	| InclusiveGateway
	| UserTask;

export type NodeKind = Node['kind'];
