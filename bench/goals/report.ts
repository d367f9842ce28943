import type { FigureResult, Target } from './goal.ts';
import { format } from './run-goal.ts';

const HEAD = ['Goal', 'Figure', 'Median', 'Target', 'Met', 'Spread', 'Rounds'] as const;

/** The results as a Markdown table, its columns aligned for reading it as it is. */
export function table(results: readonly FigureResult[]): string {
	const rows = results.map(({ goal, title, figure, value, target, met, spread, rounds }) => [
		String(goal),
		`${title}: ${figure}`,
		format(value),
		targetText(target),
		met ? 'yes' : 'NO',
		`${format(spread.min)}–${format(spread.max)}`,
		String(rounds.length),
	]);
	const widths = HEAD.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function targetText(target: Target): string {
	return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}
