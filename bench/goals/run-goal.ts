import { median, spread } from '../support/statistics.ts';
import type { Bench } from './bench.ts';
import { type FigureResult, type Goal, isMet, type Sample } from './goal.ts';

export async function runGoal(goal: Goal, bench: Bench): Promise<readonly FigureResult[]> {
	const { number, title, figures } = goal;
	bench.log(`goal ${number}: ${title}`);
	const session = await goal.open(bench);
	const rounds: (readonly Sample[])[] = [];
	try {
		for (let index = 0; index < bench.sizes.rounds; index++) {
			const samples = await session.round(index);
			rounds.push(samples);
			const shown = samples.map(({ value, parts }) => `${format(value)}${partsOf(parts)}`).join('   ');
			bench.log(`  round ${index + 1} of ${bench.sizes.rounds}: ${shown}`);
		}
	} finally {
		await session.close();
	}
	return figures.map(({ name, target }, index) => {
		const samples = rounds.flatMap((round) => round.slice(index, index + 1));
		const values = samples.map(({ value }) => value);
		const value = median(values);
		return {
			goal: number,
			title,
			figure: name,
			target,
			value,
			met: isMet(value, target),
			spread: spread(values),
			rounds: samples,
		};
	});
}

function partsOf(parts: Sample['parts']): string {
	const texts = Object.entries(parts).map(([name, value]) => `${name} ${format(value)}`);
	return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

export function format(value: number): string {
	return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3);
}
