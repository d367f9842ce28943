import type { Node, ProcessModel, SequenceFlow, UserTask } from '../../src/model/process-model.ts';
import type { ElementId, FlowId } from '../../src/terms.ts';

/** A further version of a model, and what has to be said to move an instance to it. */
export interface FurtherVersion {
	readonly model: ProcessModel;
	readonly map: Readonly<Record<ElementId, ElementId>>;
}

/** The same in other words: every node, every flow and the process itself has another id. */
export function renamed(model: ProcessModel): FurtherVersion {
	const name = (id: ElementId): ElementId => `v2_${id}`;
	const nodes = Object.values(model.nodes).map((node): Node => {
		const links = { incoming: node.incoming.map(name), outgoing: node.outgoing.map(name), parent: name(node.parent) };
		const base = { ...node, id: name(node.id), ...links };
		if (base.kind === 'boundaryEvent') return { ...base, attachedTo: name(base.attachedTo) };
		if ('compensation' in base && base.compensation !== undefined)
			return { ...base, compensation: name(base.compensation) };
		if ('throws' in base && base.throws?.kind === 'compensation' && base.throws.activity !== null)
			return { ...base, throws: { ...base.throws, activity: name(base.throws.activity) } } as Node;
		if (base.kind !== 'exclusiveGateway' && base.kind !== 'inclusiveGateway') return base;
		return { ...base, defaultFlow: base.defaultFlow === null ? null : name(base.defaultFlow) };
	});
	const flows = Object.values(model.flows).map(
		(flow): SequenceFlow => ({ ...flow, id: name(flow.id), source: name(flow.source), target: name(flow.target) }),
	);
	return {
		model: { ...model, id: name(model.id), nodes: byId(nodes), flows: byId(flows) },
		map: Object.fromEntries([...Object.keys(model.nodes), ...Object.keys(model.flows)].map((id) => [id, name(id)])),
	};
}

export const INSERTED = 'inserted';

/** One more task in the middle of a flow, whose first half keeps its id; the map is for tokens at the end of it. */
export function withTaskOn(model: ProcessModel, id: FlowId): FurtherVersion {
	const flow = model.flows[id];
	const target = model.nodes[flow?.target ?? ''];
	if (flow === undefined || target === undefined) throw new Error(`no flow ${id}`);
	const rest = `${id}_rest`;
	const task: UserTask = {
		id: INSERTED,
		kind: 'userTask',
		name: INSERTED,
		parent: target.parent,
		incoming: [id],
		outgoing: [rest],
		line: 0,
		loop: null,
		assignees: [],
		mode: 'all',
		onReject: 'end',
		rollbackRange: null,
		formKey: null,
		dueDate: null,
	};
	const moved = { ...target, incoming: target.incoming.map((other) => (other === id ? rest : other)) };
	const halves = {
		[id]: { ...flow, target: INSERTED },
		[rest]: { id: rest, source: INSERTED, target: target.id, condition: null },
	};
	return {
		model: {
			...model,
			nodes: { ...model.nodes, [target.id]: moved, [INSERTED]: task },
			flows: { ...model.flows, ...halves },
		},
		map: { [id]: rest },
	};
}

function byId<T extends { readonly id: ElementId }>(list: readonly T[]): Readonly<Record<ElementId, T>> {
	return Object.fromEntries(list.map((each) => [each.id, each]));
}
