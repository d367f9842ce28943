import type { UndoRollback } from '../commands.ts';
import { reject } from '../rejections.ts';
import { whyNotAdmin } from '../tasks/assignments.ts';
import { ask, refused, type Stop, unanswered, type Work } from '../work.ts';

/** Takes a mistaken rollback back, by whoever sent back or an administrator, while nothing has happened since. */
export function undoRollback(work: Work, { rollback, user, opinion }: UndoRollback): Stop | null {
	const question = { kind: 'log-since', seq: work.state.nextSeq - 1 } as const;
	const answer = ask<'log-since'>(work, question);
	if (answer === undefined) return unanswered(question);
	const last = answer.events.at(-1);
	if (last?.type !== 'RolledBack' || last.rollback !== rollback)
		return refused(reject('rollback-not-last', { rollback }));
	const stop = user === last.user ? null : whyNotAdmin(work, user);
	if (stop !== null) return stop;
	work.record({ type: 'RollbackUndone', user, opinion, rollback: last });
	return null;
}
