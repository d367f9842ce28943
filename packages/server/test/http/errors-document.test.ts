import { readFileSync } from 'node:fs';
import { MIGRATION_PROBLEMS } from '@sendback/engine/migration/migration-problems.ts';
import { describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/http/api/problems.ts';
import { REFUSAL_STATUS } from '../../src/http/api/refusal-status.ts';
import { GATEWAY_ERRORS } from '../../src/http/feishu/gateway-errors.ts';
import { REFUSALS, type RefusalCode } from '../../src/refusals.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of the table below a heading, without its head; each as its cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
	const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
	const [text = ''] = section.split('\n## ');
	const rows = text.split('\n').filter((line) => line.startsWith('|'));
	return rows.slice(2).map((row) =>
		row
			.slice(1, -1)
			.split('|')
			.map((cell) => cell.trim()),
	);
}

describe('docs/errors.md and the registries say the same', () => {
	test('of the Feishu-shaped errors', () => {
		const documented = rowsBelow('Feishu-shaped errors').map(([http, code, msg]) => [Number(http), Number(code), msg]);
		expect(documented).toEqual(Object.values(GATEWAY_ERRORS).map(({ http, code, msg }) => [http, code, msg]));
	});

	test('of the refusals', () => {
		const codes = Object.keys(REFUSALS) as RefusalCode[];
		expect(rowsBelow('Refusals')).toEqual(
			codes.map((code) => [`\`${code}\``, String(REFUSAL_STATUS[code]), REFUSALS[code]]),
		);
	});

	test('of the reasons against a migration', () => {
		expect(rowsBelow('Reasons against a migration')).toEqual(
			Object.entries(MIGRATION_PROBLEMS).map(([code, message]) => [`\`${code}\``, message]),
		);
	});

	test('of the problems of the native API', () => {
		expect(rowsBelow('Problems of the native API')).toEqual(
			Object.entries(PROBLEMS).map(([code, { status, title }]) => [`\`${code}\``, String(status), title]),
		);
	});

	test('no code means two things', () => {
		expect(Object.keys(PROBLEMS).filter((code) => code in REFUSALS)).toEqual([]);
		const pairs = Object.values(GATEWAY_ERRORS).map(({ http, code }) => `${http} ${code}`);
		expect(new Set(pairs).size).toBe(pairs.length);
	});
});
