import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, ProcessModel } from '../../src/model/process-model.ts';
import { exploredCounts, fixedCount } from '../../src/verify/counts.ts';
import { apply } from '../../src/verify/firing.ts';
import { firings } from '../../src/verify/firings.ts';
import { everything } from '../../src/verify/freedom.ts';
import { startMarking } from '../../src/verify/interpreter.ts';
import { markingKey, type Place, tokensOf } from '../../src/verify/marking.ts';
import { keptFirings, type LoggedEvent, replay } from '../../src/verify/replay.ts';
import { worldOf } from '../../src/verify/world.ts';
import { blockModel } from '../models/blocks.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { INCLUSIVE, INCLUSIVE_EXIT, PARALLEL, SEPARATE_ENDS, TERMINATE } from '../models/named-models.ts';
import { picker } from '../models/scenario.ts';
import { eventModel, multiInstanceModel, subprocessModel } from '../models/scoped-models.ts';
import { asLogged, writtenLog } from './written-log.ts';

const started = ['enter Start > task:Start', 'complete Start task:Start > flow:Start_P_1'];
const forked = [
	...started,
	'enter P flow:Start_P_1 > task:P',
	'complete P task:P > flow:P_AndFork_1',
	'fork AndFork flow:P_AndFork_1 > flow:AndFork_A1_1 flow:AndFork_B1_1',
	'enter A1 flow:AndFork_A1_1 > task:A1',
	'enter B1 flow:AndFork_B1_1 > task:B1',
];
const split = [...started, 'enter P flow:Start_P_1 > task:P', 'complete P task:P > flow:P_OrSplit_1'];
const exits = [
	...started,
	'enter P flow:Start_P_1 > task:P',
	'complete P task:P > flow:P_AndFork_1',
	'fork AndFork flow:P_AndFork_1 > flow:AndFork_OrJ_1 flow:AndFork_B_1',
	'enter B flow:AndFork_B_1 > task:B',
];
const twoEnds = [
	...started,
	'enter P flow:Start_P_1 > task:P',
	'complete P task:P > flow:P_AndFork_1',
	'fork AndFork flow:P_AndFork_1 > flow:AndFork_A_1 flow:AndFork_B_1',
	'enter A flow:AndFork_A_1 > task:A',
	'complete A task:A > flow:A_EndA_1',
	'end EndA flow:A_EndA_1 > sink:EndA',
];
const ended = [
	...twoEnds,
	'enter B flow:AndFork_B_1 > task:B',
	'complete B task:B > flow:B_EndB_1',
	'end EndB flow:B_EndB_1 > sink:EndB',
];
const stopping = [
	...started,
	'enter P flow:Start_P_1 > task:P',
	'complete P task:P > flow:P_AndFork_1',
	'fork AndFork flow:P_AndFork_1 > flow:AndFork_A_1 flow:AndFork_B_1',
	'enter A flow:AndFork_A_1 > task:A',
	'complete A task:A > flow:A_XorSplit_1',
	'choose XorSplit flow:A_XorSplit_1 > flow:XorSplit_Stop_1',
];

describe('a legal log', () => {
	it.each<[string, ProcessModel, string[], Place[]]>([
		['nothing yet', PARALLEL, [], []],
		['forked', PARALLEL, forked, ['task:A1', 'task:B1']],
		[
			'joined, in either order',
			PARALLEL,
			[
				...forked,
				'complete B1 task:B1 > flow:B1_AndJoin_1',
				'complete A1 task:A1 > flow:A1_A2_1',
				'enter A2 flow:A1_A2_1 > task:A2',
				'complete A2 task:A2 > flow:A2_AndJoin_1',
				'join AndJoin flow:B1_AndJoin_1 flow:A2_AndJoin_1 > flow:AndJoin_T_1',
			],
			['flow:AndJoin_T_1'],
		],
		[
			'one flow chosen',
			INCLUSIVE,
			[...split, 'choose OrSplit flow:P_OrSplit_1 > flow:OrSplit_B_1'],
			['flow:OrSplit_B_1'],
		],
		[
			'several flows chosen',
			INCLUSIVE,
			[...split, 'choose OrSplit flow:P_OrSplit_1 > flow:OrSplit_C_1 flow:OrSplit_A_1'],
			['flow:OrSplit_A_1', 'flow:OrSplit_C_1'],
		],
		[
			'an inclusive join alone, as the other has left',
			INCLUSIVE_EXIT,
			[
				...exits,
				'complete B task:B > flow:B_XorExit_1',
				'choose XorExit flow:B_XorExit_1 > flow:XorExit_OrK_1',
				'join OrJ flow:AndFork_OrJ_1 > flow:OrJ_W_1',
			],
			['flow:OrJ_W_1', 'flow:XorExit_OrK_1'],
		],
		['finished', SEPARATE_ENDS, [...ended, 'finish process sink:EndA sink:EndB >'], []],
		['terminated', TERMINATE, [...stopping, 'terminate Stop flow:XorSplit_Stop_1 flow:AndFork_B_1 >'], []],
		['rejected', PARALLEL, [...forked, 'reject A1 task:B1 task:A1 >'], []],
		['cancelled', PARALLEL, [...forked, 'cancel process task:A1 task:B1 >'], []],
	])('%s', (_, model, lines, places) => {
		const result = replay(model, writtenLog(lines));
		expect(result).toMatchObject({ kind: 'legal' });
		expect(tokensOf(result.marking)).toEqual(places);
	});
});

