import { describe, expect, test } from 'vitest';
import { settingsFile } from '../../src/storage/embedded/server-settings.ts';

const GIBIBYTE = 2 ** 30;

describe('the buffers and the log of the embedded PostgreSQL', () => {
	test.each([
		['a box of 256 MB gets what PostgreSQL comes with', GIBIBYTE / 4, '128MB', '2048MB'],
		['1 GB', GIBIBYTE, '256MB', '2048MB'],
		['24 GB', 24 * GIBIBYTE, '6144MB', '6144MB'],
		['more memory than the buffers may have use for', 256 * GIBIBYTE, '8192MB', '8192MB'],
		['a fraction of a megabyte is left out', GIBIBYTE + 1_500_000, '256MB', '2048MB'],
	])('%s', (_case, memory, buffers, log) => {
		expect(settingsFile(memory)).toContain(`\nshared_buffers = ${buffers}\n`);
		expect(settingsFile(memory)).toContain(`\nmax_wal_size = ${log}\n`);
	});
});
