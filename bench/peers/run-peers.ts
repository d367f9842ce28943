import { showProgress } from '../support/progress.ts';
import type { Contender, RoundResult } from './contender.ts';
import type { CostMeter, Costs } from './costs.ts';
import type { PeerContender } from './peer-contender.ts';
import { TASKS_OF, WORKLOADS, type Workload } from './workloads.ts';

const LEAD_IN_SECONDS = 0.5;
const LONGEST_WARM_UP_SECONDS = 1.5;
/** More work than a round of the rate of the one before can use up. */
const RESERVE = 1.3;
/** Where the rate is not known yet, or the machine stands still for a moment. */
const LEAST_OPERATIONS = 256;
/** Costs are counted over as many operations as are done in this time. */
const COUNTED_SECONDS = 1;

/** The figures of one engine for one workload. */
export interface Figures {
	readonly rounds: readonly RoundResult[];
	readonly costs: Costs;
}

export type FiguresOf = (contender: Contender, workload: Workload) => Figures;

export interface RunOptions {
	readonly rounds: number;
	readonly seconds: number;
	readonly meter: CostMeter;
}

/**
 * Round after round of every engine, one at a time, in turn: what slows the machine down for a while slows all of them
 * down, and who begins changes from round to round.
 */
export async function runRounds(
	contenders: readonly Contender[],
	{ rounds, seconds, meter }: RunOptions,
): Promise<FiguresOf> {
	const run = new Run();
	const warmUp = Math.min(seconds, LONGEST_WARM_UP_SECONDS);
	const progress = showProgress('peers', (rounds + 2) * WORKLOADS.length * contenders.length);
	for (const contender of contenders) {
		for (const workload of WORKLOADS) {
			await run.round(contender, workload, warmUp);
			progress.advance(1);
		}
	}
	for (let round = 0; round < rounds; round++) {
		for (const workload of WORKLOADS) {
			for (const contender of inTurn(contenders, round)) {
				run.keep(contender, workload, await run.round(contender, workload, seconds));
				progress.advance(1);
			}
		}
	}
	for (const workload of WORKLOADS) {
		for (const contender of contenders) {
			const operations = run.expected(contender, workload, COUNTED_SECONDS);
			await contender.prepare(workload, instancesFor(workload, operations));
			run.keepCosts(contender, workload, await meter.measure(contender, workload, operations));
			progress.advance(1);
		}
	}
	progress.end();
	return run.figuresOf;
}

/** The number of connections with which the peer completes most, each tried after a warm-up. */
export async function fastestPool(peer: PeerContender, candidates: readonly number[]): Promise<number> {
	const [start, , complete] = WORKLOADS;
	if (start === undefined || complete === undefined) throw new Error('bug: workloads are missing');
	const run = new Run();
	for (const workload of WORKLOADS) await run.round(peer, workload, LONGEST_WARM_UP_SECONDS);
	let best = { connections: 0, rate: 0 };
	for (const connections of candidates) {
		await peer.resizePool(connections);
		await run.round(peer, start, LONGEST_WARM_UP_SECONDS);
		const rate = rateOf(await run.round(peer, complete, LONGEST_WARM_UP_SECONDS));
		if (rate > best.rate) best = { connections, rate };
	}
	return best.connections;
}

export function rateOf({ done, seconds }: RoundResult): number {
	return done / seconds;
}

class Run {
	readonly #rates = new Map<string, number>();
	readonly #rounds = new Map<string, RoundResult[]>();
	readonly #costs = new Map<string, Costs>();

	async round(contender: Contender, workload: Workload, seconds: number): Promise<RoundResult> {
		const expected = this.expected(contender, workload, (seconds + LEAD_IN_SECONDS) * RESERVE);
		await contender.prepare(workload, instancesFor(workload, expected));
		const result = await contender.round(workload, { leadInSeconds: LEAD_IN_SECONDS, seconds });
		for (const key of [keyOf(contender, workload), contender.name]) this.#rates.set(key, rateOf(result));
		return result;
	}

	/** How many operations are done in that time: as fast as last time, or as whatever came last the first time. */
	expected(contender: Contender, workload: Workload, seconds: number): number {
		const rate = this.#rates.get(keyOf(contender, workload)) ?? this.#rates.get(contender.name) ?? 0;
		return Math.max(LEAST_OPERATIONS, Math.ceil(rate * seconds));
	}

	keep(contender: Contender, workload: Workload, result: RoundResult): void {
		if (result.done === 0) throw new Error(`${contender.name} has done nothing in a round of "${workload.title}".`);
		const key = keyOf(contender, workload);
		this.#rounds.set(key, [...(this.#rounds.get(key) ?? []), result]);
	}

	keepCosts(contender: Contender, workload: Workload, costs: Costs): void {
		this.#costs.set(keyOf(contender, workload), costs);
	}

	readonly figuresOf: FiguresOf = (contender, workload) => {
		const key = keyOf(contender, workload);
		const costs = this.#costs.get(key);
		if (costs === undefined) throw new Error(`bug: nothing was measured of ${key}`);
		return { rounds: this.#rounds.get(key) ?? [], costs };
	};
}

function keyOf({ name }: Contender, { title }: Workload): string {
	return `${name}: ${title}`;
}

function instancesFor({ operation, process }: Workload, operations: number): number {
	if (operation === 'start') return 0;
	return Math.ceil(operation === 'back' ? operations : operations / TASKS_OF[process]);
}

function inTurn<T>(all: readonly T[], round: number): readonly T[] {
	const first = round % all.length;
	return [...all.slice(first), ...all.slice(0, first)];
}
