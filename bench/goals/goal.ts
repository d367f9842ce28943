import type { Spread } from '../support/statistics.ts';
import type { Bench } from './bench.ts';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One number that a goal is about. */
export interface Figure {
	readonly name: string;
	readonly target: Target;
}

/** What one round found for a figure: its value, and what that was computed from. */
export interface Sample {
	readonly value: number;
	readonly parts: Readonly<Record<string, number>>;
}

export interface Goal {
	readonly number: number;
	readonly title: string;
	readonly figures: readonly Figure[];
	/** Prepares, unmeasured. */
	open(bench: Bench): Promise<Session>;
}

export interface Session {
	/** Measures every side once, one right after the other; a sample for each figure. */
	round(index: number): Promise<readonly Sample[]>;
	close(): Promise<void>;
}

export interface FigureResult {
	readonly goal: number;
	readonly title: string;
	readonly figure: string;
	readonly target: Target;
	/** The median of the rounds. */
	readonly value: number;
	readonly met: boolean;
	readonly spread: Spread;
	readonly rounds: readonly Sample[];
}

export function isMet(value: number, target: Target): boolean {
	return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** The sides of a round change places from one to the next, so that neither is always the second. */
export async function bothSides<A, B>(
	index: number,
	one: () => Promise<A>,
	other: () => Promise<B>,
): Promise<readonly [A, B]> {
	if (index % 2 === 0) return [await one(), await other()];
	const second = await other();
	return [await one(), second];
}
