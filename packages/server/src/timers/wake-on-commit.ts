import type { TimeMs } from '@sendback/engine/terms.ts';
import type { CommitQueue } from '../commands/commit-queue.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';
import type { DueKind } from './due-work.ts';

/** Says when what a write left behind is due, as soon as it is written. */
export function wakeOnCommit(queue: CommitQueue, wake: (kind: DueKind, at: TimeMs) => void): CommitQueue {
	return {
		commit: async (write) => {
			const won = await queue.commit(write);
			if (won) wakeFor(write, wake);
			return won;
		},
	};
}

/** Thrown events at once, timers at their time. */
function wakeFor({ rows, waits }: InstanceWrite, wake: (kind: DueKind, at: TimeMs) => void): void {
	for (const { tryAt } of rows.notices) if (tryAt !== null) wake('thrown', tryAt);
	for (const { due } of waits.newWaits) if (due !== null) wake('timers', due);
}
