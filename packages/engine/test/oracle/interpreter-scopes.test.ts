import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import {
	arrive,
	complete,
	initialMarking,
	openTasks,
	settle,
	settlements,
	waitingFor,
} from '../../src/verify/interpreter.ts';
import { allTokens, type Marking, markingKey } from '../../src/verify/marking.ts';
import { canComplete } from '../../src/verify/reach.ts';
import { comparison, number } from '../models/draft.ts';
import { draw, drawNested } from '../models/drawing.ts';
import { picker, possibleDecisions } from '../models/scenario.ts';
import { eventModel, multiInstanceModel, subprocessModel } from '../models/scoped-models.ts';

const NESTED = drawNested(
	{ process: ['Start Sub T End', 'OnWord Y EndY'], Sub: ['StartS A B EndS'] },
	{ OnWord: { attachedTo: 'Sub', interrupting: false } },
);
const TWICE = drawNested(
	{ process: ['Start U T End'] },
	{
		U: {
			loop: {
				kind: 'parallel',
				cardinality: number(2),
				collection: null,
				elementVariable: null,
				completionCondition: comparison('nrOfCompletedInstances', '>=', 1),
			},
		},
	},
);

function atRest(model: ProcessModel, marking: Marking): Marking {
	const settlement = settle(model, marking, () => []);
	if (settlement.kind !== 'settled') throw new Error(settlement.kind);
	return settlement.marking;
}

describe('a run with scopes', () => {
	it('goes into a subprocess and out of it', () => {
		const inside = atRest(NESTED, initialMarking(NESTED));
		expect(markingKey(inside)).toBe('active:Sub[wait:OnWord]sub(task:A)');
		const further = atRest(NESTED, complete(NESTED, inside, 'A'));
		expect(openTasks(further)).toEqual(['B']);
		expect(markingKey(atRest(NESTED, complete(NESTED, further, 'B')))).toBe('task:T');
	});

	it('tells what waits, and goes on when it comes', () => {
		const inside = atRest(NESTED, initialMarking(NESTED));
		const [waiting, ...others] = waitingFor(NESTED, inside);
		expect(waiting).toMatchObject({ node: 'OnWord', kind: 'event' });
		expect(others).toEqual([]);
		expect(arrive(NESTED, inside, waiting?.token ?? 0).map(markingKey)).toEqual([
			'active:Sub[wait:OnWord]sub(task:A) flow:OnWord_Y_1',
			'active:Subsub(task:A) flow:OnWord_Y_1',
		]);
	});

	it.each([
		['CatchA', 'event', 'flow:CatchA_End_1'],
		['ReceiveB', 'event', 'flow:ReceiveB_End_1'],
		['Job', 'job', 'flow:Job_End_1'],
	] as const)('waits at %s', (node, kind, after) => {
		const model = draw(`Start ${node} End`);
		const marking = atRest(model, initialMarking(model));
		const [waiting] = waitingFor(model, marking);
		expect(waiting).toMatchObject({ node, kind });
		expect(arrive(model, marking, waiting?.token ?? 0).map(markingKey)).toEqual([after]);
	});

	it('completes the one of several runs that is meant', () => {
		const both = atRest(TWICE, initialMarking(TWICE));
		const tasks = allTokens(both).filter(({ place }) => place === 'task:U');
		expect(tasks).toHaveLength(2);
		for (const { id } of tasks) {
			const after = complete(TWICE, both, 'U', { token: id });
			expect(allTokens(after).some((token) => token.id === id)).toBe(false);
			expect(markingKey(after)).toBe('active:Uloop#2(active:U run(task:U))');
		}
	});

	it('may rest, or end early, where a condition decides when enough runs have ended', () => {
		const both = atRest(TWICE, initialMarking(TWICE));
		const all = settlements(TWICE, complete(TWICE, both, 'U'), () => [], 100);
		expect([...(all?.keys() ?? [])].sort()).toEqual(['active:Uloop#2(run(task:U) sink:U)', 'task:T']);
	});

	it('can end from wherever it comes to', () => {
		const picks = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 16, size: 'max' });
		fc.assert(
			fc.property(fc.oneof(subprocessModel(), multiInstanceModel(), eventModel()), picks, (model, choices) => {
				const pick = picker(choices);
				const choose = (gateway: string) => possibleDecisions(model, gateway)[0] ?? [];
				let marking = initialMarking(model);
				for (;;) {
					const rest = [...(settlements(model, marking, choose, 2_000)?.values() ?? [])][0];
					if (rest === undefined) return;
					expect(canComplete(model, rest, { states: 2_000 })).not.toBe('no');
					const tasks = allTokens(rest).filter(({ place }) => place.startsWith('task:'));
					const waiting = waitingFor(model, rest);
					const at = pick(Math.max(tasks.length + waiting.length, 1));
					const task = tasks[at ?? -1];
					const event = waiting[(at ?? -1) - tasks.length];
					if (task === undefined && event === undefined) return;
					marking =
						task === undefined
							? (arrive(model, rest, event?.token ?? 0)[0] ?? rest)
							: complete(model, rest, task.place.slice('task:'.length), { token: task.id });
				}
			}),
			{ numRuns: 100, interruptAfterTimeLimit: 10_000 },
		);
	});
});
