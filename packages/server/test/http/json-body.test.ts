import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/http/json-body.ts';

const digits = (count: number) => '1'.repeat(count);

describe('a number in a body', () => {
	test.each([
		['1e308', true],
		['1e309', false],
		[`${digits(250)}e99`, false],
		[`${digits(305)}e9`, false],
		[`${digits(309)}`, true],
		[`${digits(310)}`, false],
		[`0.${digits(400)}`, true],
		['1e-400', true],
	])('%s', (number, fits) => {
		expect(parseJson(`{"x":${number}}`).ok).toBe(fits);
	});
});
