import type { CopyTask } from '../commands.ts';
import { reject } from '../rejections.ts';
import { isStop, refused, type Stop, type Work } from '../work.ts';
import { findOpenTask, whyNotInvolved, whyNotUsers } from './assignments.ts';

/** cc 抄送: the task shows in these users' copies. */
export function copyTask(work: Work, command: CopyTask): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const users = [...new Set(command.users)];
	if (users.length === 0) return refused(reject('nobody-given', { task: task.id }));
	const stop = whyNotInvolved(work, task, command.user) ?? whyNotUsers(work, users);
	if (stop !== null) return stop;
	work.record({ type: 'TaskCopied', task: task.id, user: command.user, users });
	return null;
}
