import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, ProcessModel } from '../../src/model/process-model.ts';
import type { FlowId } from '../../src/terms.ts';
import { inclusiveJoinInput } from '../../src/verify/inclusive-join.ts';
import {
	EMPTY,
	type Marking,
	markingOf,
	type Place,
	PROCESS_SCOPE,
	type Scope,
	scopeOf,
	tokensOf,
	withTokens,
} from '../../src/verify/marking.ts';
import { isInclusiveJoin, netOf, nodeOf } from '../../src/verify/net.ts';
import { blockDraft } from '../models/blocks.ts';
import { build } from '../models/draft.ts';
import { draw, drawNested } from '../models/drawing.ts';
import { mutate, mutation } from '../models/mutations.ts';
import { INCLUSIVE, INCLUSIVE_EXIT } from '../models/named-models.ts';

function input(model: ProcessModel, join: string, places: readonly Place[]): readonly FlowId[] | null {
	const net = netOf(model);
	return inclusiveJoinInput(net, nodeOf(net, join), scopeOf(markingOf(places), PROCESS_SCOPE));
}

describe('an inclusive join', () => {
	const twoRounds = draw('Start OrS1 A OrJ1 OrS2 B OrJ2 End', 'OrS1 A2 OrJ1', 'OrS2 B2 OrJ2');
	const looping = draw('Start XorM OrS A OrJ XorAgain End', 'OrS B OrJ', 'XorAgain R XorM');
	const inOneBranch = draw('Start AndS C OrJ2 End', 'AndS OrS A OrJ1 D OrJ2', 'OrS B OrJ1');
	const wayBack = draw('Start XorM AndS OrJ W OrK XorAgain End', 'AndS B XorExit OrJ', 'XorExit OrK', 'XorAgain XorM');

	it.each<[string, ProcessModel, string, Place[], FlowId[] | null]>([
		['waits while it has no token', INCLUSIVE, 'OrJoin', ['task:A'], null],
		['takes the only branch', INCLUSIVE, 'OrJoin', ['flow:A_OrJoin_1'], ['A_OrJoin_1']],
		['takes two of three', INCLUSIVE, 'OrJoin', ['flow:A_OrJoin_1', 'flow:C_OrJoin_1'], ['A_OrJoin_1', 'C_OrJoin_1']],
		['waits for an open task', INCLUSIVE, 'OrJoin', ['flow:A_OrJoin_1', 'task:B'], null],
		['waits for a token on the way', INCLUSIVE, 'OrJoin', ['flow:A_OrJoin_1', 'flow:OrSplit_B_1'], null],
		// That token leads to the marked flow as well as to the empty ones: it will not be waited for.
		[
			'lets a token pass that can come by the marked flow too',
			INCLUSIVE,
			'OrJoin',
			['flow:A_OrJoin_1', 'task:P'],
			['A_OrJoin_1'],
		],
		[
			'is not held up by what is behind it',
			INCLUSIVE,
			'OrJoin',
			['flow:A_OrJoin_1', 'task:T', 'sink:End'],
			['A_OrJoin_1'],
		],
		[
			'takes one token of a flow that holds two',
			INCLUSIVE,
			'OrJoin',
			['flow:A_OrJoin_1', 'flow:A_OrJoin_1'],
			['A_OrJoin_1'],
		],
		['waits for a token that may leave', INCLUSIVE_EXIT, 'OrJ', ['flow:AndFork_OrJ_1', 'task:B'], null],
		[
			'is released by one that has left',
			INCLUSIVE_EXIT,
			'OrJ',
			['flow:AndFork_OrJ_1', 'flow:XorExit_OrK_1'],
			['AndFork_OrJ_1'],
		],
		[
			'is released by one that has ended',
			draw('Start AndS OrJ End', 'AndS B XorS OrJ', 'XorS End'),
			'OrJ',
			['flow:AndS_OrJ_1', 'sink:End'],
			['AndS_OrJ_1'],
		],
		[
			'waits for a task that another join still leads to',
			INCLUSIVE_EXIT,
			'OrK',
			['flow:XorExit_OrK_1', 'flow:AndFork_OrJ_1'],
			null,
		],
		['waits for itself in no round but its own', twoRounds, 'OrJ2', ['flow:B_OrJ2_1'], ['B_OrJ2_1']],
		['waits in the first round', twoRounds, 'OrJ1', ['flow:A_OrJ1_1', 'task:A2'], null],
		['waits in the second round', twoRounds, 'OrJ2', ['flow:B_OrJ2_1', 'task:B2'], null],
		['waits in a loop for the other branch', looping, 'OrJ', ['flow:A_OrJ_1', 'task:B'], null],
		['is not held up by the next round of its loop', looping, 'OrJ', ['flow:A_OrJ_1', 'task:R'], ['A_OrJ_1']],
		['waits for a whole inner block', inOneBranch, 'OrJ2', ['flow:C_OrJ2_1', 'task:B'], null],
		['does not mind an outer branch', inOneBranch, 'OrJ1', ['flow:A_OrJ1_1', 'task:C'], ['A_OrJ1_1']],
		// The letter of the standard: B leads to the marked flow by way of the next round.
		[
			'does not wait for a token that can come round to its marked flow',
			wayBack,
			'OrJ',
			['flow:AndS_OrJ_1', 'task:B'],
			['AndS_OrJ_1'],
		],
	])('%s', (_, model, join, places, expected) => {
		expect(input(model, join, places)).toEqual(expected);
	});

	const interruptible = drawNested(
		{ process: ['Start OrS A OrJ T End', 'OrS B OrJ', 'OnTime XorX OrJ', 'XorX EndX', 'OnWord EndY'] },
		{ OnTime: { attachedTo: 'A' }, OnWord: { attachedTo: 'B', interrupting: false } },
	);

	it.each<[string, Place[], FlowId[] | null]>([
		['waits for a task that only its boundary event leads from to one flow', ['flow:B_OrJ_1', 'task:A'], null],
		['waits for an activity of any kind', ['flow:B_OrJ_1', 'active:A'], null],
		['waits for what an interrupting event began', ['flow:B_OrJ_1', 'flow:OnTime_XorX_1'], null],
		['is not held up by what ends by itself', ['flow:B_OrJ_1', 'flow:OnWord_EndY_1'], ['B_OrJ_1']],
		['lets a task pass that can come by its boundary event', ['flow:XorX_OrJ_1', 'task:A'], ['XorX_OrJ_1']],
	])('%s', (_, places, expected) => {
		expect(input(interruptible, 'OrJ', places)).toEqual(expected);
	});

	it('minds the token of a gateway, and not the single events behind it', () => {
		const model = draw('Start AndS Gate CatchA OrJ End', 'Gate CatchB OrJ', 'AndS OrJ');
		const [scope, host] = [PROCESS_SCOPE, 1];
		const marking = withTokens(EMPTY, [
			{ id: 1, place: 'active:Gate', scope, host: null, done: null },
			{ id: 2, place: 'wait:CatchA', scope, host, done: null },
			{ id: 3, place: 'wait:CatchB', scope, host, done: null },
			{ id: 4, place: 'flow:CatchA_OrJ_1', scope, host: null, done: null },
		]);
		const net = netOf(model);
		// The gateway leads to the marked flow, so it is not waited for; CatchB alone would lead to an empty one only.
		expect(inclusiveJoinInput(net, nodeOf(net, 'OrJ'), scopeOf(marking, scope))).toEqual(['CatchA_OrJ_1']);
	});

	it('minds no token of another scope', () => {
		const model = drawNested({ process: ['Start Sub OrJ End'], Sub: ['StartS OrS A OrJ2 EndS', 'OrS B OrJ2'] });
		const inner: Scope = { id: 1, parent: 0, kind: 'sub', host: 1, flow: null, count: null, tokens: [] };
		const net = netOf(model);
		const marking = withTokens(
			EMPTY,
			[
				{ id: 1, place: 'active:Sub', scope: 0, host: null, done: null },
				{ id: 2, place: 'task:A', scope: 0, host: null, done: null },
				{ id: 3, place: 'flow:B_OrJ2_1', scope: 1, host: null, done: null },
			],
			[inner],
		);
		expect(inclusiveJoinInput(net, nodeOf(net, 'OrJ2'), scopeOf(marking, 1))).toEqual(['B_OrJ2_1']);
	});

	it('agrees with the wording of the standard, path by path, in any model and marking', () => {
		fc.assert(
			fc.property(anyModel(), fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }), (model, picks) => {
				const net = netOf(model);
				const all = [...net.takers.keys()].filter((place) => /^(flow:|task:Task|task:Start)/.test(place));
				for (const join of [...net.nodes.values()].filter(isInclusiveJoin)) {
					// One token in front of the join, or the rule would mostly be decided by its first half.
					const marking = markingOf([
						`flow:${join.incoming[(picks[0] ?? 0) % join.incoming.length] ?? ''}`,
						...picks.slice(1).flatMap((pick) => all[pick % all.length] ?? []),
					]);
					const found = inclusiveJoinInput(net, join, scopeOf(marking, PROCESS_SCOPE));
					expect(found !== null).toBe(isActivated(model, join, marking));
				}
			}),
			{ numRuns: 500 },
		);
	});
});

