import type { NodeKind } from '../../src/model/process-model.ts';
import type { ElementId, NodeId } from '../../src/terms.ts';
import type { Draft, DraftDetails, DraftFlow, DraftNode } from './draft.ts';

/** Collects the nodes and flows of a draft, and names them. */
export interface Sketch {
	/** Adds a node and returns its id: the given one, or one after its kind. */
	readonly node: (kind: NodeKind, options?: DraftDetails & { readonly id?: NodeId }) => NodeId;
	/** Adds to what is known of a node. */
	readonly detail: (id: NodeId, details: DraftDetails) => void;
	/** Connects the nodes to a chain and returns the last. */
	readonly chain: (first: NodeId, ...others: readonly NodeId[]) => NodeId;
	/** What is drawn meanwhile is contained in this element. */
	readonly within: (parent: ElementId, drawContent: () => void) => void;
	readonly draft: () => Draft;
}

const PREFIXES: Readonly<Record<NodeKind, string>> = {
	startEvent: 'Start',
	endEvent: 'End',
	terminateEndEvent: 'Stop',
	passThrough: 'Pass',
	exclusiveGateway: 'Xor',
	parallelGateway: 'And',
	inclusiveGateway: 'Or',
	eventBasedGateway: 'Gate',
	intermediateCatchEvent: 'Catch',
	intermediateThrowEvent: 'Throw',
	boundaryEvent: 'On',
	userTask: 'Task',
	subProcess: 'Sub',
	eventSubProcess: 'Handler',
	callActivity: 'Call',
	scriptTask: 'Script',
	businessRuleTask: 'Rule',
	serviceTask: 'Job',
	sendTask: 'Send',
	receiveTask: 'Receive',
};

/** An empty sketch, or one that goes on from a draft. */
export function sketch(from: Draft = { nodes: [], flows: [] }): Sketch {
	const nodes: DraftNode[] = [...from.nodes];
	const flows: DraftFlow[] = [...from.flows];
	const freeId = (prefix: string, taken: readonly { readonly id: string }[]): string => {
		let number = 1;
		while (taken.some(({ id }) => id === `${prefix}${number}`)) number += 1;
		return `${prefix}${number}`;
	};
	let parent: ElementId | null = null;
	return {
		node: (kind, { id, ...details } = {}) => {
			const node = {
				id: id ?? freeId(PREFIXES[kind], nodes),
				kind,
				...(parent === null ? {} : { parent }),
				...details,
			};
			nodes.push(node);
			return node.id;
		},
		detail: (id, details) => {
			const index = nodes.findIndex((node) => node.id === id);
			const node = nodes[index];
			if (node !== undefined) nodes[index] = { ...node, ...details };
		},
		within: (element, drawContent) => {
			const outer = parent;
			parent = element;
			drawContent();
			parent = outer;
		},
		chain: (first, ...others) =>
			others.reduce((source, target) => {
				flows.push({ id: freeId(`${source}_${target}_`, flows), source, target });
				return target;
			}, first),
		draft: () => ({ nodes: [...nodes], flows: [...flows] }),
	};
}
