/** How much is measured. The figures of `quick` say nothing; it shows that everything runs. */
export interface Sizes {
	readonly rounds: number;
	readonly seconds: number;
	readonly warmupSeconds: number;
	readonly callers: number;
	/** User tasks of the flow. */
	readonly chain: number;
	/** Instances for each caller at each measurement. */
	readonly stock: number;
	readonly full: { readonly openTasks: number; readonly history: number; readonly tasksAUser: number };
	/** The inbox's small side; as deep as the other. */
	readonly small: { readonly openTasks: number; readonly history: number; readonly tasksAUser: number };
	/** Events in the log of the long instance. */
	readonly longHistory: number;
	/** Repetitions of a single operation in a round. */
	readonly repetitions: number;
	/** Connections of the open loop; more than the server takes commands at once. */
	readonly connections: number;
}

export const FULL: Sizes = {
	rounds: 5,
	seconds: 10,
	warmupSeconds: 3,
	callers: 64,
	chain: 10,
	stock: 400,
	full: { openTasks: 1_000_000, history: 10_000_000, tasksAUser: 125 },
	small: { openTasks: 5_000, history: 53_000, tasksAUser: 125 },
	longHistory: 1_000_000,
	repetitions: 50,
	connections: 8_192,
};

export const QUICK: Sizes = {
	rounds: 1,
	seconds: 1,
	warmupSeconds: 0.5,
	callers: 64,
	chain: 10,
	stock: 20,
	full: { openTasks: 2_000, history: 10_000, tasksAUser: 125 },
	small: { openTasks: 500, history: 2_000, tasksAUser: 125 },
	longHistory: 2_000,
	repetitions: 5,
	connections: 1_000,
};
