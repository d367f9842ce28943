import type { EngineEvent, NodeFired, RolledBack } from '../events.ts';
import { isOneWith } from '../open-tasks.ts';
import type { InstanceState, OpenTask, TaskResume } from '../state.ts';
import { readLog } from './live-log.ts';

/** Whether others are still to be decided that were reopened together with a task: the last of them goes straight back. */
export function awaitsOthers(state: InstanceState, task: OpenTask): boolean {
	if (task.together === undefined) return false;
	return Object.values(state.tasks).some(({ id }) => id !== task.id && isOneWith(task, id));
}

/**
 * The completions that were returned to, and those of now that stand for them. The runs of a repeated task as a whole stand for
 * one another in the order in which they were decided: the completion condition and the last value of a variable go by that.
 *
 * @param events the log from the first of them on
 * @param target the completion that is being recorded
 */
export function targetsAgain(
	events: readonly EngineEvent[],
	{ reopened, undone }: RolledBack,
	{ from, anew }: TaskResume,
	target: NodeFired,
): readonly (readonly [NodeFired, NodeFired])[] {
	const isUndone = new Set(undone);
	const before = events
		.filter((event) => event.type === 'NodeFired')
		.filter(({ seq, completion }) => {
			const isOfLoop = anew !== undefined && completion?.loop === anew;
			return isUndone.has(seq) && (seq === from || isOfLoop);
		});
	const ids = new Set(reopened.map(({ id }) => id));
	const earlier = readLog(events).firings.filter(
		({ completion }) => completion !== undefined && ids.has(completion.task),
	);
	const now = [...earlier, target];
	return before.flatMap((each, index) => {
		const again = now[index];
		return again === undefined ? [] : [[each, again] as const];
	});
}
