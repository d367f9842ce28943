import fc, { type Arbitrary } from 'fast-check';
import type { NodeKind, ProcessModel } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import { build, type Draft } from './draft.ts';
import { type Sketch, sketch } from './sketch.ts';

/** A part of a process with one way in and one way out. */
export type Block =
	| { readonly kind: 'task' }
	| { readonly kind: 'pass' }
	| { readonly kind: 'sequence'; readonly parts: readonly Block[] }
	| { readonly kind: 'parallel'; readonly branches: readonly Branch[] }
	| { readonly kind: 'exclusive' | 'inclusive'; readonly branches: readonly Branch[]; readonly hasDefault: boolean }
	/** The body runs at least once, and then either goes on or is repeated by way of `redo`. */
	| { readonly kind: 'loop'; readonly body: Block; readonly redo: Branch; readonly hasDefault: boolean }
	/** Goes on, or stops the whole process. */
	| { readonly kind: 'stop'; readonly hasDefault: boolean };

/** Null: straight from split to join. */
export type Branch = Block | null;

/** How a process ends: at one end event, or split to branches that never meet again. */
export type Tail =
	| { readonly kind: 'single' }
	| {
			readonly kind: 'split';
			readonly gateway: Splitting;
			readonly branches: readonly Branch[];
			readonly shared: boolean;
	  };

type Splitting = Extract<NodeKind, `${string}Gateway`>;

export interface BlockOptions {
	readonly withTerminate: boolean;
	/** Nodes at most, start and end included. */
	readonly maxNodes: number;
}

/** Models that are sound because of how they are made: blocks within blocks, each join of the kind of its split. */
export function blockModel(options: Partial<BlockOptions> = {}): Arbitrary<ProcessModel> {
	return blockDraft(options).map(build);
}

export function blockDraft({ withTerminate = false, maxNodes = 25 }: Partial<BlockOptions> = {}): Arbitrary<Draft> {
	return fc
		.tuple(block(withTerminate), tail())
		.map(([body, end]) => drawProcess(body, end))
		.filter(({ nodes }) => nodes.length <= maxNodes);
}

const task: Block = { kind: 'task' };

function block(withTerminate: boolean): Arbitrary<Block> {
	const { part } = fc.letrec<{ part: Block; branch: Branch; branches: readonly Branch[]; sequence: Block }>((tie) => ({
		part: fc.oneof(
			{ maxDepth: 3, depthSize: 'small', withCrossShrink: true },
			{ weight: 4, arbitrary: fc.constant(task) },
			{ weight: 1, arbitrary: fc.constant<Block>({ kind: 'pass' }) },
			...(withTerminate
				? [{ weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const), hasDefault: fc.boolean() }) }]
				: []),
			{ weight: 3, arbitrary: tie('sequence') },
			{ weight: 3, arbitrary: fc.record({ kind: fc.constant('parallel' as const), branches: tie('branches') }) },
			{
				weight: 4,
				arbitrary: fc.record({
					kind: fc.constantFrom('exclusive' as const, 'inclusive' as const),
					branches: tie('branches'),
					hasDefault: fc.boolean(),
				}),
			},
			{
				weight: 2,
				arbitrary: fc.record({
					kind: fc.constant('loop' as const),
					// A task in every round, so that no run goes on without anybody.
					body: tie('part').map((body): Block => ({ kind: 'sequence', parts: [task, body] })),
					redo: tie('branch'),
					hasDefault: fc.boolean(),
				}),
			},
		),
		sequence: fc
			.array(tie('part'), { minLength: 2, maxLength: 3 })
			.map((parts): Block => ({ kind: 'sequence', parts })),
		branch: fc.option(tie('part'), { freq: 5 }),
		branches: fc.array(tie('branch'), { minLength: 2, maxLength: 3 }).map(withOneTask),
	}));
	return fc
		.tuple(part, fc.option(part))
		.map(
			([first, second]): Block => ({ kind: 'sequence', parts: [task, first, ...(second === null ? [] : [second])] }),
		);
}

function tail(): Arbitrary<Tail> {
	return fc.oneof(
		{ weight: 3, arbitrary: fc.constant<Tail>({ kind: 'single' }) },
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('split' as const),
				gateway: fc.constantFrom<Splitting[]>('parallelGateway', 'exclusiveGateway', 'inclusiveGateway'),
				branches: fc
					.array(fc.constantFrom<Branch[]>(task, task, { kind: 'pass' }, null), { minLength: 2, maxLength: 3 })
					.map(withOneTask),
				shared: fc.boolean(),
			}),
		},
	);
}

function withOneTask(branches: readonly Branch[]): readonly Branch[] {
	return branches.every((branch) => branch === null) ? [task, ...branches.slice(1)] : branches;
}

function drawProcess(body: Block, tail: Tail): Draft {
	const paper = sketch();
	const last = draw(paper, body, paper.node('startEvent'));
	if (tail.kind === 'single') {
		paper.chain(last, paper.node('endEvent'));
		return paper.draft();
	}
	const split = paper.node(tail.gateway);
	paper.chain(last, split);
	const shared = tail.shared ? paper.node('endEvent') : null;
	for (const branch of tail.branches) paper.chain(drawBranch(paper, branch, split), shared ?? paper.node('endEvent'));
	return paper.draft();
}

/** Draws a block after a node and returns the last node of the block. */
function draw(paper: Sketch, block: Block, after: NodeId): NodeId {
	switch (block.kind) {
		case 'task':
			return paper.chain(after, paper.node('userTask'));
		case 'pass':
			return paper.chain(after, paper.node('passThrough'));
		case 'sequence':
			return block.parts.reduce((last, part) => draw(paper, part, last), after);
		case 'parallel':
			return drawBranches(paper, 'parallelGateway', block.branches, false, after);
		case 'exclusive':
			return drawBranches(paper, 'exclusiveGateway', block.branches, block.hasDefault, after);
		case 'inclusive':
			return drawBranches(paper, 'inclusiveGateway', block.branches, block.hasDefault, after);
		case 'loop': {
			const merge = paper.node('exclusiveGateway');
			const again = paper.node('exclusiveGateway', { hasDefault: block.hasDefault });
			paper.chain(after, merge);
			paper.chain(draw(paper, block.body, merge), again);
			paper.chain(drawBranch(paper, block.redo, again), merge);
			return again;
		}
		case 'stop': {
			const split = paper.node('exclusiveGateway', { hasDefault: block.hasDefault });
			paper.chain(after, split, paper.node('terminateEndEvent'));
			return split;
		}
	}
}

function drawBranches(
	paper: Sketch,
	kind: Splitting,
	branches: readonly Branch[],
	hasDefault: boolean,
	after: NodeId,
): NodeId {
	const split = paper.node(kind, { hasDefault });
	const join = paper.node(kind);
	paper.chain(after, split);
	for (const branch of branches) paper.chain(drawBranch(paper, branch, split), join);
	return join;
}

function drawBranch(paper: Sketch, branch: Branch, after: NodeId): NodeId {
	return branch === null ? after : draw(paper, branch, after);
}
