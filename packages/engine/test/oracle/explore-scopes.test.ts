import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../src/expressions/expression.ts';
import type { Loop, Node, ProcessModel } from '../../src/model/process-model.ts';
import { explore } from '../../src/verify/explore.ts';
import { type Granularity, terrainOf } from '../../src/verify/granularity.ts';
import { markingKey, stateKey } from '../../src/verify/marking.ts';
import type { Problem } from '../../src/verify/problems.ts';
import type { PathStep } from '../../src/verify/walk.ts';
import { worldOf } from '../../src/verify/world.ts';
import { text } from '../models/draft.ts';
import { draw, drawNested } from '../models/drawing.ts';
import { eventModel, multiInstanceModel, subprocessModel } from '../models/scoped-models.ts';

const BUDGET = { states: 10_000 };
const TIMER = { kind: 'timer', timer: 'duration', when: text('PT1H') } as const;
const UNKNOWN: Expression = { language: 'juel', source: 'people', tree: { kind: 'path', names: ['people'] } };
const EACH: Loop = {
	kind: 'parallel',
	cardinality: null,
	collection: UNKNOWN,
	elementVariable: null,
	completionCondition: null,
};

function done(...nodes: readonly string[]): readonly PathStep[] {
	return nodes.map((node) => ({ kind: 'complete', node }));
}

function dead(...nodes: readonly string[]): readonly Problem[] {
	return nodes.map((node) => ({ kind: 'dead-node', node }));
}

