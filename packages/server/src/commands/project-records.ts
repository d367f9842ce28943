import { openTask } from '@sendback/engine/open-tasks.ts';
import type { ProjectedRows } from '../storage/instance-write.ts';
import type { ProjectedStep } from './project-step.ts';

/** The rows of what people noted on a task: copies, chat groups; and of what others are to be told, instances included. */
export function projectRecords({
	events,
	after,
	at,
}: ProjectedStep): Pick<ProjectedRows, 'copies' | 'chats' | 'notices'> {
	const copies: ProjectedRows['copies'][number][] = [];
	const chats: ProjectedRows['chats'][number][] = [];
	const notices: ProjectedRows['notices'][number][] = [];
	for (const event of events) {
		switch (event.type) {
			case 'NodeFired': {
				const { seq, effects } = event;
				if (effects === undefined) break;
				notices.push({ seq, kind: 'event-thrown', payload: { effects }, createdAt: at, tryAt: at });
				break;
			}
			case 'TaskCopied': {
				const { seq, task, user, users } = event;
				const openedAt = openTask(after, task)?.openedAt ?? at;
				copies.push(...users.map((reader) => ({ task, user: reader, openedAt, copiedAt: at })));
				notices.push({ seq, kind: 'task-copied', payload: { task, user, users }, createdAt: at, tryAt: null });
				break;
			}
			case 'TaskUrged': {
				const { seq, task, user, users, opinion } = event;
				notices.push({ seq, kind: 'task-urged', payload: { task, user, users, opinion }, createdAt: at, tryAt: null });
				break;
			}
			case 'ChatGroupLinked': {
				const { task, chat, name, users } = event;
				chats.push({ task, chat, name, members: users });
				break;
			}
		}
	}
	return { copies, chats, notices };
}
