import { createHash } from 'node:crypto';
import type { Idempotency } from '../services.ts';

/**
 * An idempotency key of ours, which is its own fingerprint: short, whatever it is made of, and never one that an app could
 * have chosen.
 */
export function keyOf(...parts: readonly (string | number)[]): Idempotency {
	const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
	return { key, fingerprint: key };
}
