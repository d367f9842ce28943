import fc from 'fast-check';
import { describe, it } from 'vitest';
import { GENERATORS } from './generators.ts';
import { randomRun } from './random-run.ts';

const RUNS = 175;
const STEPS = 14;

describe('the laws of rollback, against an interpreter written apart from the engine', () => {
	it.each(Object.entries(GENERATORS))('hold for %s', (_name, models) => {
		const choices = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
		fc.assert(
			fc.property(models, choices, (model, stream) => {
				randomRun(model, STEPS, () => stream.next().value ?? 0);
			}),
			{ numRuns: RUNS, interruptAfterTimeLimit: 25_000 },
		);
	});
});
