import type { NodeKind } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import type { Draft, DraftFlow, DraftNode } from './draft.ts';

/** Collects the nodes and flows of a draft, and names them. */
export interface Sketch {
	/** Adds a node and returns its id: the given one, or one after its kind. */
	readonly node: (kind: NodeKind, options?: { readonly id?: NodeId; readonly hasDefault?: boolean }) => NodeId;
	/** Connects the nodes to a chain and returns the last. */
	readonly chain: (first: NodeId, ...others: readonly NodeId[]) => NodeId;
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
	userTask: 'Task',
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
	return {
		node: (kind, { id, hasDefault } = {}) => {
			const node = {
				id: id ?? freeId(PREFIXES[kind], nodes),
				kind,
				...(hasDefault === undefined ? {} : { hasDefault }),
			};
			nodes.push(node);
			return node.id;
		},
		chain: (first, ...others) =>
			others.reduce((source, target) => {
				flows.push({ id: freeId(`${source}_${target}_`, flows), source, target });
				return target;
			}, first),
		draft: () => ({ nodes: [...nodes], flows: [...flows] }),
	};
}
