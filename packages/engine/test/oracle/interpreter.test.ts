import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byConditions, type Choose } from '../../src/verify/conditions.ts';
import {
	complete,
	hasEnded,
	initialMarking,
	openTasks,
	settle,
	settlements,
	startMarking,
} from '../../src/verify/interpreter.ts';
import { type Marking, markingKey, markingOf, type Place, tokensOf } from '../../src/verify/marking.ts';
import { steer } from '../models/draft.ts';
import { draw } from '../models/drawing.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { INCLUSIVE_EXIT, NESTED_PARALLEL, PARALLEL, TERMINATE } from '../models/named-models.ts';
import { picker, scenario, writtenBy } from '../models/scenario.ts';

type Model = ReturnType<typeof draw>;

function settled(model: Model, marking: Marking, choose: Choose = () => []): Marking {
	const settlement = settle(model, marking, choose);
	if (settlement.kind !== 'settled') throw new Error(settlement.kind);
	return settlement.marking;
}

/** Completes tasks in this order, settling after each, and shows the marking. */
function play(model: Model, tasks: readonly string[], choose: Choose = () => []): readonly Place[] {
	const begun = settled(model, initialMarking(model), choose);
	return tokensOf(tasks.reduce((marking, task) => settled(model, complete(model, marking, task), choose), begun));
}

describe('each kind of node', () => {
	it.each<[string, Model, Place[], Place[]]>([
		['a user task takes each token singly', draw('Start A End'), ['flow:Start_A_1'], ['task:A']],
		[
			'a user task with two in-flows opens once for each token',
			draw('Start Xor A End', 'Xor A'),
			['flow:Xor_A_1', 'flow:Xor_A_2'],
			['task:A', 'task:A'],
		],
		['an open task waits for somebody', draw('Start A End'), ['task:A'], ['task:A']],
		['a pass-through passes', draw('Start Pass A End'), ['flow:Start_Pass_1'], ['task:A']],
		[
			'an exclusive merge passes each token singly',
			draw('Start AndS Xor A End', 'AndS Xor'),
			['flow:AndS_Xor_1'],
			['task:A'],
		],
		[
			'a parallel split gives a token to every flow',
			draw('Start AndS A End', 'AndS B End'),
			['flow:Start_AndS_1'],
			['task:A', 'task:B'],
		],
		[
			'a parallel join waits for every flow',
			draw('Start AndS AndJ A End', 'AndS AndJ'),
			['flow:AndS_AndJ_1'],
			['flow:AndS_AndJ_1'],
		],
		[
			'a parallel join takes one token of every flow',
			draw('Start AndS AndJ A End', 'AndS AndJ'),
			['flow:AndS_AndJ_1', 'flow:AndS_AndJ_1', 'flow:AndS_AndJ_2'],
			['flow:AndS_AndJ_1', 'task:A'],
		],
		[
			'a parallel gateway joins and splits',
			draw('Start AndS And A End', 'AndS And B End'),
			['flow:AndS_And_1', 'flow:AndS_And_2'],
			['task:A', 'task:B'],
		],
		[
			'an end event keeps its token while others run',
			draw('Start AndS A End', 'AndS End'),
			['task:A', 'flow:AndS_End_1'],
			['sink:End', 'task:A'],
		],
		[
			'an end event keeps every token',
			draw('Start AndS A End', 'AndS End'),
			['task:A', 'flow:AndS_End_1', 'flow:A_End_1'],
			['sink:End', 'sink:End', 'task:A'],
		],
		[
			'the process ends when only sinks are left',
			draw('Start AndS A End', 'AndS End'),
			['sink:End', 'flow:AndS_End_1'],
			[],
		],
		[
			'a terminate end event clears all',
			draw('Start AndS A End', 'AndS Stop'),
			['task:A', 'sink:End', 'flow:AndS_Stop_1'],
			[],
		],
		[
			'a node that leads nowhere keeps its token as an end event does',
			draw('Start AndS A', 'AndS Pass'),
			['task:A', 'flow:AndS_Pass_1'],
			['sink:Pass', 'task:A'],
		],
	])('%s', (_, model, before, after) => {
		expect(tokensOf(settled(model, markingOf(before)))).toEqual(after);
	});

	it.each<[string, string[], Place[]]>([
		['one flow', ['OrS_A_1'], ['task:A']],
		['two of three flows', ['OrS_A_1', 'OrS_C_1'], ['task:A', 'task:C']],
		['every flow', ['OrS_A_1', 'OrS_B_1', 'OrS_C_1'], ['task:A', 'task:B', 'task:C']],
	])('an inclusive split takes %s', (_, flows, after) => {
		const model = draw('Start OrS A End', 'OrS B End', 'OrS C End');
		expect(play(model, [], () => flows)).toEqual(after);
	});

	it('an exclusive gateway with several ways in decides for each token', () => {
		const model = draw('Start AndS Xor A End', 'AndS Xor B End');
		expect(play(model, [], () => ['Xor_B_1'])).toEqual(['task:B', 'task:B']);
	});

	it('an inclusive join with several ways out chooses when it fires', () => {
		const model = draw('Start AndS Or A End', 'AndS Or B End');
		expect(play(model, [], () => ['Or_A_1', 'Or_B_1'])).toEqual(['task:A', 'task:B']);
		expect(play(model, [], () => ['Or_B_1'])).toEqual(['task:B']);
	});
});

