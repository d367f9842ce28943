/**
 * What the verifier can say about a model. The codes are stable and documented in docs/models.md, which a test holds
 * equal to this table.
 */
export const FINDINGS = {
	'possible-deadlock': 'Tokens can come to wait for others that never come, and nothing else is open.',
	'left-behind': 'Tokens can come to wait for others that never come, after a part of the process has ended.',
	'two-tokens': 'Two tokens can be at the same place: what follows runs twice.',
	'no-way-to-end': 'The process can come to where its end can no longer be reached.',
	'dead-node': 'No decision and no order of events leads to this node.',
	'verification-incomplete': 'Not every way through the model was explored, so there may be more.',
} as const;

export type FindingCode = keyof typeof FINDINGS;

export function isFindingCode(code: string): code is FindingCode {
	return Object.hasOwn(FINDINGS, code);
}
