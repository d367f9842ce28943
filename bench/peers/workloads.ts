export interface Workload {
	readonly operation: 'start' | 'complete' | 'back';
	/** Id of the process, and name of its file in models/. */
	readonly process: 'two_step' | 'three_branch';
	readonly title: string;
}

/**
 * In this order, each leaves work for the next: what is started can be completed or sent back, and what was sent back is
 * at its first task again.
 */
export const WORKLOADS: readonly Workload[] = [
	{ operation: 'start', process: 'two_step', title: 'start' },
	{ operation: 'back', process: 'two_step', title: 'go back one task' },
	{ operation: 'complete', process: 'two_step', title: 'complete, two tasks in a row' },
	{ operation: 'back', process: 'three_branch', title: 'go back from three open branches' },
	{ operation: 'complete', process: 'three_branch', title: 'complete, with three branches and their join' },
];

/** Tasks from the start of an instance to its end: as many completions are in it. */
export const TASKS_OF: Readonly<Record<Workload['process'], number>> = { two_step: 2, three_branch: 5 };
