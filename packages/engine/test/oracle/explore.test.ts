import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { crowded } from '../../src/verify/crowded.ts';
import { type Exploration, explore } from '../../src/verify/explore.ts';
import { terrainOf } from '../../src/verify/granularity.ts';
import { initialMarking, settle } from '../../src/verify/interpreter.ts';
import { EMPTY, type Marking, markingOf, stateKey, tokensOf } from '../../src/verify/marking.ts';
import type { Problem } from '../../src/verify/problems.ts';
import { canComplete, canReach } from '../../src/verify/reach.ts';
import type { PathStep } from '../../src/verify/walk.ts';
import { worldOf } from '../../src/verify/world.ts';
import { blockDraft } from '../models/blocks.ts';
import { build } from '../models/draft.ts';
import { draw } from '../models/drawing.ts';
import { mutate, mutation } from '../models/mutations.ts';
import { INCLUSIVE_EXIT, LOOP, NAMED_MODELS, PARALLEL } from '../models/named-models.ts';
import { arrows, readModel, userTasks } from '../support/read-model.ts';

const BUDGET = { states: 10_000 };

function done(...nodes: readonly string[]): readonly PathStep[] {
	return nodes.map((node) => ({ kind: 'complete', node }));
}

function chose(node: string, ...flows: readonly string[]): PathStep {
	return { kind: 'choose', node, flows };
}

function isAtRest(model: ProcessModel, marking: Marking): boolean {
	let fired = 0;
	const { rest } = terrainOf(worldOf(model), 'decision', () => fired++);
	return stateKey(rest(marking, null)) === stateKey(marking) && fired === 0;
}

describe('a planted fault', () => {
	it.each<[string, ProcessModel, readonly Problem[]]>([
		[
			'deadlock: an exclusive split into a parallel join',
			draw('Start P XorS A AndJ End', 'XorS B AndJ'),
			[
				{
					kind: 'deadlock',
					waiting: ['flow:A_AndJ_1'],
					path: [...done('Start', 'P'), chose('XorS', 'XorS_A_1'), ...done('A')],
				},
				{
					kind: 'deadlock',
					waiting: ['flow:B_AndJ_1'],
					path: [...done('Start', 'P'), chose('XorS', 'XorS_B_1'), ...done('B')],
				},
				{ kind: 'dead-node', node: 'AndJ' },
				{ kind: 'dead-node', node: 'End' },
			],
		],
		[
			'double token: a parallel split into an exclusive merge',
			draw('Start AndS A XorM T End', 'AndS B XorM'),
			[{ kind: 'two-tokens', place: 'task:T', path: done('Start', 'A', 'B') }],
		],
		[
			'dead node: behind a flow without condition',
			{ ...draw('Start XorS A End', 'XorS B End'), ...withoutConditions(draw('Start XorS A End', 'XorS B End')) },
			[{ kind: 'dead-node', node: 'B' }],
		],
		[
			'left behind: one branch ends before its join',
			draw('Start AndS A XorA AndJ End', 'XorA EndA', 'AndS AndJ'),
			[
				{
					kind: 'left-behind',
					waiting: ['flow:AndS_AndJ_1'],
					path: [...done('Start', 'A'), chose('XorA', 'XorA_EndA_1')],
				},
			],
		],
		[
			'no way to the end: a loop that is never left',
			draw('Start A XorM B XorS C XorM', 'XorS D XorM'),
			[{ kind: 'no-way-to-end', path: [] }],
		],
		[
			'no way to the end: a loop that never rests',
			draw('Start XorS XorM Pass XorM', 'XorS End'),
			[{ kind: 'no-way-to-end', path: [...done('Start'), chose('XorS', 'XorS_XorM_1')] }],
		],
		[
			'deadlock: inclusive joins that wait for each other',
			draw('Start AndS A OrX XorX End', 'AndS B OrY XorY End', 'XorX OrY', 'XorY OrX'),
			[
				{ kind: 'deadlock', waiting: ['flow:A_OrX_1', 'flow:B_OrY_1'], path: done('Start', 'A', 'B') },
				...['OrX', 'XorX', 'End', 'OrY', 'XorY'].map((node): Problem => ({ kind: 'dead-node', node })),
			],
		],
		['none: terminating leaves nothing behind', draw('Start AndS A Stop', 'AndS B AndJ End', 'AndS C AndJ'), []],
		[
			'none: a loop does not come round to a terminate end event that was reached before',
			draw('Start XorM A OrS B XorB Stop', 'XorB OrJ', 'OrS OrJ XorAgain End', 'XorAgain XorM'),
			[],
		],
		['none: two branches may stop the process', draw('Start AndS XorM Stop', 'AndS XorM'), []],
		['none: two branches may reach one end event', draw('Start AndS A End', 'AndS B End'), []],
		['none: a default flow is taken alone', draw('Start OrS! A OrJ XorM T End', 'OrS B OrJ', 'OrS XorM'), []],
		[
			'none: a loop may fork to an end event in each round',
			draw('Start XorM A AndS XorAgain End', 'XorAgain XorM', 'AndS EndLog'),
			[],
		],
	])('%s', (_, model, problems) => {
		const { complete, problems: found } = explore(model, BUDGET);
		expect(found).toEqual(problems);
		expect(complete).toBe(problems.every(({ kind }) => kind !== 'two-tokens'));
	});
});

