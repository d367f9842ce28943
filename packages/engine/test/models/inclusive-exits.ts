import fc, { type Arbitrary } from 'fast-check';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import { build, type Draft } from './draft.ts';
import { mutation } from './mutations.ts';
import { type Sketch, sketch } from './sketch.ts';
import { isUsable } from './soundness.ts';
import { keepSound } from './unstructured.ts';

/**
 * The case that random graphs almost never meet: branches of one split run to an inclusive join J, some of which can
 * leave past it to a later join K, so that J fires although not all have come. As INCLUSIVE_EXIT, with more of each.
 */
interface Shape {
	readonly split: 'parallelGateway' | 'inclusiveGateway';
	readonly hasDefault: boolean;
	/** Branches that surely come to J: user tasks on each, 0 for a plain flow. */
	readonly direct: readonly number[];
	readonly leaving: readonly LeavingBranch[];
	/** User tasks between J and K, and after K. */
	readonly between: number;
	/** A second inclusive join L behind K, where branches can also leave to. */
	readonly third: boolean;
	/**
	 * Everything from the split on can be repeated. Rarely sound: by the rule of BPMN a branch that can come to a marked
	 * in-flow of J by way of the next round does not hold J up in this one.
	 */
	readonly repeat: boolean;
}

interface LeavingBranch {
	readonly tasksBefore: 1 | 2;
	readonly tasksToJ: 0 | 1;
	readonly tasksOnExit: 0 | 1;
	readonly exitTo: 'K' | 'L' | 'end';
	readonly gateway: 'exclusiveGateway' | 'inclusiveGateway';
	readonly hasDefault: boolean;
	/** The branch can also go back to its beginning. */
	readonly loop: boolean;
}

export function inclusiveExitModel(): Arbitrary<ProcessModel> {
	return fc
		.tuple(shape(), fc.array(mutation(), { maxLength: 3 }))
		.map(([one, mutations]) => build(keepSound(drawn(one), mutations, 25)))
		.filter(isUsable);
}

function shape(): Arbitrary<Shape> {
	return fc.record({
		split: fc.constantFrom('parallelGateway', 'inclusiveGateway'),
		hasDefault: fc.boolean(),
		direct: fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 2 }),
		leaving: fc.array(leavingBranch(), { minLength: 1, maxLength: 2 }),
		between: fc.integer({ min: 1, max: 2 }),
		third: fc.boolean(),
		repeat: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
	});
}

function leavingBranch(): Arbitrary<LeavingBranch> {
	return fc.record({
		tasksBefore: fc.constantFrom(1, 2),
		tasksToJ: fc.constantFrom(0, 1),
		tasksOnExit: fc.constantFrom(0, 1),
		exitTo: fc.constantFrom('K', 'K', 'L', 'end'),
		gateway: fc.constantFrom('exclusiveGateway', 'exclusiveGateway', 'inclusiveGateway'),
		hasDefault: fc.boolean(),
		loop: fc.boolean(),
	});
}

function drawn(one: Shape): Draft {
	const paper = sketch();
	const begin = paper.chain(paper.node('startEvent'), paper.node('userTask', { id: 'P' }));
	const merge = one.repeat ? paper.chain(begin, paper.node('exclusiveGateway', { id: 'Merge' })) : begin;
	const split = paper.chain(merge, paper.node(one.split, { id: 'Split', hasDefault: one.hasDefault }));
	const j = paper.node('inclusiveGateway', { id: 'J' });
	const k = paper.node('inclusiveGateway', { id: 'K' });
	const l = one.third ? paper.node('inclusiveGateway', { id: 'L' }) : k;

	for (const tasks of one.direct) paper.chain(withTasks(paper, split, tasks), j);
	for (const branch of one.leaving) drawLeaving(paper, branch, split, j, { K: k, L: l });
	const afterK = paper.chain(withTasks(paper, j, one.between), k, paper.node('userTask', { id: 'T' }));
	let last = one.third ? paper.chain(afterK, l) : afterK;
	if (one.repeat) {
		const again = paper.node('exclusiveGateway', { id: 'Again', hasDefault: true });
		paper.chain(last, again, merge);
		last = again;
	}
	paper.chain(last, paper.node('endEvent', { id: 'End' }));
	return paper.draft();
}

function drawLeaving(
	paper: Sketch,
	branch: LeavingBranch,
	split: NodeId,
	j: NodeId,
	joins: Readonly<Record<'K' | 'L', NodeId>>,
): void {
	const first = branch.loop ? paper.chain(split, paper.node('exclusiveGateway')) : split;
	const decide = paper.node(branch.gateway, { hasDefault: branch.hasDefault });
	paper.chain(withTasks(paper, first, branch.tasksBefore), decide);
	if (branch.loop && branch.gateway === 'exclusiveGateway') paper.chain(decide, first);
	const exit = branch.exitTo === 'end' ? paper.node('endEvent') : joins[branch.exitTo];
	paper.chain(withTasks(paper, decide, branch.tasksToJ), j);
	paper.chain(withTasks(paper, decide, branch.tasksOnExit), exit);
}

/** A chain of user tasks after a node; the last of them, or the node itself. */
function withTasks(paper: Sketch, after: NodeId, count: number): NodeId {
	return Array.from({ length: count }).reduce<NodeId>((last) => paper.chain(last, paper.node('userTask')), after);
}
