import type { TimeMs } from '../terms.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Between two 29ths of February that fall on one weekday lie up to forty years. */
const FARTHEST_DAYS = 41 * 366;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** From, to, and names in their order for the numbers from the first on. */
type Field = readonly [from: number, to: number, names?: readonly string[]];

const FIELDS: readonly Field[] = [
	[0, 59],
	[0, 59],
	[0, 23],
	[1, 31],
	[1, 12, MONTHS],
	[1, 7, WEEKDAYS],
];

export interface Cron {
	/** The first time after this one. */
	readonly next: (after: TimeMs) => TimeMs;
}

/**
 * A schedule of second, minute, hour, day, month and weekday (1 is Sunday), as Quartz has it and Flowable and Camunda 7
 * after it, in UTC: `0 0/15 9-17 ? * MON-FRI`. Null where it is none, has another field such as a year or one of Quartz's
 * letters (`L`, `W`, `#`), or its time never comes.
 */
export function parseCron(text: string): Cron | null {
	const parts = text.trim().toUpperCase().split(/\s+/);
	if (parts.length !== FIELDS.length) return null;
	const sets = FIELDS.map((field, index) => parseField(parts[index] ?? '', field));
	const [seconds, minutes, hours, days, months, weekdays] = sets;
	if (!seconds || !minutes || !hours || !days || !months || !weekdays) return null;
	const isDay = (date: Date) =>
		days.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1) && weekdays.has(date.getUTCDay() + 1);
	const times = timesOfDay(hours, minutes, seconds);

	function next(after: TimeMs): TimeMs | null {
		const today = Math.floor(after / DAY_MS) * DAY_MS;
		for (let day = today; day <= today + FARTHEST_DAYS * DAY_MS; day += DAY_MS) {
			if (!isDay(new Date(day))) continue;
			const time = day > after ? times.first : times.after(after - day);
			if (time !== null) return day + time;
		}
		return null;
	}
	if (next(0) === null) return null;
	// What came once comes again: the calendar repeats itself.
	return { next: (after) => next(after) ?? after };
}

function timesOfDay(hours: ReadonlySet<number>, minutes: ReadonlySet<number>, seconds: ReadonlySet<number>) {
	const inOrder = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
	const [h, m, s] = [inOrder(hours), inOrder(minutes), inOrder(seconds)];
	/** The first time of day after this one, in milliseconds; null where the day has none. */
	function after(time: number): number | null {
		for (const hour of h) {
			if ((hour + 1) * HOUR_MS <= time) continue;
			for (const minute of m) {
				const begin = hour * HOUR_MS + minute * MINUTE_MS;
				if (begin + MINUTE_MS <= time) continue;
				const second = s.find((each) => begin + each * 1000 > time);
				if (second !== undefined) return begin + second * 1000;
			}
		}
		return null;
	}
	return { first: after(-1), after };
}

/** The numbers that a field names; null where it is wrong. `5/15` is from 5 on in steps of 15. */
function parseField(text: string, [from, to, names = []]: Field): ReadonlySet<number> | null {
	const numbers = new Set<number>();
	for (const part of text.split(',')) {
		const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
		const [first, last, ...more] = range === '*' || range === '?' ? [from, to] : range.split('-').map(numberOf);
		const until = last ?? (step === undefined ? first : to);
		const every = Number(step ?? 1);
		if (first === undefined || until === undefined || more.length > 0 || every === 0) return null;
		if (!(from <= first && first <= until && until <= to)) return null;
		for (let number = first; number <= until; number += every) numbers.add(number);
	}
	return numbers;

	function numberOf(word: string): number {
		const name = names.indexOf(word);
		if (name >= 0) return from + name;
		return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
	}
}
