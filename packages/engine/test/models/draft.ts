import type { Expression, Text, Tree } from '../../src/expressions/expression.ts';
import type { DecisionModel } from '../../src/model/decision-model.ts';
import type {
	Loop,
	Node,
	NodeKind,
	ProcessModel,
	SequenceFlow,
	Throw,
	Trigger,
} from '../../src/model/process-model.ts';
import type { ElementId, FlowId, NodeId, Variables } from '../../src/terms.ts';

/** A process as the generators write it: conditions, lists of flows and the rest follow from it. */
export interface Draft {
	readonly nodes: readonly DraftNode[];
	/** In the order of their sources' outgoing flows. */
	readonly flows: readonly DraftFlow[];
}

export interface DraftNode extends DraftDetails {
	readonly id: NodeId;
	readonly kind: NodeKind;
}

/** What a node may have besides its kind, and has by default without being told. */
export interface DraftDetails {
	/** Deciding gateways: the last outgoing flow is the default flow. */
	readonly hasDefault?: boolean;
	/** The element that contains it: the process. */
	readonly parent?: ElementId;
	/** Activities: none. */
	readonly loop?: Loop;
	/** Start events: none; other events that wait, and receive tasks: a message of the node's id. */
	readonly trigger?: Trigger;
	/** Start events and boundary events: yes. */
	readonly interrupting?: boolean;
	/** Boundary events. */
	readonly attachedTo?: NodeId;
	/** End events: nothing; intermediate throw events: a message of the node's id. */
	readonly throws?: Throw;
	/** Call activities: the node's id. */
	readonly flowId?: string;
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

/** Activities that repeat while their choiceVariable is 1, in the order of the model. */
export function choosingLoops(model: ProcessModel): readonly NodeId[] {
	return Object.values(model.nodes)
		.filter((node) => 'loop' in node && node.loop?.kind === 'standard' && node.loop.condition !== null)
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

function buildNode(draft: Draft, node: DraftNode): Node {
	const { id, parent = PROCESS_ID, loop = null, interrupting = true } = node;
	const incoming = draft.flows.filter(({ target }) => target === id).map((flow) => flow.id);
	const outgoing = draft.flows.filter(({ source }) => source === id).map((flow) => flow.id);
	const base = { id, name: id, parent, incoming, outgoing, line: 0 };
	const message = { kind: 'message', name: text(id), key: null } as const;
	switch (node.kind) {
		case 'userTask': {
			const { kind } = node;
			const people = { assignees: [], mode: 'all', onReject: 'end', rollbackRange: null } as const;
			return { ...base, kind, loop, ...people, formKey: null, dueDate: null };
		}
		case 'exclusiveGateway':
		case 'inclusiveGateway': {
			const last = outgoing.length > 1 && node.hasDefault === true ? outgoing.at(-1) : undefined;
			return { ...base, kind: node.kind, defaultFlow: last ?? null };
		}
		case 'startEvent':
			return { ...base, kind: node.kind, trigger: node.trigger ?? null, interrupting };
		case 'endEvent':
			return { ...base, kind: node.kind, throws: node.throws ?? null };
		case 'boundaryEvent':
			return {
				...base,
				kind: node.kind,
				attachedTo: node.attachedTo ?? '',
				interrupting,
				trigger: node.trigger ?? message,
			};
		case 'intermediateCatchEvent':
			return { ...base, kind: node.kind, trigger: node.trigger ?? message };
		case 'intermediateThrowEvent':
			return { ...base, kind: node.kind, throws: node.throws ?? { kind: 'message', name: text(id) } };
		case 'subProcess':
			return { ...base, kind: node.kind, loop };
		case 'callActivity': {
			const { kind, flowId = id } = node;
			return { ...base, kind, loop, flowId: text(flowId), version: null, inputs: ['all'], outputs: ['all'] };
		}
		case 'serviceTask':
			return { ...base, kind: node.kind, loop, topic: text(id), retries: 3, effect: { kind: 'pure' } };
		case 'scriptTask': {
			const script = { language: 'feel', source: '1', tree: literal(1) } as const;
			return { ...base, kind: node.kind, loop, script, resultVariable: null };
		}
		case 'businessRuleTask': {
			const result = { kind: 'variable', name: id, as: 'value' } as const;
			return { ...base, kind: node.kind, loop, decision: text(id), version: null, result };
		}
		case 'sendTask':
			return { ...base, kind: node.kind, loop, message: text(id) };
		case 'receiveTask':
			return { ...base, kind: node.kind, loop, trigger: message };
		default:
			return { ...base, kind: node.kind };
	}
}

export function text(literal: string): Text {
	return { kind: 'literal', text: literal };
}

function condition(draft: Draft, flow: DraftFlow): Expression | null {
	const source = draft.nodes.find(({ id }) => id === flow.source);
	if (source?.kind !== 'exclusiveGateway' && source?.kind !== 'inclusiveGateway') return null;
	const siblings = draft.flows.filter((other) => other.source === flow.source);
	const position = siblings.findIndex(({ id }) => id === flow.id);
	if (siblings.length < 2 || (source.hasDefault === true && position === siblings.length - 1)) return null;
	const variable = choiceVariable(flow.source);
	const values = source.kind === 'exclusiveGateway' ? [position + 1] : numbersWithBit(position, siblings.length);
	return values.map((value) => comparison(variable, '=', value)).reduce(either);
}

function either(left: Expression, right: Expression): Expression {
	if (left.tree === null || right.tree === null) throw new Error('a condition without a tree');
	return {
		language: 'juel',
		source: `${left.source} || ${right.source}`,
		tree: { kind: 'or', left: left.tree, right: right.tree, juel: true },
	};
}

/** Decisions for the business rule tasks of a model: each reads whatever steers a gateway. */
export function decisionsOf(model: ProcessModel): Readonly<Record<string, readonly DecisionModel[]>> {
	const compared = decidingGateways(model).map((gateway) => comparison(choiceVariable(gateway), '=', 1));
	const expression = compared.length === 0 ? number(1) : compared.reduce(either);
	const rules = Object.values(model.nodes).filter(({ kind }) => kind === 'businessRuleTask');
	return Object.fromEntries(
		rules.map(({ id }) => {
			const decision = { id, name: id, logic: { kind: 'literalExpression', expression } } as const;
			return [id, [{ id, name: id, decisions: [decision] }]];
		}),
	);
}

/** A variable compared with a number. */
export function comparison(variable: string, operator: '=' | '>=', value: number): Expression {
	const left: Tree = { kind: 'path', names: [variable] };
	return {
		language: 'juel',
		source: `${variable} ${operator === '=' ? '==' : operator} ${value}`,
		tree: { kind: operator, left, right: literal(value), juel: true },
	};
}

export function number(value: number): Expression {
	return { language: 'juel', source: String(value), tree: literal(value) };
}

function literal(value: number): Tree {
	return { kind: 'literal', value };
}

function numbersWithBit(bit: number, bits: number): readonly number[] {
	return Array.from({ length: 2 ** bits }, (_, value) => value).filter(
		(value) => Math.floor(value / 2 ** bit) % 2 === 1,
	);
}
