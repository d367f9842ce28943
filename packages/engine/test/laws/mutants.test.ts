import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProcessModel } from '../../src/model/process-model.ts';
import { inclusiveExitModel } from '../models/inclusive-exits.ts';
import { NAMED_MODELS } from '../models/named-models.ts';

/**
 * Each rule of the rollback is needed: the core is copied, one rule taken out of the copy, and the laws run against it.
 * A law that none of these breaks would prove nothing.
 */
interface Mutant {
	readonly rule: string;
	readonly file: string;
	readonly find: string;
	readonly replace: string;
}

const MUTANTS: readonly Mutant[] = [
	{
		rule: 'an inclusive join depends on the absence of tokens',
		file: 'causality/undo-set.ts',
		find: ' && !joinedTooEarly(model, firing, restored)',
		replace: ' && joinedTooEarly !== undefined',
	},
	{
		rule: 'a decision depends on the writers of what it read',
		file: 'causality/undo-set.ts',
		find: 'firing.reads.some((read) => seqs.has(read.seq))',
		replace: 'false',
	},
	{
		rule: 'a decision undone through data is held until the target is decided anew',
		file: 'causality/roll-back.ts',
		find: 'undo.undoneByData.has(consumer.seq)',
		replace: 'undo.undoneByData.has(-consumer.seq)',
	},
	{
		rule: 'tokens that came from outside are restored',
		file: 'causality/roll-back.ts',
		find: 'restored: restoredTokens(undo, reopened.id),',
		replace: 'restored: restoredTokens(undo, reopened.id).filter(({ id }) => id === reopened.token),',
	},
	{
		rule: 'variables go back to the last kept write',
		file: 'causality/roll-back.ts',
		find: 'versions: keptVersions(log, undo.seqs),',
		replace: 'versions: keptVersions(log, undo.seqs).slice(0, 0),',
	},
	{
		rule: 'all consequences go, not only those on the way to the task that sent back',
		file: 'causality/undo-set.ts',
		find: 'const byToken = firing.consumed.some((token) => seqs.has(token.producer));',
		replace: "const byToken = firing.kind !== 'fork' && firing.consumed.some((token) => seqs.has(token.producer));",
	},
	{
		rule: 'no token vanishes: an end event keeps a sink',
		file: 'nodes/end-event.ts',
		find: 'produce: [`sink:${node.id}`]',
		replace: 'produce: []',
	},
];

const ENGINE = fileURLToPath(new URL('../..', import.meta.url));
const COPIES = `${ENGINE}/.mutants`;
const STEPS = 14;

/** Returns the first failure of the laws on a copy of the core; null where they hold. */
async function breakTheLaws(copy: string, limit_ms = 20_000): Promise<unknown> {
	const { randomRun } = (await import(
		/* @vite-ignore */ `${copy}/test/laws/random-run.ts`
	)) as typeof import('./random-run.ts');
	const models: fc.Arbitrary<ProcessModel> = fc.oneof(
		fc.constantFrom(...Object.values(NAMED_MODELS)),
		inclusiveExitModel(),
	);
	const choices = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
	const holds = fc.property(models, choices, (model, stream) => {
		randomRun(model, STEPS, () => stream.next().value ?? 0);
	});
	return fc.check(holds, { numRuns: 2_000, endOnFailure: true, interruptAfterTimeLimit: limit_ms }).errorInstance;
}

function copyCore(name: string, mutant: Mutant | null): string {
	const copy = `${COPIES}/${name}`;
	rmSync(copy, { recursive: true, force: true });
	mkdirSync(copy, { recursive: true });
	for (const folder of ['src', 'test/support', 'test/models', 'test/laws']) {
		cpSync(`${ENGINE}/${folder}`, `${copy}/${folder}`, {
			recursive: true,
			filter: (path) => !path.endsWith('.test.ts'),
		});
	}
	if (mutant !== null) {
		const path = `${copy}/src/${mutant.file}`;
		const parts = readFileSync(path, 'utf8').split(mutant.find);
		expect(parts, `${mutant.file} has one place to break`).toHaveLength(2);
		writeFileSync(path, parts.join(mutant.replace));
	}
	return copy;
}

describe('the laws of rollback are broken by a core', () => {
	afterAll(() => rmSync(COPIES, { recursive: true, force: true }));

	it('that is whole: never', async () => {
		expect(await breakTheLaws(copyCore('whole', null), 5_000)).toBeNull();
	});

	it.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))('without this rule: $rule', async (mutant) => {
		expect(await breakTheLaws(copyCore(String(mutant.index), mutant))).not.toBeNull();
	});
});
