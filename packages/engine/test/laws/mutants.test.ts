import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { BESIDE_MODELS } from '../models/beside-models.ts';
import { COMPENSATED_MODELS } from '../models/compensated-models.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { NAMED_MODELS } from '../models/named-models.ts';
import { copyCore, MUTANTS } from './mutants.ts';

const ENGINE = fileURLToPath(new URL('../..', import.meta.url));
const COPIES = `${ENGINE}/.mutants/test`;
const STEPS = 14;

/** Returns the first failure of the laws on a copy of the core; null where they hold. */
async function breakTheLaws(copy: string, limit_ms = 45_000): Promise<unknown> {
	const { randomRun } = (await import(
		/* @vite-ignore */ `${copy}/test/laws/random-run.ts`
	)) as typeof import('./random-run.ts');
	const models: fc.Arbitrary<ProcessModel> = fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...Object.values(NAMED_MODELS)) },
		{ weight: 4, arbitrary: inclusiveExitModel() },
		{ weight: 3, arbitrary: fc.constant(COMPENSATED_MODELS['parallel branches that both compensate']) },
		{ weight: 1, arbitrary: fc.constant(BESIDE_MODELS['a task']) },
	);
	const choices = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
	const holds = fc.property(models, choices, (model, stream) => {
		randomRun(model, STEPS, () => stream.next().value ?? 0);
	});
	return fc.check(holds, { numRuns: 2_000, endOnFailure: true, interruptAfterTimeLimit: limit_ms }).errorInstance;
}

describe('the laws of rollback are broken by a core', () => {
	afterAll(() => rmSync(COPIES, { recursive: true, force: true }));

	it('that is whole: never', async () => {
		expect(await breakTheLaws(copyCore(ENGINE, `${COPIES}/whole`, null), 5_000)).toBeNull();
	});

	it.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))('without this rule: $rule', async (mutant) => {
		expect(await breakTheLaws(copyCore(ENGINE, `${COPIES}/${mutant.index}`, mutant))).not.toBeNull();
	});
});
