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
