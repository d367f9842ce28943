import type { Expression } from '../expressions/expression.ts';
import type { Node } from '../model/process-model.ts';
import type { ElementId, FlowId, NodeId, Variables } from '../terms.ts';
import type { XmlElement } from './xml/xml-element.ts';

/** What a kind of node has beyond what all have. */
export type NodeBody = DistributiveOmit<Node, 'id' | 'name' | 'parent' | 'line' | 'incoming' | 'outgoing'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A node that was read and is not connected yet. */
export interface NodeDraft {
	readonly id: NodeId;
	readonly name: string;
	readonly parent: ElementId;
	readonly body: NodeBody;
	/** It compensates another activity; no flow leads there. */
	readonly isHandler: boolean;
	/** Its `default` attribute; tasks have one too. */
	readonly defaultFlow: FlowId | null;
	readonly element: XmlElement;
}

/** A flow as it was read, before gateways are inserted in front of it. */
export interface FlowDraft {
	readonly id: FlowId;
	readonly source: NodeId;
	readonly target: NodeId;
	readonly condition: Expression | null;
	readonly element: XmlElement;
}

/** What one scope contains directly. Flows do not leave it. */
export interface ScopeDraft {
	readonly kind: 'process' | 'subProcess' | 'eventSubProcess';
	readonly id: ElementId;
	readonly element: XmlElement;
	readonly nodes: readonly NodeDraft[];
	readonly flows: readonly FlowDraft[];
	/** What its variables are when it begins. */
	readonly variables: Variables;
}
