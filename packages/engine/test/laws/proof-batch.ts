import fc from 'fast-check';
import { GENERATORS, type GeneratorName } from './generators.ts';
import { type Law, LawBroken } from './law.ts';
import { randomRun } from './random-run.ts';

/** A reproducible piece of the proof: so many models of one generator, each driven once. */
export interface Batch {
	readonly generator: GeneratorName;
	readonly seed: number;
	readonly models: number;
}

export interface BatchReport {
	readonly batch: Batch;
	readonly models: number;
	readonly rollbacks: number;
	readonly broken: readonly { readonly law: Law | 'other'; readonly model: number; readonly message: string }[];
}

const STEPS = 14;

export function runBatch(batch: Batch): BatchReport {
	const models = fc.sample(GENERATORS[batch.generator], { seed: batch.seed, numRuns: batch.models });
	const broken: BatchReport['broken'][number][] = [];
	let rollbacks = 0;
	for (const [index, model] of models.entries()) {
		try {
			rollbacks += randomRun(model, STEPS, choicesFrom(batch.seed * 31 + index)).rollbacks;
		} catch (error) {
			const law = error instanceof LawBroken ? error.law : 'other';
			broken.push({ law, model: index, message: error instanceof Error ? error.message : String(error) });
		}
	}
	return { batch, models: models.length, rollbacks, broken };
}

/** mulberry32: the same seed gives the same run on every machine. */
function choicesFrom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return (mixed ^ (mixed >>> 14)) >>> 12;
	};
}
