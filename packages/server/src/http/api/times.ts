import type { TimeMs } from '@sendback/engine/terms.ts';

/** Times of the native API are ISO 8601 in UTC, to the millisecond. */
export function isoTime(time: TimeMs): string {
	return new Date(time).toISOString();
}

export function isoTimeOrNull(time: TimeMs | null): string | null {
	return time === null ? null : isoTime(time);
}
