import type { TimeMs } from '@sendback/engine/terms.ts';
import type { Clock } from '../services.ts';

/** Time that stands still at `start` until it is moved. */
export function createTestClock(start: TimeMs): Clock & { readonly advance: (ms: number) => Promise<null> } {
	let now = start;
	return {
		now: () => now,
		async advance(ms) {
			now += ms;
			return null;
		},
	};
}
