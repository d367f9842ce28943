import type { Expression, Tree } from '../../src/expressions/expression.ts';
import type { Node, NodeKind, ProcessModel, SequenceFlow } from '../../src/model/process-model.ts';
import type { FlowId, NodeId, Variables } from '../../src/terms.ts';

/** A process as the generators write it: conditions, lists of flows and the rest follow from it. */
export interface Draft {
	readonly nodes: readonly DraftNode[];
	/** In the order of their sources' outgoing flows. */
	readonly flows: readonly DraftFlow[];
}

export interface DraftNode {
	readonly id: NodeId;
	readonly kind: NodeKind;
	/** Deciding gateways: the last outgoing flow is the default flow. */
	readonly hasDefault?: boolean;
}

export interface DraftFlow {
	readonly id: FlowId;
	readonly source: NodeId;
	readonly target: NodeId;
}

/** The one variable that the conditions of a deciding gateway read. */
export function choiceVariable(gateway: NodeId): string {
	return `choice_${gateway}`;
}

/**
 * The variables with which a deciding gateway takes exactly these flows. The variable of an exclusive gateway is the
 * position of the flow, from 1; that of an inclusive one has bit n set for the flow at position n, from 0. The default
 * flow is 0 in both.
 */
export function steer(model: ProcessModel, gateway: NodeId, flows: readonly FlowId[]): Variables {
	const node = model.nodes[gateway];
	if (node?.kind !== 'exclusiveGateway' && node?.kind !== 'inclusiveGateway') {
		throw new Error(`${gateway} decides nothing`);
	}
	const conditional = flows.filter((flow) => flow !== node.defaultFlow);
	const positions = conditional.map((flow) => node.outgoing.indexOf(flow));
	const value =
		node.kind === 'exclusiveGateway'
			? positions.reduce((_, position) => position + 1, 0)
			: positions.reduce((sum, position) => sum + 2 ** position, 0);
	return { [choiceVariable(gateway)]: value };
}

/** Gateways that have a choice, in the order of the model. */
export function decidingGateways(model: ProcessModel): readonly NodeId[] {
	return Object.values(model.nodes)
		.filter(({ kind, outgoing }) => (kind === 'exclusiveGateway' || kind === 'inclusiveGateway') && outgoing.length > 1)
		.map(({ id }) => id);
}

export function userTasks(model: ProcessModel): readonly NodeId[] {
	return Object.values(model.nodes)
		.filter(({ kind }) => kind === 'userTask')
		.map(({ id }) => id);
}

export const PROCESS_ID = 'process';

export function build(draft: Draft): ProcessModel {
	const nodes: Record<NodeId, Node> = {};
	const flows: Record<FlowId, SequenceFlow> = {};
	for (const node of draft.nodes) nodes[node.id] = buildNode(draft, node);
	for (const flow of draft.flows) flows[flow.id] = { ...flow, condition: condition(draft, flow) };
	return { id: PROCESS_ID, name: PROCESS_ID, nodes, flows, rollbackRange: 'any' };
}

function buildNode(draft: Draft, { id, kind, hasDefault }: DraftNode): Node {
	const incoming = draft.flows.filter(({ target }) => target === id).map((flow) => flow.id);
	const outgoing = draft.flows.filter(({ source }) => source === id).map((flow) => flow.id);
	const base = { id, name: id, parent: PROCESS_ID, incoming, outgoing, line: 0 };
	switch (kind) {
		case 'userTask':
			return {
				...base,
				kind,
				assignees: [],
				mode: 'all',
				onReject: 'end',
				rollbackRange: null,
				formKey: null,
				dueDate: null,
			};
		case 'exclusiveGateway':
		case 'inclusiveGateway': {
			const last = outgoing.length > 1 && hasDefault === true ? outgoing.at(-1) : undefined;
			return { ...base, kind, defaultFlow: last ?? null };
		}
		default:
			return { ...base, kind };
	}
}

function condition(draft: Draft, flow: DraftFlow): Expression | null {
	const source = draft.nodes.find(({ id }) => id === flow.source);
	if (source?.kind !== 'exclusiveGateway' && source?.kind !== 'inclusiveGateway') return null;
	const siblings = draft.flows.filter((other) => other.source === flow.source);
	const position = siblings.findIndex(({ id }) => id === flow.id);
	if (siblings.length < 2 || (source.hasDefault === true && position === siblings.length - 1)) return null;
	const variable = choiceVariable(flow.source);
	const values = source.kind === 'exclusiveGateway' ? [position + 1] : numbersWithBit(position, siblings.length);
	const tree = values
		.map((value): Tree => ({ kind: '=', left: { kind: 'path', names: [variable] }, right: literal(value), juel: true }))
		.reduce((left, right): Tree => ({ kind: 'or', left, right, juel: true }));
	return {
		language: 'juel',
		source: values.map((value) => `${variable} == ${value}`).join(' || '),
		tree,
	};
}

function literal(value: number): Tree {
	return { kind: 'literal', value };
}

function numbersWithBit(bit: number, bits: number): readonly number[] {
	return Array.from({ length: 2 ** bits }, (_, value) => value).filter(
		(value) => Math.floor(value / 2 ** bit) % 2 === 1,
	);
}
