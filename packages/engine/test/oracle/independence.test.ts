import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What the verifier may know of the engine: the types of the contracts, and no code. */
const CONTRACTS = ['../terms.ts', '../model/process-model.ts', '../expressions/expression.ts', '../events.ts'];

const FOLDER = new URL('../../src/verify/', import.meta.url);

function forbiddenImports(source: string): readonly string[] {
	return [...source.matchAll(/^(import|export)\b[^;]*?\bfrom\s+'([^']+)';|\bimport\((.*)\)/gm)]
		.filter(([text, , from]) => {
			if (from?.startsWith('./')) return false;
			return !(text.startsWith('import type ') && CONTRACTS.includes(from ?? ''));
		})
		.map(([text]) => text);
}

describe('the verifier', () => {
	it.each(readdirSync(FOLDER))('shares no code with the engine: %s', (file) => {
		expect(forbiddenImports(readFileSync(new URL(file, FOLDER), 'utf8'))).toEqual([]);
	});

	it.each([
		["import { apply } from '../apply.ts';", 1],
		["import type { Work } from '../work.ts';", 1],
		["import { type Seq } from '../terms.ts';", 1],
		["import {\n\ttype Seq,\n\trun,\n} from '../run.ts';", 1],
		["export { step } from '../step.ts';", 1],
		["const engine = await import('../step.ts');", 1],
		["import type { Seq } from '../terms.ts';", 0],
		["import type {\n\tSeq,\n} from '../terms.ts';\nimport { walk } from './walk.ts';", 0],
	])('would be caught if it did: %j', (source, count) => {
		expect(forbiddenImports(source)).toHaveLength(count);
	});
});
