import { createHash } from 'node:crypto';

/** An idempotency key of ours: short, whatever it is made of, and never one that an app could have chosen. */
export function keyOf(...parts: readonly (string | number)[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
