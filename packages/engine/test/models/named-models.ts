import type { ProcessModel } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import { build } from './draft.ts';
import { type Sketch, sketch } from './sketch.ts';

/** Start ─ A ─ B ─ C ─ End */
export const SEQUENCE = drawn((s) => {
	s.chain(start(s), task(s, 'A'), task(s, 'B'), task(s, 'C'), end(s));
});

/**
 * The drawing of the design:
 *
 * P─AND─┬─A1─A2─┬─AND─T
 *       └─B1────┘
 */
export const PARALLEL = drawn((s) => {
	const fork = s.node('parallelGateway', { id: 'Fork' });
	const join = s.node('parallelGateway', { id: 'Join' });
	s.chain(start(s), task(s, 'P'), fork, task(s, 'A1'), task(s, 'A2'), join, task(s, 'T'), end(s));
	s.chain(fork, task(s, 'B1'), join);
});

/** P ─ OR split to A, B, C ─ OR join ─ T; the split has no default flow. */
export const INCLUSIVE = drawn((s) => {
	const split = s.node('inclusiveGateway', { id: 'Split' });
	const join = s.node('inclusiveGateway', { id: 'Join' });
	s.chain(start(s), task(s, 'P'), split, task(s, 'A'), join, task(s, 'T'), end(s));
	s.chain(split, task(s, 'B'), join);
	s.chain(split, task(s, 'C'), join);
});

/**
 * The drawing of the design; with x2 chosen, J fires with `a` alone because nothing can come any more:
 *
 * P─AND─┬─a────────────►J(OR)─W─►K(OR)─T
 *       └─B─XOR─x1─────►J
 *             └─x2─────────────►K
 */
export const INCLUSIVE_EXIT = drawn((s) => {
	const fork = s.node('parallelGateway', { id: 'Fork' });
	const exit = s.node('exclusiveGateway', { id: 'Exit' });
	const j = s.node('inclusiveGateway', { id: 'J' });
	const k = s.node('inclusiveGateway', { id: 'K' });
	s.chain(start(s), task(s, 'P'), fork, j, task(s, 'W'), k, task(s, 'T'), end(s));
	s.chain(fork, task(s, 'B'), exit, j);
	s.chain(exit, k);
});

/** A ─ B in a loop that can be left or repeated after B, then C: for four visits, choose Again three times. */
export const LOOP = drawn((s) => {
	const merge = s.node('exclusiveGateway', { id: 'Merge' });
	const again = s.node('exclusiveGateway', { id: 'Again' });
	s.chain(start(s), task(s, 'A'), merge, task(s, 'B'), again, task(s, 'C'), end(s));
	s.chain(again, merge);
});

/**
 * P─AND─┬─A─AND─┬─A1─┬─AND─A3─┬─AND─T
 *       │       └─A2─┘        │
 *       └─B───────────────────┘
 */
export const NESTED_PARALLEL = drawn((s) => {
	const [fork, join] = [s.node('parallelGateway', { id: 'Fork' }), s.node('parallelGateway', { id: 'Join' })];
	const [inner, rejoin] = [s.node('parallelGateway', { id: 'Inner' }), s.node('parallelGateway', { id: 'Rejoin' })];
	const a3 = task(s, 'A3');
	s.chain(start(s), task(s, 'P'), fork, task(s, 'A'), inner, task(s, 'A1'), rejoin, a3, join, task(s, 'T'), end(s));
	s.chain(inner, task(s, 'A2'), rejoin);
	s.chain(fork, task(s, 'B'), join);
});

/**
 * A parallel block in a loop, so that a stale token could wait at the join in a later round:
 *
 * P─XOR─AND─┬─A─┬─AND─R─XOR─End
 *    ▲      └─B─┘        │
 *    └───────────────────┘
 */
export const PARALLEL_IN_LOOP = drawn((s) => {
	const [fork, join] = [s.node('parallelGateway', { id: 'Fork' }), s.node('parallelGateway', { id: 'Join' })];
	const [merge, again] = [s.node('exclusiveGateway', { id: 'Merge' }), s.node('exclusiveGateway', { id: 'Again' })];
	s.chain(start(s), task(s, 'P'), merge, fork, task(s, 'A'), join, task(s, 'R'), again, end(s));
	s.chain(again, merge);
	s.chain(fork, task(s, 'B'), join);
});

/**
 * W writes in one branch what the gateway G of the other reads: the design's rule on data.
 *
 * P─AND─┬─W───────────────┬─AND─T
 *       └─D─XOR(G)─┬─X─┬──┘
 *                  └─Y─┘
 */
export const CONCURRENT_WRITER = drawn((s) => {
	const [fork, join] = [s.node('parallelGateway', { id: 'Fork' }), s.node('parallelGateway', { id: 'Join' })];
	const [g, merge] = [s.node('exclusiveGateway', { id: 'G' }), s.node('exclusiveGateway', { id: 'Merge' })];
	s.chain(start(s), task(s, 'P'), fork, task(s, 'W'), join, task(s, 'T'), end(s));
	s.chain(fork, task(s, 'D'), g, task(s, 'X'), merge, join);
	s.chain(g, task(s, 'Y'), merge);
});

/** Two branches that end in end events of their own: nothing joins them. */
export const SEPARATE_ENDS = drawn((s) => {
	const fork = s.node('parallelGateway', { id: 'Fork' });
	s.chain(start(s), task(s, 'P'), fork, task(s, 'A'), s.node('endEvent', { id: 'EndA' }));
	s.chain(fork, task(s, 'B'), s.node('endEvent', { id: 'EndB' }));
});

/** A branch that can stop the whole process while the other is still open. */
export const TERMINATE = drawn((s) => {
	const fork = s.node('parallelGateway', { id: 'Fork' });
	const join = s.node('parallelGateway', { id: 'Join' });
	const split = s.node('exclusiveGateway', { id: 'Split' });
	s.chain(start(s), task(s, 'P'), fork, task(s, 'A'), split, join, task(s, 'T'), end(s));
	s.chain(split, s.node('terminateEndEvent', { id: 'Stop' }));
	s.chain(fork, task(s, 'B'), join);
});

export const NAMED_MODELS: Readonly<Record<string, ProcessModel>> = {
	SEQUENCE,
	PARALLEL,
	INCLUSIVE,
	INCLUSIVE_EXIT,
	LOOP,
	NESTED_PARALLEL,
	PARALLEL_IN_LOOP,
	CONCURRENT_WRITER,
	SEPARATE_ENDS,
	TERMINATE,
};

function drawn(draw: (s: Sketch) => void): ProcessModel {
	const paper = sketch();
	draw(paper);
	return build(paper.draft());
}

function start(s: Sketch): NodeId {
	return s.node('startEvent', { id: 'Start' });
}

function end(s: Sketch): NodeId {
	return s.node('endEvent', { id: 'End' });
}

function task(s: Sketch, id: NodeId): NodeId {
	return s.node('userTask', { id });
}
