/** What an error has to look like on either API, whatever it is about. */
import { expect } from 'vitest';
import type { Answer, Json } from './server.ts';

/** A problem document with one of these codes; without codes, any refusal of a client's fault. */
export function expectProblem(answer: Answer, what: string, codes?: readonly string[]): void {
	const seen = `${what}: ${answer.status} ${answer.text.slice(0, 300)}`;
	expect(answer.status, seen).toBeGreaterThanOrEqual(400);
	expect(answer.status, seen).toBeLessThan(500);
	expect(answer.type, seen).toContain('application/problem+json');
	expect(answer.json, seen).toMatchObject({
		status: answer.status,
		code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
		type: expect.stringMatching(/^urn:sendback:problem:/),
		title: expect.stringMatching(/./),
		instance: `urn:sendback:log:${answer.headers.get('x-tt-logid')}`,
	});
	if (codes !== undefined) expect(codes, seen).toContain(answer.json.code);
}

/** A refusal in Feishu's shape with one of these codes. */
export function expectFeishuError(answer: Answer, what: string, codes?: readonly number[]): void {
	const seen = `${what}: ${answer.status} ${answer.text.slice(0, 300)}`;
	expect([400, 413], seen).toContain(answer.status);
	expect(answer.type, seen).toContain('application/json');
	expect(answer.json, seen).toMatchObject({ code: expect.any(Number), msg: expect.stringMatching(/./) });
	expect(answer.json.error.log_id, seen).toMatch(/^\d{14}[0-9A-F]{10,}$/);
	expect(answer.headers.get('x-tt-logid'), seen).toBe(answer.json.error.log_id);
	if (answer.json.code === 99992402) {
		expect(answer.json.error.field_violations.length, seen).toBeGreaterThan(0);
		for (const violation of answer.json.error.field_violations) expectStrings(violation, seen);
	}
	if (answer.json.code === 2320001) {
		const code = answer.json.error.details.find((entry: Json) => entry.key === 'code')?.value;
		expect(code, seen).toMatch(/^[a-z]+(-[a-z]+)*$/);
	}
	if (codes !== undefined) expect(codes, seen).toContain(answer.json.code);
}

function expectStrings(violation: Json, seen: string): void {
	expect(Object.keys(violation).sort(), seen).toEqual(['description', 'field', 'value']);
	for (const text of Object.values(violation)) expect(typeof text, seen).toBe('string');
}
