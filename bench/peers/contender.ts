import type { Workload } from './workloads.ts';

export interface RoundTiming {
	/** Under load and not measured. */
	readonly leadInSeconds: number;
	readonly seconds: number;
}

export interface RoundResult {
	/** Operations that ended within the measured time. */
	readonly done: number;
	/** Shorter than asked for where the prepared work was used up: with less of it the load would be of fewer callers. */
	readonly seconds: number;
	/** Milliseconds. */
	readonly p50: number;
	readonly p99: number;
}

export interface Memory {
	readonly residentBytes: number;
	/** Null where the process cannot be asked for it from outside. */
	readonly heapAfterGcBytes: number | null;
}

/** Where a contender is to work, and for how many. */
export interface Place {
	readonly database: string;
	readonly url: string;
	readonly callers: number;
}

/** One of the engines that are compared. Between calls it is idle. */
export interface Contender {
	readonly name: string;
	readonly version: string;
	/** How it is run, in words. */
	readonly setting: string;
	/** Its database on the common server. */
	readonly database: string;
	/** Makes instances until so many are ready for the workload. Those that rounds have left count. */
	prepare(workload: Workload, instances: number): Promise<void>;
	round(workload: Workload, timing: RoundTiming): Promise<RoundResult>;
	/** Exactly so many operations, by as many callers; for counting what they cost. */
	repeat(workload: Workload, times: number): Promise<void>;
	memory(): Promise<Memory>;
	stop(): Promise<void>;
}
