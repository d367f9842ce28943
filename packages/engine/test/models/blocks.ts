import fc, { type Arbitrary } from 'fast-check';
import type { NodeKind, ProcessModel } from '../../src/model/process-model.ts';
import { build, type Draft } from './draft.ts';
import { drawProcess } from './draw-block.ts';

/** A part of a process with one way in and one way out. */
export type Block =
	| { readonly kind: 'task' }
	| { readonly kind: 'pass' }
	| { readonly kind: 'sequence'; readonly parts: readonly Block[] }
	| { readonly kind: 'parallel'; readonly branches: readonly Branch[] }
	| { readonly kind: 'exclusive' | 'inclusive'; readonly branches: readonly Branch[]; readonly hasDefault: boolean }
	/** The body runs at least once, and then either goes on or is repeated by way of `redo`. */
	| { readonly kind: 'loop'; readonly body: Block; readonly redo: Branch; readonly hasDefault: boolean }
	/** Goes on, or stops the whole process, or the subprocess that it is in. */
	| { readonly kind: 'stop'; readonly hasDefault: boolean }
	| ActivityBlock
	/** Goes on when an event has come. */
	| { readonly kind: 'wait'; readonly by: 'timer' | 'message' | 'receiving' }
	/** Goes on by the branch whose event comes first. */
	| { readonly kind: 'race'; readonly branches: readonly Branch[] }
	/** Goes on, or ends the subprocess around it with an error. */
	| { readonly kind: 'fail'; readonly hasDefault: boolean }
	/** Tells the subprocess around it, and goes on. */
	| { readonly kind: 'throw'; readonly what: 'escalation' | 'signal' };

/** A user task or a subprocess, with its boundary events. */
export interface ActivityBlock {
	readonly kind: 'activity';
	/** Null: a user task. */
	readonly content: Content | null;
	readonly loop: LoopShape | null;
	readonly events: readonly AttachedEvent[];
}

export type LoopShape =
	| {
			readonly kind: 'parallel' | 'sequential';
			readonly count: number;
			/** Done as soon as so many runs are; null: when all are. */
			readonly enough: number | null;
	  }
	/** Repeats up to the maximum: while its choiceVariable is 1, or in any case. */
	| { readonly kind: 'standard'; readonly testBefore: boolean; readonly maximum: number; readonly byChoice: boolean };

/** The inside of a subprocess. */
export interface Content {
	readonly body: Block;
	readonly handlers: readonly HandlerShape[];
}

export interface AttachedEvent {
	readonly trigger: TriggerShape;
	readonly interrupting: boolean;
	readonly path: Branch;
}

/** An event subprocess. */
export interface HandlerShape {
	readonly trigger: TriggerShape;
	readonly interrupting: boolean;
	readonly body: Block;
}

export type TriggerShape = 'timer' | 'cycle' | 'message' | 'signal' | 'error' | 'escalation';

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

export type Splitting = Extract<NodeKind, `${string}Gateway`>;

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
		.map(([body, end]) => drawProcess({ body, handlers: [] }, end))
		.filter(({ nodes }) => nodes.length <= maxNodes);
}

export const TASK: Block = { kind: 'task' };

function block(withTerminate: boolean): Arbitrary<Block> {
	const { part } = fc.letrec<{ part: Block; branch: Branch; branches: readonly Branch[]; sequence: Block }>((tie) => ({
		part: fc.oneof(
			{ maxDepth: 3, depthSize: 'small', withCrossShrink: true },
			{ weight: 4, arbitrary: fc.constant(TASK) },
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
					body: tie('part').map((body): Block => ({ kind: 'sequence', parts: [TASK, body] })),
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
			([first, second]): Block => ({ kind: 'sequence', parts: [TASK, first, ...(second === null ? [] : [second])] }),
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
					.array(fc.constantFrom<Branch[]>(TASK, TASK, { kind: 'pass' }, null), { minLength: 2, maxLength: 3 })
					.map(withOneTask),
				shared: fc.boolean(),
			}),
		},
	);
}

export function withOneTask(branches: readonly Branch[]): readonly Branch[] {
	return branches.every((branch) => branch === null) ? [TASK, ...branches.slice(1)] : branches;
}
