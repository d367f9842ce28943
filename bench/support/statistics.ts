/** The middle of some figures; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle];
	if (upper === undefined) throw new Error('There is no median of nothing.');
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export interface Spread {
	readonly min: number;
	readonly max: number;
}

export function spread(values: readonly number[]): Spread {
	return { min: Math.min(...values), max: Math.max(...values) };
}
