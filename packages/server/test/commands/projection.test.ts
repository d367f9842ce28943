import type { Command } from '@sendback/engine/commands.ts';
import { openTask } from '@sendback/engine/open-tasks.ts';
import type { InstanceState } from '@sendback/engine/state.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModel, users } from '../../../engine/test/support/build-model.ts';
import { createAnswers } from '../../src/commands/answer-question.ts';
import { foldJobs } from '../../src/commands/fold-jobs.ts';
import type { LiveInstance } from '../../src/commands/live-instance.ts';
import { LongLogs } from '../../src/commands/long-logs.ts';
import { readEvents, readState, writeEvents } from '../../src/storage/documents/documents.ts';
import { createIdAllocator } from '../../src/storage/postgres/id-allocator.ts';
import { tickingClock } from '../support/services.ts';
import { Tables } from '../support/tables.ts';
import { factsOf } from '../support/writes.ts';

/** Tasks in a row, in parallel and in a loop, with several assignees in each mode. */
const MODEL = buildModel(
	`start -> P
	P -> and1
	and1 -> A1
	A1 -> A2
	and1 -> B1
	A2 -> and2
	B1 -> and2
	and2 -> T
	T -> xor1
	xor1 -[again = 1]-> P
	xor1 -[default]-> U
	U -> end1`,
	{
		tasks: {
			P: { assignees: users('ann,bob') },
			A1: { assignees: users('bob,cat'), mode: 'first' },
			A2: { assignees: users('cat'), onReject: 'continue' },
			B1: { assignees: users('ann,dan,bob'), mode: 'orderly' },
			T: { assignees: users('dan') },
			U: { assignees: users('ann') },
		},
	},
);

const EVERYBODY = ['ann', 'bob', 'cat', 'dan', 'eve'] as const;

/** One instance that is driven through the fold, with its tables and its log kept by hand. */
class Run {
	readonly tables = new Tables();
	live: LiveInstance = { facts: factsOf(1), model: MODEL, version: 0, state: null, endedAt: null };
	readonly #deps = {
		clock: tickingClock(),
		longLogs: new LongLogs(),
		ids: createIdAllocator(
			async () => 0,
			() => 0,
		),
		answer: createAnswers({
			userExists: async (_tenant, user) => EVERYBODY.some((known) => known === user),
			findGroup: async () => null,
			evaluate: async () => null,
			findFlow: async () => null,
			decide: async () => null,
			findDecision: async () => null,
			readLogSince: async (_instance, seq) =>
				this.tables.steps.flatMap((step) => step.events).filter((event) => event.seq >= seq),
			readLog: async (_instance, task) => {
				const { completedSeq, completedPosition } = this.tables.tasks.get(task) ?? {};
				if (completedSeq == null || completedPosition == null) return null;
				const steps = this.tables.steps.slice(completedPosition - 1);
				const events = steps.flatMap((step) => step.events).filter(({ seq }) => seq >= completedSeq);
				return { completion: completedSeq, events };
			},
		}),
	};

	async write(commands: readonly Command[]): Promise<void> {
		const jobs = commands.map((command) => ({ command, idempotency: null }));
		const { outcome, decisions } = await foldJobs(this.#deps, this.live, jobs);
		for (const decision of decisions) if (decision.kind === 'failed') throw decision.error;
		if (outcome === null) return;
		this.tables.write(outcome.write);
		this.live = outcome.next.instance;
		expect(readState(outcome.write.state)).toEqual(this.live.state);
		for (const { events } of outcome.write.steps) expect(readEvents(writeEvents(events))).toEqual(events);
	}

	get state(): InstanceState {
		if (this.live.state === null) throw new Error('not started');
		return this.live.state;
	}

	checkRows(): void {
		for (const task of Object.values(this.state.tasks)) {
			const { status, assignments, past, closedAt } = this.tables.tasks.get(task.id) ?? {};
			expect({ status, assignments, closedAt }).toEqual({
				status: 'in_process',
				assignments: task.assignments,
				closedAt: null,
			});
			expect(past).toEqual(this.state.tokens[task.token]?.past);
		}
		for (const { id, status, closedAt, assignments, isStart, undoneBy, completedSeq } of this.tables.tasks.values()) {
			const isOpen = openTask(this.state, id) !== undefined;
			expect(status === 'in_process').toBe(isOpen);
			expect(closedAt === null).toBe(isOpen);
			if (!isOpen) expect(assignments.map((each) => each.status)).not.toContain('pending');
			expect(undoneBy === null || completedSeq !== null).toBe(true);
			const rows = assignments.map(({ user }) => this.tables.assignments.get(`${id} ${user}`)?.status);
			const isFirst = isStart && rows.every((row) => row === undefined);
			if (!isFirst) expect(rows).toEqual(assignments.map((each) => each.status));
		}
	}
}