describe('a run', () => {
	it('begins with the start in the hands of its initiator', () => {
		expect(tokensOf(startMarking(PARALLEL))).toEqual(['task:Start']);
		expect(tokensOf(initialMarking(PARALLEL))).toEqual(['flow:Start_P_1']);
	});

	it.each<[string, Model, string[], Place[]]>([
		['parallel, one branch done', PARALLEL, ['P', 'B1'], ['flow:B1_AndJoin_1', 'task:A1']],
		['parallel, joined', PARALLEL, ['P', 'B1', 'A1', 'A2'], ['task:T']],
		['parallel, ended', PARALLEL, ['P', 'B1', 'A1', 'A2', 'T'], []],
		['nested, inner joined', NESTED_PARALLEL, ['P', 'A', 'A2', 'A1'], ['task:A3', 'task:B']],
	])('%s', (_, model, tasks, after) => {
		expect(play(model, tasks)).toEqual(after);
	});

	it('has ended when nothing is left', () => {
		expect(hasEnded(markingOf(play(PARALLEL, ['P', 'B1', 'A1', 'A2'])))).toBe(false);
		expect(hasEnded(markingOf(play(PARALLEL, ['P', 'B1', 'A1', 'A2', 'T'])))).toBe(true);
	});

	it('names the open tasks, once for each token', () => {
		expect(openTasks(markingOf(['task:B', 'flow:x', 'task:A', 'sink:E', 'task:B']))).toEqual(['A', 'B', 'B']);
	});

	it.each<[string, string, Place[]]>([
		['goes on', 'XorSplit_AndJoin_1', ['flow:XorSplit_AndJoin_1', 'task:B']],
		['stops everything', 'XorSplit_Stop_1', []],
	])('%s as the branch decides', (_, flow, after) => {
		expect(play(TERMINATE, ['P', 'A'], () => [flow])).toEqual(after);
	});

	it('releases an inclusive join when the token it waits for leaves past it', () => {
		expect(play(INCLUSIVE_EXIT, ['P'])).toEqual(['flow:AndFork_OrJ_1', 'task:B']);
		expect(play(INCLUSIVE_EXIT, ['P', 'B'], () => ['XorExit_OrK_1'])).toEqual(['flow:XorExit_OrK_1', 'task:W']);
		expect(play(INCLUSIVE_EXIT, ['P', 'B'], () => ['XorExit_OrJ_1'])).toEqual(['task:W']);
		expect(play(INCLUSIVE_EXIT, ['P', 'B', 'W'], () => ['XorExit_OrK_1'])).toEqual(['task:T']);
	});

	it('says which gateway was given no flow', () => {
		const model = draw('Start XorS A End', 'XorS B End');
		expect(settle(model, initialMarking(model), () => [])).toEqual({ kind: 'no-flow-selected', gateway: 'XorS' });
	});

	it('does not hang on a loop without a task', () => {
		const model = draw('Start XorM XorS XorM', 'XorS End');
		expect(settle(model, initialMarking(model), () => ['XorS_XorM_1'])).toEqual({ kind: 'endless' });
	});

	it.each<[string, string[]]>([
		['two flows of an exclusive gateway', ['XorS_A_1', 'XorS_B_1']],
		['a flow of another gateway', ['Start_XorS_1']],
	])('throws when told to take %s', (_, flows) => {
		const model = draw('Start XorS A End', 'XorS B End');
		expect(() => settle(model, initialMarking(model), () => flows)).toThrow('XorS cannot take');
	});

	it('throws when a task is completed that is not open', () => {
		expect(() => complete(PARALLEL, startMarking(PARALLEL), 'A1')).toThrow('no token at task:A1');
	});
});

