import type { TimeMs } from '@sendback/engine/terms.ts';
import type { CommitQueue } from '../commands/commit-queue.ts';
import type { InstanceWrite } from '../storage/instance-write.ts';

/** Says when what a write left behind is due, as soon as it is written. */
export function wakeOnCommit(queue: CommitQueue, wake: (at: TimeMs) => void): CommitQueue {
	return {
		commit: async (write) => {
			const won = await queue.commit(write);
			const due = won ? dueFrom(write) : null;
			if (due !== null) wake(due);
			return won;
		},
	};
}

/** Thrown events at once, timers at their time; null where there is none. */
function dueFrom({ rows, waits }: InstanceWrite): TimeMs | null {
	const times = [...rows.notices.map(({ tryAt }) => tryAt), ...waits.newWaits.map(({ due }) => due)];
	const due = times.filter((time) => time !== null);
	return due.length === 0 ? null : due.reduce((first, time) => Math.min(first, time));
}
