import type { InstanceWrite } from '../storage/instance-write.ts';

/** What writing a row takes, as bytes of a state; an event is a part of one. */
const ROW_BYTES = 500;
/** One entry of the past that a new task keeps. */
const PAST_BYTES = 20;

/** How much there is to write, as bytes of JSON, about. Counted and not written out: every command is weighed. */
export function writeWeight({ state, steps, rows, waits, keys }: InstanceWrite): number {
	let count =
		keys.length +
		rows.changedTasks.length +
		rows.newAssignments.length +
		rows.changedAssignments.length +
		rows.copies.length +
		rows.notices.length +
		waits.newWaits.length +
		waits.endedWaits.length +
		waits.newJobs.length +
		waits.endedJobs.length;
	for (const { events } of steps) count += events.length;
	let past = 0;
	for (const task of rows.newTasks) past += task.past.length;
	let variables = 0;
	for (const { cause } of waits.newJobs) if ('rollback' in cause) variables += cause.variables?.length ?? 0;
	for (const rollback of rows.rollbacks) variables += rollback.variables?.length ?? 0;
	return state.length + variables + ROW_BYTES * (count + rows.newTasks.length) + PAST_BYTES * past;
}