describe('an exploration', () => {
	it.each(Object.entries(NAMED_MODELS))('finds no problem in %s', (_, model) => {
		for (const granularity of ['firing', 'decision'] as const) {
			expect(explore(model, BUDGET, granularity)).toMatchObject({ complete: true, problems: [] });
		}
	});

	it('finds every order of two branches', () => {
		expect([...explore(PARALLEL, BUDGET).states.keys()].sort()).toEqual(
			[
				'',
				'flow:A2_AndJoin_1 task:B1',
				'flow:B1_AndJoin_1 task:A1',
				'flow:B1_AndJoin_1 task:A2',
				'flow:P_AndFork_1',
				'task:A1 task:B1',
				'task:A2 task:B1',
				'task:P',
				'task:Start',
				'task:T',
			].sort(),
		);
	});

	it('stops at its budget of markings and says so', () => {
		const { states, complete } = explore(PARALLEL, { states: 4 });
		expect(states.size).toBe(4);
		expect(complete).toBe(false);
	});

	it('stops when its time is over and says so', () => {
		let asked = 0;
		const { states, complete } = explore(PARALLEL, { states: 1_000, expired: () => ++asked > 2 });
		expect(states.size).toBeLessThan(10);
		expect(complete).toBe(false);
	});

	it('stops after so many problems', () => {
		const model = draw('Start P XorS A AndJ End', 'XorS B AndJ');
		expect(explore(model, { states: 1_000, problems: 1 }).problems).toHaveLength(1);
	});

	it('is over soon for an inclusive split of very many flows', () => {
		const branches = Array.from({ length: 60 }, (_, number) => `XorS B${number} OrJ`);
		const exclusive = draw('Start XorS A OrJ End', ...branches);
		const split = exclusive.nodes.XorS;
		if (split?.kind !== 'exclusiveGateway') throw new Error('no split');
		const model = {
			...exclusive,
			nodes: { ...exclusive.nodes, XorS: { ...split, kind: 'inclusiveGateway' as const } },
		};
		expect(explore(model, { states: 500 })).toMatchObject({ complete: false });
	});

	const splitInto = (...targets: readonly string[]) => {
		const flows = targets.map((target) => `start -[a = 1]-> ${target}`).join(',');
		const tasks = userTasks(...new Set(targets.filter((target) => target !== 'end')));
		return readModel(`<startEvent id="start"/><endEvent id="end"/>${tasks}${numbered(arrows(flows))}`);
	};
	/** Flows between the same two nodes need ids of their own. */
	const numbered = (flows: string) => {
		let number = 0;
		return flows.replace(/ id="start_/g, () => ` id="f${number++}_`);
	};

	it('tells flows into one node apart by their number only', async () => {
		let asked = 0;
		const model = await splitInto(...Array.from({ length: 40 }, () => 'end'));
		const found = explore(model, { states: 500, expired: () => ++asked > 200 });
		expect(found).toMatchObject({ complete: true, problems: [] });
		const twice = explore(await splitInto('A', 'A', 'end'), { states: 500 });
		expect(twice.problems).toMatchObject([{ kind: 'two-tokens', place: 'task:A' }]);
	});

	it('looks at its time within a marking too', async () => {
		let asked = 0;
		const model = await splitInto(...Array.from({ length: 12 }, (_, number) => `T${number}`));
		expect(explore(model, { states: 5_000, expired: () => ++asked > 50 }).states.size).toBeLessThan(60);
	});

	it('comes to the same result, firing by firing or decision by decision, in sound and unsound models', () => {
		fc.assert(
			fc.property(
				// Without terminate events: firing by firing, people may still act while a token is on its way to one, and
				// reach nodes that nobody reaches once everything has come to rest.
				fc.tuple(blockDraft({ maxNodes: 10 }), fc.array(mutation(), { maxLength: 4 })),
				([draft, changes]) => expectSame(build(changes.reduce((one, change) => mutate(one, change) ?? one, draft))),
			),
			{ numRuns: 400 },
		);
	});

	it('comes to the same result where tokens pass on in a circle for ever', () => {
		expectSame(draw('Start P XorS XorM XorN XorO XorQ XorR XorM', 'XorS A End'));
		expectSame(draw('Start P AndS XorM XorN XorM', 'AndS A B AndJ End'));
	});
});

/** Explored firing by firing and decision by decision, what is found in a model is the same. */
function expectSame(model: ProcessModel): void {
	const fine = explore(model, { states: 2_000 }, 'firing');
	const coarse = explore(model, { states: 2_000 }, 'decision');
	if (!fine.complete) return;
	expect(coarse.complete).toBe(true);
	// Tokens on a cycle that only passes on never rest, and may stand anywhere on it.
	const resting = ({ states }: Exploration) =>
		[...states].filter(([, marking]) => isAtRest(model, marking)).map(([key]) => key);
	expect(resting(coarse).sort()).toEqual(resting(fine).sort());
	expect([...coarse.states.keys()].filter((key) => !fine.states.has(key))).toEqual([]);
	expect(faults(coarse.problems)).toEqual(faults(fine.problems));
	expect(coarse.states.has('')).toBe(fine.states.has(''));
}

describe('reachability', () => {
	const deadlocked = markingOf(['flow:A_AndJ_1']);
	const faulty = draw('Start P XorS A AndJ End', 'XorS B AndJ');

	it.each<[string, ProcessModel, Marking, number, string]>([
		['yes from the first open task', PARALLEL, markingOf(['task:P']), 100, 'yes'],
		['yes from the middle', INCLUSIVE_EXIT, markingOf(['flow:AndFork_OrJ_1', 'task:B']), 100, 'yes'],
		['no from a deadlock', faulty, deadlocked, 100, 'no'],
		['no with a token too many', PARALLEL, markingOf(['task:A1', 'task:A1', 'task:B1']), 100, 'no'],
		['no with a token too few', PARALLEL, markingOf(['task:A1']), 100, 'no'],
		[
			'no where every way puts two tokens on one place',
			draw('Start AndS XorM T End', 'AndS XorM'),
			markingOf(['flow:Start_AndS_1']),
			100,
			'no',
		],
		['unknown beyond the budget', PARALLEL, markingOf(['task:P']), 2, 'unknown'],
		['yes when it has ended', PARALLEL, EMPTY, 1, 'yes'],
	])('can complete: %s', (_, model, from, states, expected) => {
		expect(canComplete(model, from, { states })).toBe(expected);
	});

	it('takes no offence at a sink with two tokens', () => {
		expect(crowded(worldOf(PARALLEL), markingOf(['sink:End', 'sink:End', 'task:A', 'task:B', 'task:B']))).toEqual([
			'task:B',
		]);
	});

	it('finds a marking by what is true of it', () => {
		const from = markingOf(['task:C']);
		const opens = (task: 'B' | 'C') => (marking: Marking) => tokensOf(marking).includes(`task:${task}`);
		expect(canReach(LOOP, initialMarking(LOOP), opens('C'), BUDGET)).toBe('yes');
		expect(canReach(LOOP, from, opens('B'), BUDGET)).toBe('no');
	});

	it('knows markings on the way only firing by firing', () => {
		const onFlow = (marking: Marking) => tokensOf(marking).includes('flow:Start_A_1');
		expect(canReach(LOOP, initialMarking(LOOP), onFlow, BUDGET, { granularity: 'firing' })).toBe('yes');
		expect(canReach(LOOP, initialMarking(LOOP), onFlow, BUDGET, { granularity: 'decision' })).toBe('no');
	});

	it('counts sinks once', () => {
		const model = draw('Start XorM A AndS XorAgain End', 'XorAgain XorM', 'AndS EndLog');
		const twoRounds = markingOf(['task:A', 'sink:EndLog', 'sink:EndLog']);
		expect(explore(model, BUDGET).states.has(stateKey(twoRounds))).toBe(true);
		expect(settle(model, twoRounds, () => [])).toEqual({ kind: 'settled', marking: twoRounds });
	});
});

function withoutConditions(model: ProcessModel): Pick<ProcessModel, 'flows'> {
	return {
		flows: Object.fromEntries(Object.entries(model.flows).map(([id, flow]) => [id, { ...flow, condition: null }])),
	};
}

/** Problems without the paths, which may differ in length. */
function faults(problems: readonly Problem[]): readonly string[] {
	return problems
		.map((problem) => {
			if (problem.kind === 'dead-node') return `dead-node ${problem.node}`;
			return 'waiting' in problem ? `${problem.kind} ${problem.waiting.join(' ')}` : problem.kind;
		})
		.sort();
}

describe('a process with several start events', () => {
	const model = (dead: string) =>
		readModel(
			`<startEvent id="byHand"/><startEvent id="byMessage"><messageEventDefinition messageRef="m"/></startEvent>
			${userTasks('A', 'B', 'C')}<parallelGateway id="join"/><endEvent id="end"/>
			${arrows(`byHand -> A, A -> B, byMessage -> B, B -> end${dead}`)}`,
			'<message id="m" name="order"/>',
		);

	it('is explored from each of them', async () => {
		const { complete, problems } = explore(await model(', C -> join, join -> end'), BUDGET);
		expect(complete).toBe(true);
		expect(problems.map((problem) => ('node' in problem ? problem.node : problem.kind))).toEqual(['C', 'join']);
	});

	it('has the faults of each, told once', async () => {
		const { problems } = explore(await model(', A -> join, byMessage -> join, join -> C, C -> end'), BUDGET);
		expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['left-behind', 'dead-node']));
		const waiting = problems.flatMap((problem) => ('waiting' in problem ? [problem.waiting.join(' ')] : []));
		expect(waiting).toEqual([...new Set(waiting)]);
		expect(problems).toContainEqual({ kind: 'dead-node', node: 'C' });
	});
});