/** Something somebody does; numbers are taken modulo what there is. */
interface Move {
	readonly what: 'agree' | 'reject' | 'transfer' | 'add' | 'roll-back' | 'take-back' | 'stray';
	readonly task: number;
	readonly user: number;
	readonly other: number;
	readonly again: boolean;
	/** Written together with the one before. */
	readonly folded: boolean;
}

const pick = <Item>(items: readonly Item[], number: number): Item | undefined =>
	items[number % Math.max(items.length, 1)];

function commandOf({ what, task: number, user: voter, other, again }: Move, state: InstanceState): Command {
	const open = pick(Object.values(state.tasks), number);
	const task = open?.id ?? '1';
	const pending = open?.assignments.filter(({ status }) => status === 'pending').map((each) => each.user) ?? [];
	const user = what === 'stray' ? 'eve' : (pick(pending, voter) ?? 'ann');
	const someone = pick(EVERYBODY, other) ?? 'ann';
	const by = { task, user, opinion: 'so' };
	switch (what) {
		case 'transfer':
			return { ...by, type: 'transfer-task', from: [], to: [someone] };
		case 'add':
			return { ...by, type: 'add-assignees', users: [someone], position: again ? 'beside' : 'after' };
		case 'take-back':
			return { type: 'undo-rollback', rollback: '9', user: someone, opinion: 'so' };
		case 'roll-back': {
			const past = state.tokens[open?.token ?? 0]?.past ?? [];
			return {
				...by,
				type: 'roll-back',
				rollback: '9',
				to: pick(past, other)?.task ?? '1',
				resume: again ? 'direct' : 'replay',
			};
		}
		default: {
			const decision = what === 'reject' ? 'reject' : 'agree';
			return { ...by, type: 'decide-task', decision, variables: { again: again ? 1 : 0 } };
		}
	}
}

const agree = { arbitrary: fc.constant<Move['what']>('agree'), weight: 8 };
const rollBack = { arbitrary: fc.constant<Move['what']>('roll-back'), weight: 3 };
const takeBack = { arbitrary: fc.constant<Move['what']>('take-back'), weight: 4 };
const rest = { arbitrary: fc.constantFrom<Move['what'][]>('transfer', 'add', 'stray', 'reject'), weight: 3 };
const moves = fc.array(
	fc.record<Move>({
		what: fc.oneof(agree, rollBack, takeBack, rest),
		task: fc.nat(5),
		user: fc.nat(5),
		other: fc.nat(9),
		again: fc.boolean(),
		folded: fc.boolean(),
	}),
	{ maxLength: 40 },
);

const START: Command = { type: 'start-instance', initiator: 'eve', variables: {} };

describe('the rows for readers', () => {
	it('say of every task what the live state says, after every command', async () => {
		await fc.assert(
			fc.asyncProperty(moves, async (all) => {
				const run = new Run();
				await run.write([START]);
				for (const move of all) {
					await run.write([commandOf(move, run.state)]);
					run.checkRows();
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('are the same whether commands were written one by one or together', async () => {
		await fc.assert(
			fc.asyncProperty(moves, async (all) => {
				const single = new Run();
				await single.write([START]);
				const groups: Command[][] = [];
				for (const move of all) {
					const command = commandOf(move, single.state);
					if (move.folded && groups.length > 0) groups.at(-1)?.push(command);
					else groups.push([command]);
					await single.write([command]);
				}
				const folded = new Run();
				await folded.write([START]);
				for (const group of groups) await folded.write(group);
				expect(folded.tables).toEqual(single.tables);
				expect(folded.live).toEqual(single.live);
			}),
			{ numRuns: 200 },
		);
	});
});
