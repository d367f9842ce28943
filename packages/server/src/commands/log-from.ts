import { readLog as readLiveLog } from '@sendback/engine/causality/live-log.ts';
import type { EngineEvent, NodeFired } from '@sendback/engine/events.ts';
import type { LogAnswer } from '@sendback/engine/questions.ts';
import type { Seq, TaskId } from '@sendback/engine/terms.ts';
import type { LiveInstance } from './live-instance.ts';
import type { LongLogTurn } from './long-logs.ts';
import type { Subject } from './step-command.ts';

/** Why a log cannot be read: it is too long, or too many wait to read theirs. */
export type Unreadable = 'log-limit' | 'too-busy';

/**
 * Reads the committed log from the completion of a task on; null where it was not completed. For a repeated task: from
 * the completion of its first run that counts, or of its first run at all with `anyRun`.
 */
export type ReadLog = (
	instance: LiveInstance,
	task: TaskId,
	anyRun: boolean,
	turn: LongLogTurn,
) => Promise<LogAnswer['log'] | Unreadable>;

/** The log from the completion of a task on, with what is not committed yet. */
export async function logFrom(
	readLog: ReadLog,
	{ committed, uncommitted }: Pick<Subject, 'committed' | 'uncommitted'>,
	task: TaskId,
	turn: LongLogTurn,
): Promise<LogAnswer['log'] | Unreadable> {
	const own = uncommitted.find((event) => isCompletionOf(event, task));
	if (own !== undefined) return from(own.seq, uncommitted);
	// A rollback that was taken back here made runs count that the rows still call undone.
	const anyRun = uncommitted.some(({ type }) => type === 'RollbackUndone');
	const stored = await readLog(committed, task, anyRun, turn);
	if (typeof stored === 'string') return stored;
	const events = [...(stored?.events ?? []), ...uncommitted];
	const first = readLiveLog(events).firings.find(({ completion }) => completion?.loop === task);
	if (first !== undefined) return from(first.seq, events);
	return stored === null ? null : { completion: stored.completion, events };
}

function isCompletionOf(event: EngineEvent, task: TaskId): event is NodeFired {
	return event.type === 'NodeFired' && event.completion?.task === task;
}

function from(completion: Seq, events: readonly EngineEvent[]): NonNullable<LogAnswer['log']> {
	return { completion, events: events.filter(({ seq }) => seq >= completion) };
}
