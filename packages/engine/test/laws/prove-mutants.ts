import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyCore, MUTANTS } from './mutants.ts';

/** The engine's folder; this file runs compiled, from .proof/test/laws. */
const ENGINE = fileURLToPath(new URL('../../..', import.meta.url));
const ROLLBACKS = '6000';

/** Each mutant in a process of its own; exits 1 where the laws hold although a rule is missing. */
export function proveMutants(): void {
	let survivors = 0;
	for (const [index, mutant] of MUTANTS.entries()) {
		const copy = copyCore(ENGINE, resolve(ENGINE, '.mutants', `proof-${index}`), mutant);
		const isKilled = !lawsHold(copy);
		if (!isKilled) survivors += 1;
		console.log(`${isKilled ? 'caught  ' : 'SURVIVED'}  without: ${mutant.rule}`);
		rmSync(copy, { recursive: true, force: true });
	}
	console.log(`${MUTANTS.length - survivors} of ${MUTANTS.length} mutants caught`);
	process.exitCode = survivors === 0 ? 0 : 1;
}

function lawsHold(copy: string): boolean {
	const config = { extends: `${ENGINE}/tsconfig.proof.json`, include: ['src', 'test/laws/prove.ts'] };
	const compilerOptions = { rootDir: copy, outDir: `${copy}/built`, noCheck: true };
	writeFileSync(`${copy}/tsconfig.json`, JSON.stringify({ ...config, compilerOptions }));
	const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
	execFileSync(process.execPath, [tsc, '-p', copy], { stdio: 'inherit' });
	const { status } = spawnSync(process.execPath, [
		`${copy}/built/test/laws/prove.js`,
		'--rollbacks',
		ROLLBACKS,
		'--seed',
		'1',
	]);
	return status === 0;
}
