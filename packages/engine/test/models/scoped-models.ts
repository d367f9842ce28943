import fc, { type Arbitrary } from 'fast-check';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type {
	ActivityBlock,
	AttachedEvent,
	Block,
	Branch,
	Content,
	HandlerShape,
	LoopShape,
	TriggerShape,
} from './blocks.ts';
import { TASK, withOneTask } from './blocks.ts';
import { build } from './draft.ts';
import { drawProcess } from './draw-block.ts';

export interface ScopedOptions {
	/** Nodes at most, those inside subprocesses and all starts and ends included. */
	readonly maxNodes: number;
}

/** What one kind of model may have in it. */
interface Ingredients {
	readonly attached: boolean;
	readonly loops: boolean;
	readonly waits: boolean;
	readonly handlers: boolean;
	readonly errors: boolean;
	readonly terminate: boolean;
}

const NOTHING: Ingredients = {
	attached: false,
	loops: false,
	waits: false,
	handlers: false,
	errors: false,
	terminate: false,
};

/**
 * Sound models with subprocesses, in each other, in parallel blocks and in loops: with interrupting and other boundary
 * events, terminate end events inside, and errors that are caught at the subprocess. Besides events that may come there
 * is always an open task until the process ends.
 */
export function subprocessModel(options: Partial<ScopedOptions> = {}): Arbitrary<ProcessModel> {
	return scopedModel({ ...NOTHING, attached: true, errors: true, terminate: true }, options);
}

/** Sound models with repeated user tasks and subprocesses, in parallel, one after the other and by a condition. */
export function multiInstanceModel(options: Partial<ScopedOptions> = {}): Arbitrary<ProcessModel> {
	return scopedModel({ ...NOTHING, attached: true, loops: true }, options);
}

/**
 * Sound models with events that a process waits for, event-based gateways, event subprocesses in the process and in
 * subprocesses, escalations and signals. There need not be an open task while an event is waited for.
 */
export function eventModel(options: Partial<ScopedOptions> = {}): Arbitrary<ProcessModel> {
	return scopedModel({ ...NOTHING, attached: true, waits: true, handlers: true, errors: true }, options);
}

function scopedModel(ingredients: Ingredients, { maxNodes = 25 }: Partial<ScopedOptions>): Arbitrary<ProcessModel> {
	const { handlers } = ingredients;
	return fc
		.tuple(block(ingredients), handlers ? fc.array(handler(), { maxLength: 1 }) : fc.constant([]))
		.map(([body, handled]) => build(drawProcess({ body, handlers: handled }, { kind: 'single' })))
		.filter(({ nodes }) => Object.keys(nodes).length <= maxNodes);
}

