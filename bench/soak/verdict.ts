import { median } from '../support/statistics.ts';

/** Minutes at each end that are compared; fewer where the soak is shorter than twice as long. */
const ENDS = 10;

/** Throughput of the last minutes ÷ that of the first: 1 is a server that does not get slower. */
export function lastOverFirst(throughputs: readonly number[]): number {
	const minutes = Math.max(1, Math.min(ENDS, Math.floor(throughputs.length / 2)));
	return median(throughputs.slice(-minutes)) / median(throughputs.slice(0, minutes));
}
