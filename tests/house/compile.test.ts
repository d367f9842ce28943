import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const PACKAGES = ['packages/engine', 'packages/server'];
let copy: string;

beforeAll(() => {
	copy = mkdtempSync(join(tmpdir(), 'sendback-compile-'));
	for (const name of PACKAGES) cpSync(join(root, name, 'src'), join(copy, name, 'src'), { recursive: true });
	execFileSync(process.execPath, [join(root, 'scripts/compile.mjs'), copy]);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const importsIn = (file: string): readonly string[] =>
	[...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport) ?\(?["']([^"'\n]+)["']/g)]
		.map(([, name = '']) => name)
		.sort();

test.each(PACKAGES)(
	'%s is compiled for a start into the files that TypeScript makes, which import the same',
	(name) => {
		const compiled = readdirSync(join(copy, name, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
			file.endsWith('.js'),
		);
		expect(compiled.length).toBeGreaterThan(100);
		for (const file of compiled)
			expect(importsIn(join(copy, name, 'dist', file)), file).toEqual(importsIn(join(root, name, 'dist', file)));
	},
);

test('what is newer than its output is compiled again, and nothing else', () => {
	const output = (name: string) => join(copy, `packages/engine/dist/${name}.js`);
	const before = ['step', 'run'].map((name) => readFileSync(output(name), 'utf8'));
	rmSync(output('step'));
	for (const name of ['run', 'apply']) writeFileSync(output(name), 'as it was');
	const later = new Date(Date.now() + 60_000);
	utimesSync(join(copy, 'packages/engine/src/run.ts'), later, later);
	execFileSync(process.execPath, [join(root, 'scripts/compile.mjs'), copy]);
	expect(['step', 'run'].map((name) => readFileSync(output(name), 'utf8'))).toEqual(before);
	expect(readFileSync(output('apply'), 'utf8')).toBe('as it was');
});
