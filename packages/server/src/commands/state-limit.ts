import type { InstanceState } from '@sendback/engine/state.ts';
import { type Refusal, refuse } from '../refusals.ts';
import { writeState } from '../storage/documents/documents.ts';

/**
 * Characters of a state as it is stored. Every command reads and writes it whole, in the thread that serves all tenants:
 * at the limit that is about a tenth of a second.
 */
const MAX_STATE = 8_000_000;

/** Null when the state may be kept. What is too large already may still become smaller. */
export function whyNotKept(text: string, before: InstanceState | null): Refusal | null {
	if (text.length <= MAX_STATE) return null;
	if (before !== null && text.length <= writeState(before).length) return null;
	return refuse('state-limit', { limit: String(MAX_STATE) });
}
