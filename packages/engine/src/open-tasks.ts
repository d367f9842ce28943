import type { InstanceState, OpenTask } from './state.ts';
import type { TaskId } from './terms.ts';

/** An open task by its id; undefined where none is open. */
export function openTask(state: InstanceState, id: TaskId): OpenTask | undefined {
	return Object.values(state.tasks).find((task) => task.id === id);
}

/** The same task in another state of its instance; undefined where it is not open there. */
export function sameTask(state: InstanceState, { id, token }: OpenTask): OpenTask | undefined {
	const open = state.tasks[token];
	return open?.id === id ? open : undefined;
}

/** Who holds on what a task held that has ended: of those that it was reopened with, the first that is open. */
export function heirOf(open: readonly OpenTask[], ended: TaskId): TaskId | undefined {
	const heirs = open.filter((task) => isOneWith(task, ended));
	return heirs.sort((a, b) => Number(a.id) - Number(b.id))[0]?.id;
}

/** Whether a task was reopened together with the one that has this id, which may have ended. */
export function isOneWith({ together = [] }: OpenTask, id: TaskId): boolean {
	return Number(together[0]) <= Number(id) && Number(id) <= Number(together.at(-1));
}
