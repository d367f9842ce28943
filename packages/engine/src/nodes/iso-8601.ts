import type { TimeMs } from '../terms.ts';

/** An ISO 8601 duration, `P1Y2M3DT4H5M6.7S` or `P2W`; calendar parts count from the time it is added to, in UTC. */
export interface Duration {
	readonly months: number;
	readonly milliseconds: number;
}

/** Beyond lies what is no date any more. */
const LONGEST_YEARS = 1_000;

const DURATION =
	/^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

export function parseDuration(text: string): Duration | null {
	const match = DURATION.exec(text.trim());
	if (match === null) return null;
	const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
		.slice(1)
		.map((part) => Number(part ?? 0));
	const minutesInAll = ((weeks * 7 + days) * 24 + hours) * 60 + minutes;
	const milliseconds = Math.round((minutesInAll * 60 + seconds) * 1000);
	if (years + months / 12 > LONGEST_YEARS || milliseconds > LONGEST_YEARS * 366 * 86_400_000) return null;
	return { months: years * 12 + months, milliseconds };
}

/** So many times the duration after a time. A month from 31 January ends on the last day of February. */
export function addDuration(time: TimeMs, { months, milliseconds }: Duration, count = 1): TimeMs {
	if (months === 0) return time + milliseconds * count;
	const date = new Date(time);
	const day = date.getUTCDate();
	date.setUTCMonth(date.getUTCMonth() + months * count, 1);
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	date.setUTCDate(Math.min(day, lastDay));
	return date.getTime() + milliseconds * count;
}

/** `2026-03-01T09:00:00Z`, with any offset; UTC where there is none. Parts at the end may be missing: `2026-03-01T09`. */
export function parseDate(text: string): TimeMs | null {
	const [date] = /^\d{4}-\d{2}-\d{2}/.exec(text.trim()) ?? [];
	return date === undefined || isDay(date) ? (parseZoned(text)?.time ?? null) : null;
}

function isDay(date: string): boolean {
	return new Date(`${date}T00:00:00Z`).getUTCDate() === Number(date.slice(-2));
}

/** A time, and how far the clocks of its zone are before UTC. */
export interface ZonedTime {
	readonly time: TimeMs;
	readonly offset: number;
}

/** Also 30 February, which is 1 March to Date.parse. */
function parseZoned(text: string): ZonedTime | null {
	const [, month, day = '01', hour = '00', minute = '00', second = '00', zone = 'Z'] =
		/^(\d{4}-\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/.exec(
			text.trim(),
		) ?? [];
	const local = `${month}-${day}T${hour}:${minute}:${second}`;
	const time = Date.parse(`${local}${zone}`);
	return Number.isNaN(time) ? null : { time, offset: Date.parse(`${local}Z`) - time };
}

export interface Cycle {
	/** How often in all; null is without end. */
	readonly times: number | null;
	/** The first time of all; null: one duration after it is set. */
	readonly start: ZonedTime | null;
	readonly every: Duration;
}

/** Every second of thirty years. A count beyond is a mistake, and some are no exact numbers any more. */
const MOST_TIMES = 1_000_000_000;

const CYCLE = /^R(\d*)\/(?:([^/P]+)\/)?(P[^/]*)$/;

/** Whether it is a repetition that earlier versions took, so that what they armed goes on, and that is taken no more. */
export function isOutdated(text: string): boolean {
	const [, count = '', begin] = CYCLE.exec(text.trim()) ?? [];
	return Number(count) > MOST_TIMES || (begin !== undefined && parseDate(begin) === null);
}

/** `R3/PT10M`, without end `R/PT10M`, and with a start `R3/2026-03-01T09:00:00Z/PT10M`. */
export function parseCycle(text: string): Cycle | null {
	const [, count, begin, duration = ''] = CYCLE.exec(text.trim()) ?? [];
	const every = parseDuration(duration);
	const start = begin === undefined ? null : parseZoned(begin);
	if (count === undefined || every === null || (begin !== undefined && start === null)) return null;
	// Times that do not move on would never end.
	if (every.months === 0 && every.milliseconds === 0) return null;
	return { times: count === '' ? null : Number(count), start, every };
}
