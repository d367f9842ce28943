import type { TimeMs } from '@sendback/engine/terms.ts';

export type RateDecision =
	| { readonly allowed: true }
	/** `resetSeconds`: whole seconds until a call is possible again, at least 1. */
	| { readonly allowed: false; readonly limit: number; readonly resetSeconds: number };

export interface RateLimiter {
	take(appId: string, call: string, now: TimeMs): RateDecision;
}

interface Bucket {
	tokens: number;
	filledAt: TimeMs;
}

const MINUTE_MS = 60_000;

/**
 * A token bucket for each app and call: `perMinute` calls at once, refilled evenly. 0 means no limit. It lives in this
 * process: with several processes an app may do as many times more.
 */
export function createRateLimiter(perMinute: number): RateLimiter {
	if (perMinute === 0) return { take: () => ({ allowed: true }) };
	const buckets = new Map<string, Bucket>();
	return {
		take(appId, call, now) {
			const key = `${appId} ${call}`;
			const bucket = buckets.get(key) ?? { tokens: perMinute, filledAt: now };
			const refilled = bucket.tokens + (Math.max(0, now - bucket.filledAt) * perMinute) / MINUTE_MS;
			bucket.tokens = Math.min(perMinute, refilled);
			bucket.filledAt = now;
			buckets.set(key, bucket);
			if (bucket.tokens < 1) {
				const waitMs = ((1 - bucket.tokens) * MINUTE_MS) / perMinute;
				return { allowed: false, limit: perMinute, resetSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
			}
			bucket.tokens -= 1;
			return { allowed: true };
		},
	};
}
