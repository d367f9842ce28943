import type { EngineEvent, NodeFired } from '@sendback/engine/events.ts';
import type { LogAnswer } from '@sendback/engine/questions.ts';
import { describe, expect, it } from 'vitest';
import { logFrom } from '../../src/commands/log-from.ts';
import { LongLogs } from '../../src/commands/long-logs.ts';

const completed = (seq: number, task: string, loop?: string): NodeFired =>
	({
		type: 'NodeFired',
		seq,
		kind: 'complete',
		consumed: [],
		completion: { task, ...(loop === undefined ? {} : { loop }) },
	}) as unknown as NodeFired;
const rolledBack = (seq: number, undone: readonly number[]) =>
	({ type: 'RolledBack', seq, undone }) as unknown as EngineEvent;
const takenBack = (seq: number, rollback: EngineEvent) =>
	({ type: 'RollbackUndone', seq, rollback }) as unknown as EngineEvent;

/** A log of which the first `written` events are committed; rows say what is undone by those. */
async function read(log: readonly EngineEvent[], written: number, task: string): ReturnType<typeof logFrom> {
	const committed = log.slice(0, written);
	const undone = new Set(committed.flatMap((event) => (event.type === 'RolledBack' ? event.undone : [])));
	const readLog = async (_instance: unknown, id: string, anyRun: boolean): Promise<LogAnswer['log']> => {
		const found = committed.find(
			(event) =>
				event.type === 'NodeFired' &&
				(event.completion?.task === id || (event.completion?.loop === id && (anyRun || !undone.has(event.seq)))),
		);
		return found === undefined
			? null
			: { completion: found.seq, events: committed.filter(({ seq }) => seq >= found.seq) };
	};
	const uncommitted = log.slice(written);
	return logFrom(readLog, { committed: {} as never, uncommitted }, task, new LongLogs().turn('acme'));
}

describe('the log from a completion on', () => {
	const back = rolledBack(4, [2, 3]);
	const log = [completed(1, '1'), completed(2, '2', '9'), completed(3, '3', '9'), back, completed(5, '5', '9')];
	const cases: readonly (readonly [string, readonly EngineEvent[], string, number | null])[] = [
		['a task', log, '2', 2],
		['a task that was undone', log, '3', 3],
		['a repeated task, from its first run that counts', log, '9', 5],
		['a repeated task whose rollback was taken back', [...log.slice(0, 4), takenBack(5, back)], '9', 2],
		['a repeated task before any rollback', log.slice(0, 3), '9', 2],
		['nothing that was completed', log, '7', null],
	];

	it.each(cases)('of %s is the same wherever what is written ends', async (_, events, task, completion) => {
		for (let written = 0; written <= events.length; written++) {
			// A commit that holds a taking back has told the rows of it.
			if (written === events.length && events.at(-1)?.type === 'RollbackUndone') continue;
			const answer = await read(events, written, task);
			if (typeof answer === 'string') throw new Error('it is short');
			expect(answer?.completion ?? null, `${written} written`).toBe(completion);
			if (completion !== null) expect(answer?.events).toEqual(events.slice(completion - 1));
		}
	});
});
