import fc, { type Arbitrary } from 'fast-check';
import type { NodeKind } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import type { Draft, DraftFlow } from './draft.ts';
import { sketch } from './sketch.ts';

/** A change that takes a model out of its block structure; the numbers pick flows and nodes, modulo how many there are. */
export type Mutation =
	/** A new way from one flow to another; `task` puts a user task on it. */
	| {
			readonly kind: 'jump';
			readonly from: number;
			readonly to: number;
			readonly split: GatewayKind;
			readonly join: GatewayKind;
			readonly task: boolean;
	  }
	/** A flow gets another target. */
	| { readonly kind: 'retarget'; readonly flow: number; readonly target: number }
	/** A gateway becomes one of another kind. */
	| { readonly kind: 'convert'; readonly gateway: number; readonly to: GatewayKind }
	/** Two gateways of one kind that follow each other become one that joins and splits. */
	| { readonly kind: 'fuse'; readonly flow: number }
	/** Two blocks in a row on a flow, the join of the first being the split of the second. */
	| { readonly kind: 'diamonds'; readonly flow: number; readonly gateway: GatewayKind }
	/** A flow ends in an end event of its own instead of where it led. */
	| { readonly kind: 'end-here'; readonly flow: number };

type GatewayKind = 'exclusiveGateway' | 'parallelGateway' | 'inclusiveGateway';

/** More outgoing flows would make conditions of inclusive gateways too long to read. */
const MAX_OUTGOING = 5;

export function mutation(): Arbitrary<Mutation> {
	const gateway = fc.constantFrom<GatewayKind[]>('exclusiveGateway', 'parallelGateway', 'inclusiveGateway');
	const pick = fc.nat({ max: 1_000 });
	return fc.oneof(
		{
			weight: 6,
			arbitrary: fc.record({
				kind: fc.constant('jump' as const),
				from: pick,
				to: pick,
				split: gateway,
				join: gateway,
				task: fc.boolean(),
			}),
		},
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('retarget' as const), flow: pick, target: pick }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('convert' as const), gateway: pick, to: gateway }) },
		{ weight: 3, arbitrary: fc.record({ kind: fc.constant('fuse' as const), flow: pick }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('diamonds' as const), flow: pick, gateway }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('end-here' as const), flow: pick }) },
	);
}

/** The changed draft, or null where the change makes no sense here. It need not be sound. */
export function mutate(draft: Draft, change: Mutation): Draft | null {
	switch (change.kind) {
		case 'jump':
			return jump(draft, change);
		case 'retarget': {
			const flow = picked(draft.flows, change.flow);
			const target = picked(draft.nodes, change.target);
			if (flow === null || target === null || target.kind === 'startEvent' || target.id === flow.target) return null;
			return { ...draft, flows: draft.flows.map((one) => (one === flow ? { ...one, target: target.id } : one)) };
		}
		case 'convert': {
			const gateway = picked(draft.nodes.filter(isGateway), change.gateway);
			if (gateway === null || gateway.kind === change.to) return null;
			return { ...draft, nodes: draft.nodes.map((one) => (one === gateway ? { ...one, kind: change.to } : one)) };
		}
		case 'fuse':
			return fuse(draft, change.flow);
		case 'diamonds':
			return diamonds(draft, change);
		case 'end-here': {
			const flow = picked(draft.flows, change.flow);
			if (flow === null) return null;
			const paper = sketch(draft);
			const end = paper.node('endEvent');
			return { ...paper.draft(), flows: draft.flows.map((one) => (one === flow ? { ...one, target: end } : one)) };
		}
	}
}

function jump(draft: Draft, change: Extract<Mutation, { kind: 'jump' }>): Draft | null {
	const from = picked(draft.flows, change.from);
	if (from === null) return null;
	const to = picked(
		draft.flows.filter((flow) => flow !== from),
		change.to,
	);
	if (to === null) return null;
	const paper = sketch(draft);
	const split = paper.node(change.split);
	const join = paper.node(change.join);
	if (change.task) paper.chain(split, paper.node('userTask'), join);
	else paper.chain(split, join);
	return through(through(paper.draft(), from, split), to, join);
}

function diamonds(draft: Draft, change: Extract<Mutation, { kind: 'diamonds' }>): Draft | null {
	const flow = picked(draft.flows, change.flow);
	if (flow === null) return null;
	const paper = sketch(draft);
	const [split, both, join] = [paper.node(change.gateway), paper.node(change.gateway), paper.node(change.gateway)];
	paper.chain(split, paper.node('userTask'), both, paper.node('userTask'), join, flow.target);
	paper.chain(split, both, join);
	const { nodes, flows } = paper.draft();
	return { nodes, flows: flows.map((one) => (one === flow ? { ...one, target: split } : one)) };
}

/** Leads a flow through a node: what entered the flow's target comes from the node now. */
function through(draft: Draft, flow: DraftFlow, node: NodeId): Draft {
	const paper = sketch({ ...draft, flows: draft.flows.map((one) => (one === flow ? { ...one, target: node } : one)) });
	paper.chain(node, flow.target);
	return paper.draft();
}

function fuse(draft: Draft, number: number): Draft | null {
	const kindOf = (id: NodeId): NodeKind | undefined => draft.nodes.find((node) => node.id === id)?.kind;
	const sourcesOf = (id: NodeId) => draft.flows.filter(({ target }) => target === id);
	const targetsOf = (id: NodeId) => draft.flows.filter(({ source }) => source === id);
	const flow = picked(
		draft.flows.filter(
			({ source, target }) =>
				source !== target &&
				draft.nodes.some((node) => node.id === source && isGateway(node)) &&
				kindOf(source) === kindOf(target) &&
				targetsOf(source).length === 1 &&
				sourcesOf(target).length === 1 &&
				targetsOf(target).length <= MAX_OUTGOING,
		),
		number,
	);
	if (flow === null) return null;
	return {
		nodes: draft.nodes.filter(({ id }) => id !== flow.source),
		flows: draft.flows
			.filter((one) => one !== flow)
			.map((one) => (one.target === flow.source ? { ...one, target: flow.target } : one)),
	};
}

function isGateway(node: { readonly kind: NodeKind }): boolean {
	return node.kind.endsWith('Gateway');
}

function picked<Item>(items: readonly Item[], number: number): Item | null {
	return items[number % Math.max(items.length, 1)] ?? null;
}
