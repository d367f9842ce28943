import type { Services } from '../services.ts';
import type { Metrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Authenticate } from './tokens/authenticate.ts';

/** What every part of the HTTP layer is given. */
export interface HttpContext {
	readonly services: Services;
	readonly rateLimiter: RateLimiter;
	readonly metrics: Metrics;
	readonly authenticate: Authenticate;
}