describe('settlements', () => {
	it('are several where the order of inclusive joins matters', () => {
		// OrB may fire at once, as the token before OrA leads to its marked flow as well; or wait and join both.
		const model = draw('Start AndS OrA XorA OrB B End', 'AndS OrA', 'XorA OrB');
		const marking = markingOf(['flow:AndS_OrA_1', 'flow:XorA_OrB_2']);
		const choose: Choose = () => ['XorA_OrB_1'];
		const all = settlements(model, marking, choose, 100);
		expect([...(all?.keys() ?? [])].sort()).toEqual(['task:B', 'task:B*2']);
		expect(tokensOf(settled(model, marking, choose))).toEqual(['task:B']);
	});

	it('let everything else come first in settling', () => {
		const model = draw('Start AndS OrB B End', 'AndS XorA OrB', 'XorA OrB');
		const marking = markingOf(['flow:AndS_XorA_1', 'flow:XorA_OrB_2']);
		expect(tokensOf(settled(model, marking, () => ['XorA_OrB_1']))).toEqual(['task:B']);
	});

	it('are given up beyond a limit', () => {
		expect(settlements(PARALLEL, initialMarking(PARALLEL), () => [], 1)).toBeNull();
	});

	it('always hold what settling comes to', () => {
		fc.assert(
			fc.property(scenario(inclusiveExitModel(), { maxPicks: 12 }), (one) => {
				const pick = picker(one.picks);
				let variables = writtenBy(one, 'Start1', pick);
				let marking = initialMarking(one.model);
				for (;;) {
					const choose = byConditions(one.model, variables);
					const all = settlements(one.model, marking, choose, 2_000);
					marking = settled(one.model, marking, choose);
					expect([...(all?.keys() ?? [])]).toContain(markingKey(marking));
					const open = openTasks(marking);
					const task = open[pick(Math.max(open.length, 1)) ?? -1];
					if (task === undefined) return;
					variables = { ...variables, ...writtenBy(one, task, pick) };
					marking = complete(one.model, marking, task);
				}
			}),
			{ numRuns: 100 },
		);
	});
});

describe('steering', () => {
	it('leads a gateway to the flows wanted', () => {
		const model = draw('Start OrS! A End', 'OrS B End', 'OrS C End');
		const taken = (flows: readonly string[]) => byConditions(model, steer(model, 'OrS', flows))('OrS');
		expect(taken(['OrS_A_1', 'OrS_B_1'])).toEqual(['OrS_A_1', 'OrS_B_1']);
		expect(taken(['OrS_B_1'])).toEqual(['OrS_B_1']);
		expect(taken(['OrS_C_1'])).toEqual(['OrS_C_1']);
	});
});