describe('a planted fault', () => {
	it.each<[string, ProcessModel, readonly Problem[]]>([
		[
			'deadlock inside a subprocess, though a timer would end it',
			drawNested(
				{ process: ['Start Sub T End', 'OnTime X EndX'], Sub: ['StartS XorS A AndJ EndS', 'XorS AndJ'] },
				{ OnTime: { attachedTo: 'Sub', trigger: TIMER } },
			),
			[
				{
					kind: 'deadlock',
					waiting: ['flow:XorS_AndJ_1'],
					path: [...done('Start'), { kind: 'choose', node: 'XorS', flows: ['XorS_AndJ_1'] }],
				},
				{
					kind: 'deadlock',
					waiting: ['flow:A_AndJ_1'],
					path: [...done('Start'), { kind: 'choose', node: 'XorS', flows: ['XorS_A_1'] }, ...done('A')],
				},
				...dead('T', 'End', 'AndJ', 'EndS'),
			],
		],
		[
			'deadlock, though an event subprocess would end it',
			drawNested(
				{ process: ['Start XorS AndJ End', 'XorS AndJ', 'Handler'], Handler: ['StartH H EndH'] },
				{ StartH: { trigger: TIMER } },
			),
			[
				...['XorS_AndJ_1', 'XorS_AndJ_2'].map(
					(flow): Problem => ({
						kind: 'deadlock',
						waiting: [`flow:${flow}`],
						path: [...done('Start'), { kind: 'choose', node: 'XorS', flows: [flow] }],
					}),
				),
				...dead('AndJ', 'End'),
			],
		],
		[
			'left behind inside a subprocess',
			drawNested({ process: ['Start Sub End'], Sub: ['StartS AndS A AndJ EndS', 'AndS EndB', 'XorN AndJ'] }),
			[
				{ kind: 'left-behind', waiting: ['flow:A_AndJ_1'], path: done('Start', 'A') },
				...dead('End', 'AndJ', 'EndS', 'XorN'),
			],
		],
		[
			'double token: what a non-interrupting event began joins what it left open',
			drawNested(
				{ process: ['Start A XorM T End', 'OnWord XorM'] },
				{ OnWord: { attachedTo: 'A', interrupting: false } },
			),
			[
				{
					kind: 'two-tokens',
					place: 'task:T',
					path: [...done('Start'), { kind: 'event', node: 'OnWord' }, ...done('A')],
				},
			],
		],
		[
			'deadlock: an interrupting event leads past a join',
			drawNested(
				{ process: ['Start AndS A AndJ End', 'AndS B AndJ', 'OnTime EndX'] },
				{ OnTime: { attachedTo: 'A', trigger: TIMER } },
			),
			[
				{
					kind: 'left-behind',
					waiting: ['flow:B_AndJ_1'],
					path: [...done('Start', 'B'), { kind: 'event', node: 'OnTime' }],
				},
			],
		],
		[
			'deadlock: both events of a race are needed',
			draw('Start Gate CatchA AndJ End', 'Gate CatchB AndJ'),
			[
				{
					kind: 'deadlock',
					waiting: ['flow:CatchA_AndJ_1'],
					path: [...done('Start'), { kind: 'event', node: 'CatchA' }],
				},
				{
					kind: 'deadlock',
					waiting: ['flow:CatchB_AndJ_1'],
					path: [...done('Start'), { kind: 'event', node: 'CatchB' }],
				},
				...dead('AndJ', 'End'),
			],
		],
		[
			'deadlock in one run of several, where their number is not known',
			drawNested(
				{ process: ['Start Sub End'], Sub: ['StartS A XorS B AndJ EndS', 'XorS AndJ'] },
				{ Sub: { loop: EACH } },
			),
			[
				{
					kind: 'deadlock',
					waiting: ['flow:XorS_AndJ_1'],
					path: [
						...done('Start'),
						{ kind: 'repeat', node: 'Sub', count: 1 },
						...done('A'),
						{ kind: 'choose', node: 'XorS', flows: ['XorS_AndJ_1'] },
					],
				},
				{
					kind: 'deadlock',
					waiting: ['flow:B_AndJ_1'],
					path: [
						...done('Start'),
						{ kind: 'repeat', node: 'Sub', count: 1 },
						...done('A'),
						{ kind: 'choose', node: 'XorS', flows: ['XorS_B_1'] },
						...done('B'),
					],
				},
				...dead('AndJ', 'EndS'),
			],
		],
		[
			'dead node: an event for an error that nothing throws',
			drawNested(
				{ process: ['Start Sub End', 'OnErr X EndX'], Sub: ['StartS A EndS'] },
				{ OnErr: { attachedTo: 'Sub', trigger: { kind: 'error', code: 'e' } } },
			),
			dead('OnErr', 'X', 'EndX'),
		],
		[
			'dead node: an event for everything, behind one for the same error that is nearer',
			drawNested(
				{
					process: ['Start Sub End', 'OnErr X EndX'],
					Sub: ['StartS SubIn EndS', 'OnIn EndO'],
					SubIn: ['StartI A EndErr'],
				},
				{
					OnErr: { attachedTo: 'Sub', trigger: { kind: 'error', code: null } },
					OnIn: { attachedTo: 'SubIn', trigger: { kind: 'error', code: null } },
					EndErr: { throws: { kind: 'error', code: 'e' } },
				},
			),
			dead('OnErr', 'X', 'EndX', 'EndS'),
		],
		[
			'none: an event at a call or at work done outside may always come',
			drawNested(
				{ process: ['Start Call Job End', 'OnErr X End', 'OnEsc Y EndY', 'OnFail End'] },
				{
					OnErr: { attachedTo: 'Call', trigger: { kind: 'error', code: 'e' } },
					OnEsc: { attachedTo: 'Call', interrupting: false, trigger: { kind: 'escalation', code: null } },
					OnFail: { attachedTo: 'Job', trigger: { kind: 'error', code: null } },
				},
			),
			[],
		],
		[
			'none: a non-interrupting event in a loop begins something each time, which ends by itself',
			drawNested(
				{ process: ['Start XorM A XorAgain End', 'XorAgain XorM', 'OnWord Y EndY'] },
				{ OnWord: { attachedTo: 'A', interrupting: false } },
			),
			[],
		],
		[
			'none: an error that nobody catches ends the process',
			drawNested(
				{ process: ['Start AndS Sub End', 'AndS B End'], Sub: ['StartS A XorS EndS', 'XorS EndErr'] },
				{ EndErr: { throws: { kind: 'error', code: 'e' } } },
			),
			[],
		],
		[
			'none: an inclusive join waits for a task that can be interrupted',
			drawNested(
				{ process: ['Start OrS A OrJ T End', 'OrS B OrJ', 'OnTime X EndX'] },
				{ OnTime: { attachedTo: 'A', trigger: TIMER } },
			),
			[],
		],
	])('%s', (_, model, problems) => {
		expect(sorted(explore(model, BUDGET).problems)).toEqual(sorted(problems));
	});
});

