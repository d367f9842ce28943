import { lookup, required } from '../lookup.ts';
import type { Node, ProcessModel, SequenceFlow } from '../model/process-model.ts';
import type { ElementId, FlowId, NodeId } from '../terms.ts';
import { type MigrationProblem, problem } from './migration-problems.ts';

/**
 * What the elements of one version are in another: as the given map says, else what has the same id and kind there. No two
 * are the same one.
 */
export class ElementMap {
	readonly from: ProcessModel;
	readonly to: ProcessModel;
	/** What is wrong with the given map by itself. */
	readonly problems: readonly MigrationProblem[];
	readonly #given: Readonly<Record<ElementId, ElementId>>;
	readonly #taken: ReadonlySet<ElementId>;

	constructor(from: ProcessModel, to: ProcessModel, given: Readonly<Record<ElementId, ElementId>>) {
		this.from = from;
		this.to = to;
		this.#given = given;
		this.#taken = new Set(Object.values(given));
		this.problems = Object.keys(given).flatMap((source) => this.#problemOf(source) ?? []);
	}

	isGiven(id: ElementId): boolean {
		return Object.hasOwn(this.#given, id);
	}

	/** The node that this one is in the other version, or why there is none. */
	node(id: NodeId): Node | MigrationProblem {
		const before = lookup(this.from.nodes, id);
		const after = lookup(this.to.nodes, this.#targetOf(id));
		if (before === undefined || after === undefined) return problem('not-mapped', id);
		return before.kind === after.kind ? after : problem('kind-differs', id);
	}

	nodeId(id: NodeId): NodeId | null {
		const node = this.node(id);
		return isProblem(node) ? null : node.id;
	}

	/** The process or subprocess that this one is in the other version; null where there is none. */
	container(id: ElementId): ElementId | null {
		return id === this.from.id ? this.to.id : this.nodeId(id);
	}

	/**
	 * The node that this one is, where it is in the same process or subprocess. Where that itself is not mapped, it is said
	 * of its own element.
	 */
	nodeInPlace(id: NodeId): Node | MigrationProblem {
		const node = this.node(id);
		if (isProblem(node)) return node;
		const around = this.container(required(this.from.nodes, id).parent);
		return around === null || around === node.parent ? node : problem('scope-differs', id);
	}

	/**
	 * The flow that this one is: by the map, by its id, or as the only new one between the same two nodes. It has to lead
	 * into the same node, where the token on it waits.
	 */
	flow(id: FlowId): SequenceFlow | MigrationProblem {
		const before = lookup(this.from.flows, id);
		if (before === undefined) return problem('flow-gone', id);
		const target = this.node(before.target);
		if (isProblem(target)) return problem(target.code, before.target);
		const named = lookup(this.to.flows, this.#targetOf(id));
		if (named?.target === target.id) return named;
		if (this.isGiven(id)) return problem('flow-gone', id);
		const source = this.nodeId(before.source);
		const between = Object.values(this.to.flows)
			.filter((flow) => flow.source === source && flow.target === target.id)
			.filter((flow) => !this.#taken.has(flow.id) && lookup(this.from.flows, flow.id) === undefined);
		const [only] = between;
		if (only === undefined) return problem('flow-gone', id);
		return between.length === 1 ? only : problem('flow-ambiguous', id);
	}

	/** An element that the map leads somebody else to is not the one of the same id as well. */
	#targetOf(id: ElementId): ElementId {
		const given = lookup(this.#given, id);
		return given ?? (this.#taken.has(id) ? '' : id);
	}

	#problemOf(source: ElementId): MigrationProblem | null {
		const target = lookup(this.#given, source) ?? '';
		if (Object.values(this.#given).filter((other) => other === target).length > 1)
			return problem('mapped-twice', source);
		const isFlow = lookup(this.from.flows, source) !== undefined;
		if (!isFlow && lookup(this.from.nodes, source) === undefined) return problem('source-unknown', source);
		if (isFlow) return lookup(this.to.flows, target) === undefined ? problem('target-unknown', source) : null;
		if (lookup(this.to.nodes, target) === undefined) return problem('target-unknown', source);
		const node = this.node(source);
		return isProblem(node) ? node : null;
	}
}

export function isProblem(result: object | null): result is MigrationProblem {
	return result !== null && 'code' in result && 'element' in result;
}