describe('an illegal firing', () => {
	it.each<[string, ProcessModel, string[], string]>([
		['a second start', PARALLEL, [...started, 'enter Start > task:Start'], 'it is not enabled'],
		[
			'a token from nowhere',
			PARALLEL,
			[...started, 'complete P task:P > flow:P_AndFork_1'],
			'there is no token at task:P',
		],
		[
			'a node from nowhere',
			PARALLEL,
			[...started, 'pass constructor flow:Start_P_1 >'],
			'there is no node constructor',
		],
		[
			'a kind of another node',
			PARALLEL,
			[...started, 'pass P flow:Start_P_1 > task:P'],
			'userTask does not fire as pass now',
		],
		[
			'a token too much',
			PARALLEL,
			[...started, 'enter P flow:Start_P_1 > task:P task:P'],
			'it produces the wrong tokens',
		],
		['a token too little', PARALLEL, [...forked, 'complete A1 task:A1 >'], 'it produces the wrong tokens'],
		[
			'a token in the wrong place',
			PARALLEL,
			[...forked, 'complete A1 task:A1 > flow:A2_AndJoin_1'],
			'it produces the wrong tokens',
		],
		[
			'a completion with the token of another',
			PARALLEL,
			[...forked, 'complete A1 task:B1 > flow:A1_A2_1'],
			'it consumes the wrong tokens',
		],
		[
			'a completion with two tokens',
			PARALLEL,
			[...forked, 'complete A1 task:A1 task:B1 > flow:A1_A2_1'],
			'it consumes the wrong tokens',
		],
		[
			'one token taken twice',
			PARALLEL,
			[...forked, 'complete A1 task:A1 task:A1 > flow:A1_A2_1'],
			'there is no token at task:A1',
		],
		[
			'a join before its time',
			PARALLEL,
			[...forked, 'complete B1 task:B1 > flow:B1_AndJoin_1', 'join AndJoin flow:B1_AndJoin_1 > flow:AndJoin_T_1'],
			'it is not enabled',
		],
		[
			'a half fork',
			PARALLEL,
			[...forked.slice(0, 4), 'fork AndFork flow:P_AndFork_1 > flow:AndFork_A1_1'],
			'it produces the wrong tokens',
		],
		['a choice of nothing', INCLUSIVE, [...split, 'choose OrSplit flow:P_OrSplit_1 >'], 'it produces the wrong tokens'],
		[
			'a choice twice',
			INCLUSIVE,
			[...split, 'choose OrSplit flow:P_OrSplit_1 > flow:OrSplit_A_1 flow:OrSplit_A_1'],
			'it produces the wrong tokens',
		],
		[
			'two exclusive choices',
			TERMINATE,
			[...stopping.slice(0, -1), 'choose XorSplit flow:A_XorSplit_1 > flow:XorSplit_Stop_1 flow:XorSplit_AndJoin_1'],
			'it produces the wrong tokens',
		],
		[
			'a choice of a place that is no flow',
			TERMINATE,
			[...stopping.slice(0, -1), 'choose XorSplit flow:A_XorSplit_1 > task:A'],
			'it produces the wrong tokens',
		],
		[
			'an inclusive join that had to wait',
			INCLUSIVE_EXIT,
			[...exits, 'join OrJ flow:AndFork_OrJ_1 > flow:OrJ_W_1'],
			'it is not enabled',
		],
		[
			'an inclusive join that leaves a token behind',
			INCLUSIVE_EXIT,
			[
				...exits,
				'complete B task:B > flow:B_XorExit_1',
				'choose XorExit flow:B_XorExit_1 > flow:XorExit_OrJ_1',
				'join OrJ flow:AndFork_OrJ_1 > flow:OrJ_W_1',
			],
			'it consumes the wrong tokens',
		],
		['a finish while a task is open', SEPARATE_ENDS, [...twoEnds, 'finish process sink:EndA >'], 'it is not enabled'],
		[
			'a finish that forgets a sink',
			SEPARATE_ENDS,
			[...ended, 'finish process sink:EndA >'],
			'it consumes the wrong tokens',
		],
		[
			'an end that loses its token',
			SEPARATE_ENDS,
			[...twoEnds.slice(0, -1), 'end EndA flow:A_EndA_1 >'],
			'it produces the wrong tokens',
		],
		[
			'a termination that forgets a branch',
			TERMINATE,
			[...stopping, 'terminate Stop flow:XorSplit_Stop_1 >'],
			'it consumes the wrong tokens',
		],
		['a rejection that forgets a branch', PARALLEL, [...forked, 'reject A1 task:A1 >'], 'it leaves tokens behind'],
		[
			'a cancellation that produces',
			PARALLEL,
			[...forked, 'cancel process task:A1 task:B1 > sink:End'],
			'it produces tokens',
		],
		[
			'anything after the end',
			SEPARATE_ENDS,
			[...ended, 'finish process sink:EndA sink:EndB >', 'enter P flow:Start_P_1 > task:P'],
			'there is no token at flow:Start_P_1',
		],
	])('%s', (_, model, lines, reason) => {
		expect(replay(model, writtenLog(lines))).toMatchObject({ kind: 'illegal', seq: lines.length, reason });
	});
});