function sorted(problems: readonly Problem[]): readonly Problem[] {
	return [...problems].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('an exploration', () => {
	it('knows no runs, one, and several, where their number is not known', () => {
		const model = drawNested({ process: ['Start U T End'] }, { U: { loop: EACH } });
		expect([...explore(model, BUDGET).states.keys()].sort()).toEqual(
			[
				'',
				'active:Uloop#1(run(task:U))',
				'active:Uloop#2(run(task:U) sink:U)',
				'active:Uloop#2(run(task:U)*2)',
				'flow:Start_U_1',
				'task:Start',
				'task:T',
			].sort(),
		);
	});

	it('lets a non-interrupting event come again when what followed has ended', () => {
		const model = drawNested(
			{ process: ['Start A End', 'OnWord Y EndY'] },
			{ OnWord: { attachedTo: 'A', interrupting: false } },
		);
		const { states } = explore(model, BUDGET);
		expect([...states.keys()]).toContain('sink:EndY task:A[wait:OnWord]');
		expect([...states.keys()]).toContain('sink:EndY task:A[wait:OnWord] task:Y');
		expect([...states.keys()].filter((key) => key.includes('task:Y*2'))).toEqual([]);
	});

	it('comes to the same result, firing by firing or decision by decision, in sound and unsound models', () => {
		const models = fc.oneof(
			subprocessModel({ maxNodes: 14 }),
			multiInstanceModel({ maxNodes: 12 }),
			eventModel({ maxNodes: 14 }),
		);
		fc.assert(
			fc.property(models, fc.nat(), fc.boolean(), (sound, pick, breaks) => {
				const model = breaks ? withOtherGateway(sound, pick) : sound;
				const fine = explore(model, { states: 2_000 }, 'firing');
				const coarse = explore(model, { states: 2_000 }, 'decision');
				if (!fine.complete) return;
				expect(coarse.complete).toBe(true);
				const { rest } = terrainOf(worldOf(model), 'decision');
				const atRest = [...fine.states].filter(([key, marking]) => stateKey(rest(marking, null)) === key);
				expect([...coarse.states.keys()].sort()).toEqual(atRest.map(([key]) => key).sort());
				expect(kinds(model, 'decision')).toEqual(kinds(model, 'firing'));
			}),
			{ numRuns: 200, interruptAfterTimeLimit: 10_000 },
		);
	});

	it('tells markings apart that differ in what is inside of what', () => {
		const model = drawNested(
			{ process: ['Start AndS SubA AndJ End', 'AndS SubB AndJ'], SubA: ['StartA A EndA'], SubB: ['StartB B EndB'] },
			{},
		);
		const states = [...explore(model, BUDGET).states.values()].map(markingKey);
		expect(new Set(states).size).toBe(states.length);
		expect(states).toContain('active:SubAsub(task:A) flow:SubB_AndJ_1');
	});
});

function kinds(model: ProcessModel, granularity: Granularity): readonly string[] {
	return explore(model, { states: 2_000 }, granularity)
		.problems.map((problem) => {
			if (problem.kind === 'dead-node') return `dead-node ${problem.node}`;
			return 'waiting' in problem ? `${problem.kind} ${problem.waiting.join(' ')}` : problem.kind;
		})
		.sort();
}

/** The model with one exclusive or parallel gateway turned into the other. */
function withOtherGateway(model: ProcessModel, pick: number): ProcessModel {
	const gateways = Object.values(model.nodes).filter(
		({ kind }) => kind === 'exclusiveGateway' || kind === 'parallelGateway',
	);
	const node = gateways[pick % Math.max(gateways.length, 1)];
	if (node === undefined) return model;
	const { id, name, parent, incoming, outgoing, line } = node;
	const base = { id, name, parent, incoming, outgoing, line };
	const other: Node =
		node.kind === 'parallelGateway'
			? { ...base, kind: 'exclusiveGateway', defaultFlow: null }
			: { ...base, kind: 'parallelGateway' };
	return { ...model, nodes: { ...model.nodes, [id]: other } };
}