function anyModel(): fc.Arbitrary<ProcessModel> {
	return fc
		.tuple(blockDraft({ maxNodes: 12 }), fc.array(mutation(), { maxLength: 6 }))
		.map(([draft, changes]) => build(changes.reduce((one, change) => mutate(one, change) ?? one, draft)));
}

/** OMG BPMN 2.0.2, table 13.3, read word by word: walks every directed path without a repeated flow. */
function isActivated(model: ProcessModel, join: Node, marking: Marking): boolean {
	const isMarked = (flow: FlowId): boolean => tokensOf(marking).includes(`flow:${flow}`);
	if (!join.incoming.some(isMarked)) return false;
	const startingFlows = tokensOf(marking).flatMap((place): readonly (readonly FlowId[])[] => {
		if (place.startsWith('flow:')) return [[place.slice('flow:'.length)]];
		// A token in a task leaves it by its outgoing flows: together they stand for one token.
		return place.startsWith('task:') ? [model.nodes[place.slice('task:'.length)]?.outgoing ?? []] : [];
	});
	return startingFlows.every((flows) => {
		const reached = new Set(flows.flatMap((flow) => [...pathEnds(model, join, flow, [])]));
		const empty = [...reached].some((flow) => !isMarked(flow));
		return !empty || [...reached].some(isMarked);
	});
}

function* pathEnds(model: ProcessModel, join: Node, flow: FlowId, walked: readonly FlowId[]): Generator<FlowId> {
	const target = model.flows[flow]?.target;
	if (target === undefined || walked.includes(flow)) return;
	if (target === join.id) {
		yield flow;
		return;
	}
	for (const next of model.nodes[target]?.outgoing ?? []) yield* pathEnds(model, join, next, [...walked, flow]);
}