describe('random runs of the interpreter', () => {
	const models = fc.oneof(
		blockModel({ withTerminate: true }),
		inclusiveExitModel(),
		subprocessModel(),
		multiInstanceModel(),
		eventModel(),
	);
	const picks = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 60, size: 'max' });

	it('replay to the marking they came to', () => {
		fc.assert(
			fc.property(models, picks, (model, choices) => {
				const { history, key } = randomRun(model, choices);
				const result = replay(model, history);
				expect(result.kind).toBe('legal');
				expect(markingKey(result.marking)).toBe(key);
			}),
			{ numRuns: 300 },
		);
	});

	it('do not replay to it when a firing is missing', () => {
		fc.assert(
			fc.property(models, picks, fc.nat(), (model, choices, which) => {
				const { history, key } = randomRun(model, choices);
				const result = replay(model, history.toSpliced(which % history.length, 1));
				expect(result.kind === 'legal' && markingKey(result.marking) === key).toBe(false);
			}),
			{ numRuns: 300 },
		);
	});
});

describe('kept firings', () => {
	it('are those that no rollback undid', () => {
		const fired = (seq: number) => ({ type: 'NodeFired', ...ANY_FIRING, seq }) as const;
		const events: readonly LoggedEvent[] = [
			{ type: 'InstanceStarted', seq: 1, initiator: '1001', process: 'process' },
			...[2, 3, 4, 5, 6, 7, 8].map(fired),
			{ type: 'RolledBack', seq: 9, undone: [6, 8] },
			fired(10),
			{ type: 'RolledBack', seq: 11, undone: [10] },
		];
		expect(keptFirings(events).map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 7]);
	});
});

const ANY_FIRING = { kind: 'pass', node: 'A', scope: 0, consumed: [], produced: [], reads: [], writes: [] } as const;

/** Fires at random, anything that may, and writes it down as the engine would. */
function randomRun(model: ProcessModel, choices: readonly number[]) {
	const world = worldOf(model);
	const pick = picker(choices);
	// As often as the model says, which an exploration does not need.
	const counts = (activity: Activity) => [fixedCount(activity.loop) ?? exploredCounts(activity)].flat();
	const freedom = { ...everything(world.net), counts };
	let marking = startMarking(model);
	const history = [...writtenLog([`enter ${world.net.start} > task:${world.net.start}`])];
	for (;;) {
		const possible = [...firings(world, marking, freedom)];
		const next = possible[pick(Math.max(possible.length, 1)) ?? -1];
		if (next === undefined) return { history, key: markingKey(marking) };
		history.push(asLogged(model, marking, next, history.length + 1));
		marking = apply(marking, next);
	}
}
