import type { ProcessModel } from '../../src/model/process-model.ts';
import { draw } from './drawing.ts';

export const SEQUENCE = draw('Start A B C End');

/**
 * The drawing of the design:
 *
 * P─AND─┬─A1─A2─┬─AND─T
 *       └─B1────┘
 */
export const PARALLEL = draw('Start P AndFork A1 A2 AndJoin T End', 'AndFork B1 AndJoin');

/** P ─ OR split to A, B, C ─ OR join ─ T; the split has no default flow. */
export const INCLUSIVE = draw('Start P OrSplit A OrJoin T End', 'OrSplit B OrJoin', 'OrSplit C OrJoin');

/**
 * The drawing of the design; where B chooses x2, J fires with `a` alone because nothing else can come any more:
 *
 * P─AND─┬─a────────────►J(OR)─W─►K(OR)─T
 *       └─B─XOR─x1─────►J
 *             └─x2─────────────►K
 */
export const INCLUSIVE_EXIT = draw('Start P AndFork OrJ W OrK T End', 'AndFork B XorExit OrJ', 'XorExit OrK');

/** B in a loop: for four visits, choose the second flow of XorAgain, the way back, three times. */
export const LOOP = draw('Start A XorMerge B XorAgain C End', 'XorAgain XorMerge');

/**
 * P─AND─┬─A─AND─┬─A1─┬─AND─A3─┬─AND─T
 *       │       └─A2─┘        │
 *       └─B───────────────────┘
 */
export const NESTED_PARALLEL = draw(
	'Start P AndFork A AndInner A1 AndRejoin A3 AndJoin T End',
	'AndInner A2 AndRejoin',
	'AndFork B AndJoin',
);

/**
 * A parallel block in a loop, where a stale token could wait at the join in a later round:
 *
 * P─XOR─AND─┬─A─┬─AND─R─XOR─End
 *    ▲      └─B─┘        │
 *    └───────────────────┘
 */
export const PARALLEL_IN_LOOP = draw(
	'Start P XorMerge AndFork A AndJoin R XorAgain End',
	'XorAgain XorMerge',
	'AndFork B AndJoin',
);

/**
 * W can write in one branch what XorG reads in the other: the design's rule on data.
 *
 * P─AND─┬─W────────────┬─AND─T
 *       └─D─XOR─┬─X─┬──┘
 *               └─Y─┘
 */
export const CONCURRENT_WRITER = draw(
	'Start P AndFork W AndJoin T End',
	'AndFork D XorG X XorMerge AndJoin',
	'XorG Y XorMerge',
);

/**
 * The same with a decision that reads what W can write, and is undone with it while D stays:
 *
 * P─AND─┬─W─────────────┬─AND─T
 *       └─D─Rule─XOR─┬─X─┬──┘
 *                    └─Y─┘
 */
export const CONCURRENT_RULE = draw(
	'Start P AndFork W AndJoin T End',
	'AndFork D Rule E XorG X XorMerge AndJoin',
	'XorG Y XorMerge',
);

/** Two branches that end in end events of their own: nothing joins them. */
export const SEPARATE_ENDS = draw('Start P AndFork A EndA', 'AndFork B EndB');

/** A branch that can stop the whole process while the other is still open. */
export const TERMINATE = draw('Start P AndFork A XorSplit AndJoin T End', 'XorSplit Stop', 'AndFork B AndJoin');

/**
 * Gateways that join and split at once: an AND, an OR, and an XOR that takes its own way back.
 *
 * P─AND─┬─A─┬─AND─┬─C─┬─OR─┬─E─┬─OR─XOR─┬─T
 *       └─B─┘     └─D─┘    └─F─┘     ▲  └─R─┐
 *                                    └──────┘
 */
export const MIXED_GATEWAYS = draw(
	'Start P AndFork A AndBoth C OrBoth E OrJoin XorAgain T End',
	'AndFork B AndBoth D OrBoth F OrJoin',
	'XorAgain R XorAgain',
);

export const NAMED_MODELS: Readonly<Record<string, ProcessModel>> = {
	SEQUENCE,
	PARALLEL,
	INCLUSIVE,
	INCLUSIVE_EXIT,
	LOOP,
	NESTED_PARALLEL,
	PARALLEL_IN_LOOP,
	CONCURRENT_WRITER,
	CONCURRENT_RULE,
	SEPARATE_ENDS,
	TERMINATE,
	MIXED_GATEWAYS,
};
