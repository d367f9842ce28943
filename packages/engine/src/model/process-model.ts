import type { Expression, Text } from '../expressions/expression.ts';
import type { ElementId, FlowId, NodeId, Variables } from '../terms.ts';

/**
 * One executable BPMN process, checked and ready to run. Plain data: it can be stored as JSON and shared by every
 * instance of its version. Built by bpmn/parse-model.ts; everything a model may not do is refused there.
 */
export interface ProcessModel {
	readonly id: ElementId;
	readonly name: string;
	readonly nodes: Readonly<Record<NodeId, Node>>;
	readonly flows: Readonly<Record<FlowId, SequenceFlow>>;
	/** The variables that the process, or a subprocess, begins with; absent where nothing has any. */
	readonly data?: Readonly<Record<ElementId, Variables>>;
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

/** Where a process, a subprocess or an event subprocess begins. */
export interface StartEvent extends NodeBase {
	readonly kind: 'startEvent';
	/** Null: none. At the process: message, signal, timer. In an event subprocess: any trigger. */
	readonly trigger: Trigger | null;
	/** Event subprocess only: whether it ends everything else in its scope. */
	readonly interrupting: boolean;
}

export interface EndEvent extends NodeBase {
	readonly kind: 'endEvent';
	/** What happens when a token gets here, besides that it ends. */
	readonly throws: Throw | null;
}

/** Ends its whole scope at once. */
export interface TerminateEndEvent extends NodeBase {
	readonly kind: 'terminateEndEvent';
	/** Ends the whole instance, also from a subprocess or a called flow. */
	readonly all?: true;
}

/** A node that does nothing by itself: abstract and manual tasks, intermediate none events, both ends of a link. */
export interface PassThrough extends NodeBase {
	readonly kind: 'passThrough';
}

export interface IntermediateCatchEvent extends NodeBase {
	readonly kind: 'intermediateCatchEvent';
	readonly trigger: Trigger;
}

export interface IntermediateThrowEvent extends NodeBase {
	readonly kind: 'intermediateThrowEvent';
	readonly throws: Throw;
}

export interface BoundaryEvent extends NodeBase {
	readonly kind: 'boundaryEvent';
	readonly attachedTo: NodeId;
	readonly interrupting: boolean;
	readonly trigger: Trigger;
}

/** What an event waits for. */
export type Trigger =
	/** A text that gives an ISO 8601 date and time, duration, or repetition (`R3/PT10M`; `R/…` without end). */
	| { readonly kind: 'timer'; readonly timer: 'date' | 'duration' | 'cycle'; readonly when: Text }
	/** `key` is compared with the business key or correlation key of the message; null: any message of the name. */
	| { readonly kind: 'message'; readonly name: Text; readonly key: Expression | null }
	| { readonly kind: 'signal'; readonly name: Text }
	| { readonly kind: 'condition'; readonly condition: Expression }
	/** Null: any code. */
	| { readonly kind: 'error' | 'escalation'; readonly code: string | null };

/** What an event throws. */
export type Throw =
	| { readonly kind: 'message' | 'signal'; readonly name: Text }
	| { readonly kind: 'error' | 'escalation'; readonly code: string }
	/** Compensates an activity that it sees, or all. `waits`: goes on when that is done. */
	| { readonly kind: 'compensation'; readonly activity: NodeId | null; readonly waits: boolean };

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

/** Waits for the first of the events behind it (intermediate catch events and receive tasks). */
export interface EventBasedGateway extends NodeBase {
	readonly kind: 'eventBasedGateway';
}

/** What every activity can have. */
interface ActivityBase extends NodeBase {
	readonly loop: Loop | null;
	/** The activity that compensates it, once it is completed; no flow leads there. */
	readonly compensation?: NodeId;
}

/**
 * An activity that runs several times. In each run `loopCounter` counts from 0; a multi-instance one also knows
 * `nrOfInstances`, `nrOfActiveInstances` and `nrOfCompletedInstances`.
 */
export type Loop =
	| {
			readonly kind: 'parallel' | 'sequential';
			/** How many; null: as many as the collection has elements. One of the two is given. */
			readonly cardinality: Expression | null;
			/** An expression, or the name of a variable, that gives a list. */
			readonly collection: Expression | null;
			readonly elementVariable: string | null;
			/** Looked at when a run completes; true ends the activity and what is still open in it. */
			readonly completionCondition: Expression | null;
	  }
	| {
			readonly kind: 'standard';
			/** Repeats while it holds; null: always, up to the maximum. */
			readonly condition: Expression | null;
			readonly testBefore: boolean;
			readonly maximum: number | null;
	  };

export interface UserTask extends ActivityBase {
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

export interface SubProcess extends ActivityBase {
	readonly kind: 'subProcess';
}

/** Started by an event while the scope that contains it runs; has no flows. */
export interface EventSubProcess extends NodeBase {
	readonly kind: 'eventSubProcess';
}

/** Runs another flow of the same namespace as a scope of this instance. */
export interface CallActivity extends ActivityBase {
	readonly kind: 'callActivity';
	readonly flowId: Text;
	/** A version number; null: the latest when it is called. */
	readonly version: number | Text | null;
	/** Variables given to the called flow; `all`: every visible one. */
	readonly inputs: readonly Mapping[] | 'all';
	/** Variables taken from it when it ends. */
	readonly outputs: readonly Mapping[] | 'all';
}

/**
 * All variables, or one: a later one goes over an earlier one of the same name. Models that earlier versions deployed have
 * `all` in place of a whole list.
 */
export type Mapping =
	| 'all'
	| { readonly source: Expression; readonly target: string }
	| { readonly text: Text; readonly target: string };

/** Computes a FEEL expression; `resultVariable` null: the result is not kept. */
export interface ScriptTask extends ActivityBase {
	readonly kind: 'scriptTask';
	readonly script: Expression;
	readonly resultVariable: string | null;
}

/** Takes a decision: that of this id, of the same namespace. */
export interface BusinessRuleTask extends ActivityBase {
	readonly kind: 'businessRuleTask';
	readonly decision: Text;
	/** A version number; null: the latest when it is taken. */
	readonly version: number | Text | null;
	readonly result: DecisionMapping;
}

/** What becomes of a result. A row is what one rule gives: its outputs by name. */
export type DecisionMapping =
	| {
			readonly kind: 'variable';
			/** Null: it is not kept. */
			readonly name: string | null;
			/** value: as DMN has it; the others as in Camunda 7: the one output of the one row; the row; the one output of every row; all rows. */
			readonly as: 'value' | 'singleEntry' | 'singleResult' | 'collectEntries' | 'resultList';
	  }
	/** As in Flowable: a variable for each output of one row; several rows are a list, called like the decision. */
	| { readonly kind: 'outputs'; readonly needsHit: boolean };

/** Work for an external worker, which fetches, locks and completes it over HTTP. Also a send task with a topic. */
export interface ServiceTask extends ActivityBase {
	readonly kind: 'serviceTask';
	readonly topic: Text;
	readonly retries: number;
	/** What a rollback may do about it: nothing to undo; a compensation to run; it cannot be undone. */
	readonly effect: Effect;
}

export type Effect = { readonly kind: 'pure' | 'barrier' } | { readonly kind: 'compensable'; readonly topic: string };

/** Throws a message and goes on. */
export interface SendTask extends ActivityBase {
	readonly kind: 'sendTask';
	readonly message: Text;
}

export interface ReceiveTask extends ActivityBase {
	readonly kind: 'receiveTask';
	readonly trigger: Extract<Trigger, { kind: 'message' }>;
}

/** Conditional and default outgoing flows of an activity are made explicit as gateways when a model is read. */
export type Node =
	| StartEvent
	| EndEvent
	| TerminateEndEvent
	| PassThrough
	| IntermediateCatchEvent
	| IntermediateThrowEvent
	| BoundaryEvent
	| ExclusiveGateway
	| ParallelGateway
	| InclusiveGateway
	| EventBasedGateway
	| UserTask
	| SubProcess
	| EventSubProcess
	| CallActivity
	| ScriptTask
	| BusinessRuleTask
	| ServiceTask
	| SendTask
	| ReceiveTask;

export type NodeKind = Node['kind'];

/** Nodes that can have boundary events and be repeated. */
export type Activity = Extract<Node, { readonly loop: Loop | null }>;
