import type { UrgeTask } from '../commands.ts';
import { reject } from '../rejections.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import { findOpenTask, whyNotInvolved, whyNotPending } from './assignments.ts';

/** urge 催办: reminds assignees whose turn it is. */
export function urgeTask(work: Work, command: UrgeTask): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const users = [...new Set(command.users)];
	if (users.length === 0) return refused(reject('nobody-given', { task: task.id }));
	for (const user of users) {
		const rejection = whyNotPending(task, user);
		if (rejection !== null) return refused(rejection);
	}
	const stop = whyNotInvolved(work, task, command.user);
	if (stop !== null) return stop;
	work.record({ type: 'TaskUrged', task: task.id, user: command.user, users, opinion: command.opinion });
	return null;
}