function block(ingredients: Ingredients): Arbitrary<Block> {
	const { waits, loops, terminate } = ingredients;
	const { part, activity } = fc.letrec<{
		part: Block;
		branch: Branch;
		branches: readonly Branch[];
		sequence: Block;
		activity: ActivityBlock;
	}>((tie) => ({
		part: fc.oneof(
			{ maxDepth: 3, depthSize: 'small', withCrossShrink: true },
			{ weight: 3, arbitrary: fc.constant(TASK) },
			{ weight: 5, arbitrary: tie('activity') },
			...(waits
				? [
						{
							weight: 2,
							arbitrary: fc.record({
								kind: fc.constant('wait' as const),
								by: fc.constantFrom('timer' as const, 'message' as const, 'receiving' as const),
							}),
						},
						{ weight: 2, arbitrary: fc.record({ kind: fc.constant('race' as const), branches: tie('branches') }) },
					]
				: []),
			{ weight: 2, arbitrary: tie('sequence') },
			{ weight: 3, arbitrary: fc.record({ kind: fc.constant('parallel' as const), branches: tie('branches') }) },
			{
				weight: 2,
				arbitrary: fc.record({
					kind: fc.constantFrom('exclusive' as const, 'inclusive' as const),
					branches: tie('branches'),
					hasDefault: fc.boolean(),
				}),
			},
			{
				weight: 1,
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
			.array(tie('part'), { minLength: 2, maxLength: 2 })
			.map((parts): Block => ({ kind: 'sequence', parts })),
		branch: fc.option(tie('part'), { freq: 6 }),
		branches: fc.array(tie('branch'), { minLength: 2, maxLength: 2 }).map(withOneTask),
		activity: fc
			.tuple(
				fc.option(content(tie('part'), ingredients), { freq: loops ? 1 : 4 }),
				fc.option(loop(), { freq: 4 }),
				fc.array(attached(), { maxLength: 2 }),
				fc.record({
					errors: fc.boolean(),
					throws: fc.constantFrom(null, 'escalation', 'signal'),
					terminates: fc.boolean(),
					hasDefault: fc.boolean(),
				}),
			)
			.map(([inside, repeated, events, flags]): ActivityBlock => {
				const plain = { kind: 'activity', content: inside, loop: loops ? repeated : null, events } as const;
				if (inside === null) return isEmpty(repeated) ? { ...plain, events: [] } : plain;
				if (isEmpty(repeated)) return { ...plain, loop: null };
				let one: ActivityBlock = plain;
				if (ingredients.errors && flags.errors) one = withError(one, flags.hasDefault);
				if (waits && flags.throws !== null) one = withThrow(one, flags.throws);
				return terminate && flags.terminates ? withStop(one, flags.hasDefault) : one;
			}),
	}));
	return fc
		.tuple(activity, fc.option(part, { freq: 3 }))
		.map(
			([first, second]): Block => ({ kind: 'sequence', parts: [TASK, first, ...(second === null ? [] : [second])] }),
		);
}

function content(body: Arbitrary<Block>, { handlers }: Ingredients): Arbitrary<Content> {
	return fc.record({
		body: body.map((part): Block => ({ kind: 'sequence', parts: [TASK, part] })),
		handlers: handlers ? fc.array(handler(), { maxLength: 1 }) : fc.constant([]),
	});
}

/** What happens beside or instead of other things is kept short. */
function path(): Arbitrary<Branch> {
	return fc.constantFrom<Branch[]>(null, TASK, TASK, { kind: 'pass' });
}

function attached(): Arbitrary<AttachedEvent> {
	return fc.record({ trigger: armed(), interrupting: fc.boolean(), path: path() });
}

function armed(): Arbitrary<TriggerShape> {
	return fc.constantFrom('timer', 'timer', 'message', 'message', 'signal', 'cycle');
}

function handler(): Arbitrary<HandlerShape> {
	return fc.record({
		trigger: armed(),
		interrupting: fc.boolean(),
		body: fc.constantFrom<Block[]>(TASK, TASK, { kind: 'sequence', parts: [TASK, TASK] }, { kind: 'pass' }),
	});
}

function loop(): Arbitrary<LoopShape> {
	return fc.oneof(
		{
			weight: 5,
			arbitrary: fc.record({
				kind: fc.constantFrom('parallel' as const, 'parallel' as const, 'sequential' as const),
				count: fc.constantFrom(2, 2, 3, 1, 0),
				enough: fc.constantFrom(null, null, 1, 2),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('standard' as const),
				testBefore: fc.boolean(),
				maximum: fc.integer({ min: 1, max: 3 }),
				byChoice: fc.boolean(),
			}),
		},
	);
}

/** Not run at all: nothing inside or at it could be reached. */
function isEmpty(repeated: LoopShape | null): boolean {
	return repeated !== null && 'count' in repeated && repeated.count === 0;
}

/** A branch that can end the subprocess with an error, which is caught at it. */
function withError(activity: ActivityBlock, hasDefault: boolean): ActivityBlock {
	const fail: Block = { kind: 'sequence', parts: [TASK, { kind: 'fail', hasDefault }] };
	const caught: AttachedEvent = { trigger: 'error', interrupting: true, path: TASK };
	return { ...beside(activity, fail), events: [...activity.events.slice(0, 1), caught] };
}

/** A branch that can throw something, which is caught at the subprocess; a signal is, wherever else it is waited for. */
function withThrow(activity: ActivityBlock, what: 'escalation' | 'signal'): ActivityBlock {
	const maybe: Block = { kind: 'exclusive', branches: [{ kind: 'throw', what }, null], hasDefault: true };
	const throwing: Block = { kind: 'sequence', parts: [TASK, maybe] };
	const caught: AttachedEvent = { trigger: what, interrupting: activity.events.length === 0, path: TASK };
	return { ...beside(activity, throwing), events: [...activity.events.slice(0, 1), caught] };
}

function withStop(activity: ActivityBlock, hasDefault: boolean): ActivityBlock {
	return beside(activity, { kind: 'sequence', parts: [TASK, { kind: 'stop', hasDefault }] });
}

/** The same with something parallel to all that is inside. */
function beside(activity: ActivityBlock, other: Block): ActivityBlock {
	if (activity.content === null) return activity;
	const body: Block = { kind: 'parallel', branches: [activity.content.body, other] };
	return { ...activity, content: { ...activity.content, body } };
}
