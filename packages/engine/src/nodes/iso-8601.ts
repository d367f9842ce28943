import type { TimeMs } from '../terms.ts';

/** An ISO 8601 duration, `P1Y2M3DT4H5M6.7S` or `P2W`; calendar parts count from the time it is added to, in UTC. */
export interface Duration {
	readonly months: number;
	readonly milliseconds: number;
}

const DURATION =
	/^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

export function parseDuration(text: string): Duration | null {
	const match = DURATION.exec(text.trim());
	if (match === null) return null;
	const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
		.slice(1)
		.map((part) => Number(part ?? 0));
	const minutesInAll = ((weeks * 7 + days) * 24 + hours) * 60 + minutes;
	return { months: years * 12 + months, milliseconds: Math.round((minutesInAll * 60 + seconds) * 1000) };
}

export function addDuration(time: TimeMs, { months, milliseconds }: Duration): TimeMs {
	if (months === 0) return time + milliseconds;
	const date = new Date(time);
	const day = date.getUTCDate();
	date.setUTCMonth(date.getUTCMonth() + months, 1);
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	date.setUTCDate(Math.min(day, lastDay));
	return date.getTime() + milliseconds;
}

/** `2026-03-01T09:00:00Z`, with any offset; UTC where there is none. */
export function parseDate(text: string): TimeMs | null {
	const trimmed = text.trim();
	if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(trimmed)) return null;
	const time = Date.parse(
		/T.*(Z|[+-]\d{2}:?\d{2})$/.test(trimmed) ? trimmed : trimmed.includes('T') ? `${trimmed}Z` : trimmed,
	);
	return Number.isNaN(time) ? null : time;
}

/** `R3/PT10M`: how often after the first time, null without end (`R/PT10M`), and how long between. */
export function parseCycle(text: string): { readonly repetitions: number | null; readonly every: Duration } | null {
	const [, count, duration = ''] = /^R(\d*)\/(P.*)$/.exec(text.trim()) ?? [];
	const every = parseDuration(duration);
	if (count === undefined || every === null) return null;
	return { repetitions: count === '' ? null : Number(count), every };
}
