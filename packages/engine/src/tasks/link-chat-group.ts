import type { LinkChatGroup } from '../commands.ts';
import { isStop, type Stop, type Work } from '../work.ts';
import { findOpenTask, whyNotInvolved, whyNotUsers } from './assignments.ts';

/** Links a chat group to a task, new or existing, and remembers whom it was opened for. */
export function linkChatGroup(work: Work, command: LinkChatGroup): Stop | null {
	const task = findOpenTask(work, command.task);
	if (isStop(task)) return task;
	const users = [...new Set(command.users)];
	const stop = whyNotInvolved(work, task, command.user) ?? whyNotUsers(work, users);
	if (stop !== null) return stop;
	const { user, chat, name } = command;
	work.record({ type: 'ChatGroupLinked', task: task.id, user, chat, name, users });
	return null;
}
