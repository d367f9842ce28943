import { type Configuration, configurationLines } from '../support/configuration.ts';
import { count } from '../support/progress.ts';
import { median, spread } from '../support/statistics.ts';
import type { Contender, Memory } from './contender.ts';
import type { PeersOptions } from './options.ts';
import { type FiguresOf, rateOf } from './run-peers.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export interface Comparison {
	readonly configuration: Configuration;
	readonly options: Omit<PeersOptions, 'json' | 'databaseUrl'>;
	readonly contenders: readonly (Pick<Contender, 'name' | 'version' | 'setting'> & {
		/** Connections to the database; null: its own choice. */
		readonly pool: number | null;
		readonly memory: Memory;
	})[];
	readonly rows: readonly Row[];
}

interface Row extends Workload {
	readonly cells: readonly Cell[];
	/** Sendback's rate by each other's, of the same round. */
	readonly ratios: readonly Summary[];
}

interface Cell {
	/** Operations a second, of each round. */
	readonly rates: readonly number[];
	readonly rate: Summary;
	/** Milliseconds. */
	readonly p50: number;
	readonly p99: number;
	readonly statements: number | null;
	readonly walBytes: number;
}

interface Summary {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

/** @param contenders ours first: the others are what it is divided by */
export function rowsOf(contenders: readonly Contender[], figuresOf: FiguresOf): readonly Row[] {
	return WORKLOADS.map((workload) => {
		const cells = contenders.map((contender) => {
			const { rounds, costs } = figuresOf(contender, workload);
			const rates = rounds.map(rateOf);
			return {
				rates,
				rate: summary(rates),
				p50: median(rounds.map(({ p50 }) => p50)),
				p99: median(rounds.map(({ p99 }) => p99)),
				...costs,
			};
		});
		const [ours, ...others] = cells;
		const ratios = others.map(({ rates }) =>
			summary(rates.map((rate, round) => (ours?.rates[round] ?? Number.NaN) / rate)),
		);
		return { ...workload, cells, ratios };
	});
}

function summary(values: readonly number[]): Summary {
	return { median: median(values), ...spread(values) };
}

/** The comparison as a section of docs/performance.md. */
export function markdownOf({ configuration, options, contenders, rows }: Comparison): string {
	const [, ...others] = contenders;
	const names = contenders.map(({ name, version }) => `${name} ${version}`);
	const divided = others.map(({ name }) => `÷ ${name}`);
	const rates = rows.map(({ title, cells, ratios }) => [
		title,
		...cells.map(({ rate }) => `${count(rate.median)} (${count(rate.min)}–${count(rate.max)})`),
		...ratios.map((ratio, at) => shownRatio(ratio, others[at]?.name ?? '')),
	]);
	const latencies = rows.map(({ title, cells }) => [
		title,
		...cells.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`),
	]);
	const costs = rows.map(({ title, cells }) => [
		title,
		...cells.map(
			({ statements, walBytes }) => `${statements === null ? '–' : statements.toFixed(1)} / ${count(walBytes)}`,
		),
	]);
	const memory = [
		['resident', ...contenders.map(({ memory: { residentBytes } }) => megabytes(residentBytes))],
		['heap after collection', ...contenders.map(({ memory: { heapAfterGcBytes } }) => megabytes(heapAfterGcBytes))],
	];
	return `Operations a second: the median of ${options.rounds} rounds of ${options.seconds} s (lowest–highest). Ratios: the median of those of each round.

${table(['', ...names, ...divided], rates)}

Latency in milliseconds, p50 / p99:

${table(['', ...names], latencies)}

What an operation costs the database, statements / bytes of write-ahead log:

${table(['', ...names], costs)}

Memory of the process, MB:

${table(['', ...names], memory)}

${contenders.map(({ name, version, setting, pool }) => `${name} ${version} ${setting}${pool === null ? '' : `, ${pool} connections`}`).join('; ')}; ${options.callers} callers.
${configurationLines(configuration).join('.\n')}.
`;
}

/** Where a peer is faster, the table says so. */
function shownRatio({ median: middle, min, max }: Summary, other: string): string {
	const ratio = `**${middle.toFixed(1)}** (${min.toFixed(1)}–${max.toFixed(1)})`;
	return middle < 1 ? `${ratio}, ${other} is faster` : ratio;
}

function megabytes(bytes: number | null): string {
	return bytes === null ? '–' : (bytes / 2 ** 20).toFixed(0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
