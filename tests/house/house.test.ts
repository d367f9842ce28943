import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOUSE_RULES, type SourceFile } from './house-rules.ts';

const IGNORED = /(^|\/)(node_modules|dist|\.git|\.sendback|\.venv|vendor|target)(\/|$)/;

const FILES: readonly SourceFile[] = readdirSync('.', { recursive: true, encoding: 'utf8' })
	.map((path) => path.replaceAll('\\', '/'))
	.filter((path) => /\.(ts|mjs|sql|md|sh)$/.test(path) && !IGNORED.test(path))
	.map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe.each(HOUSE_RULES)('$name', (rule) => {
	it(`holds everywhere. ${rule.reason}`, () => {
		const guilty = FILES.filter((file) => rule.applies(file.path)).flatMap((file) =>
			rule.violations(file).map((violation) => `${file.path}: ${violation}`),
		);
		expect(guilty).toEqual([]);
	});

	it('finds a planted violation', () => {
		expect(rule.applies(rule.planted.path)).toBe(true);
		expect(rule.violations(rule.planted)).not.toEqual([]);
	});
});
