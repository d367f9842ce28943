import fc, { type Arbitrary } from 'fast-check';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import type { ModelOf } from '../../src/verify/world.ts';
import { blockModel } from './blocks.ts';
import { text, userTasks } from './draft.ts';
import { draw, drawNested } from './drawing.ts';
import { multiInstanceModel, subprocessModel } from './scoped-models.ts';

/** What the models of callingModel call, by flow id. Some nodes have the ids of nodes of the models that call them. */
export const CALLED_FLOWS: Readonly<Record<string, ProcessModel>> = {
	one: draw('Start1 Task1 End1'),
	row: draw('Start1 Task1 Task2 End1'),
	parallel: draw('Start P AndFork A1 A2 AndJoin End', 'AndFork B1 AndJoin'),
	choice: draw('Start A XorSplit! B XorMerge C End', 'XorSplit XorMerge'),
	loop: draw('Start XorRedo A XorAgain B End', 'XorAgain XorRedo'),
	subprocess: drawNested(
		{ process: ['Start Sub B End', 'OnWord C EndC'], Sub: ['StartS X AndS Y AndJ EndS', 'AndS Z AndJ'] },
		{ OnWord: { attachedTo: 'Sub' } },
	),
	outer: drawNested({ process: ['Start A CallRow B End'] }, { CallRow: { flowId: 'row' } }),
};

/** The model of a called flow, by what a scope says of it. */
export const calledModelOf: ModelOf = ({ flowId }) => CALLED_FLOWS[flowId] ?? null;

export function hasCalls({ nodes }: ProcessModel): boolean {
	return Object.values(nodes).some(({ kind }) => kind === 'callActivity');
}

/** Sound models in which some tasks are calls of other flows, repeated ones and such with boundary events among them. */
export function callingModel(): Arbitrary<ProcessModel> {
	const small = { maxNodes: 16 };
	const called = fc.constantFrom(null, ...Object.keys(CALLED_FLOWS));
	return fc
		.tuple(
			fc.oneof(blockModel(small), subprocessModel(small), multiInstanceModel(small)),
			fc.array(called, { minLength: 16, maxLength: 16 }),
		)
		.map(([model, flowIds]) => withCalls(model, flowIds))
		.filter(hasCalls);
}

/** The n-th user task becomes a call of the n-th flow, where that is not null. */
function withCalls(model: ProcessModel, flowIds: readonly (string | null)[]): ProcessModel {
	const tasks = userTasks(model);
	const called = new Map(tasks.map((id, position) => [id, flowIds[position % flowIds.length]]));
	const nodes = Object.values(model.nodes).map((node): Node => {
		const flowId = called.get(node.id);
		if (node.kind !== 'userTask' || flowId == null) return node;
		const { id, name, parent, incoming, outgoing, line, loop } = node;
		const base = { id, name, parent, incoming, outgoing, line, loop };
		return { ...base, kind: 'callActivity', flowId: text(flowId), version: null, inputs: ['all'], outputs: ['all'] };
	});
	return { ...model, nodes: Object.fromEntries(nodes.map((node) => [node.id, node])) };
}
