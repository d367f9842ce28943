import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { blockModel } from '../models/blocks.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { NAMED_MODELS } from '../models/named-models.ts';
import { unstructuredModel } from '../models/unstructured.ts';
import { randomRun } from './random-run.ts';

const GENERATORS: Readonly<Record<string, { models: fc.Arbitrary<ProcessModel>; runs: number }>> = {
	'named models': { models: fc.constantFrom(...Object.values(NAMED_MODELS)), runs: 150 },
	'blocks and loops': { models: blockModel(), runs: 200 },
	'unstructured graphs': { models: unstructuredModel(), runs: 150 },
	'exits around inclusive joins': { models: inclusiveExitModel(), runs: 200 },
};

const STEPS = 14;

describe('the laws of rollback, against an interpreter written apart from the engine', () => {
	it.each(Object.entries(GENERATORS))('hold for %s', (_name, { models, runs }) => {
		const choices = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
		fc.assert(
			fc.property(models, choices, (model, stream) => {
				randomRun(model, STEPS, () => stream.next().value ?? 0);
			}),
			{ numRuns: runs, interruptAfterTimeLimit: 25_000 },
		);
	});
});
