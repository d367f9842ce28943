import type { TimeMs } from '../terms.ts';
import {
	DAYS,
	HOURS,
	MINUTES,
	MONTHS_OF_YEAR,
	namesOf,
	parseField,
	parseWeekdays,
	SECONDS,
	type WeekdayNumbers,
} from './cron-field.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Between two 29ths of February that fall on one weekday lie up to forty years. */
const FARTHEST_DAYS = 41 * 366;

export interface Cron {
	/** The first time after this one. */
	readonly next: (after: TimeMs) => TimeMs;
	/** The same schedule for {@link parseArmedCron}. */
	readonly armed: string;
}

/**
 * A schedule of second, minute, hour, day, month and weekday in UTC, of one of two kinds that differ in the numbers of
 * weekdays. With a `?`, which Quartz demands of one of the two fields for days, and so do Flowable and Camunda 7:
 * `0 0/15 9-17 ? * 2-6` from Monday on, as 1 is Sunday. Without one, which all three refuse, as Spring has it and Camunda 8
 * after it: `0 0/15 9-17 * * 1-5`, as 0 and 7 are Sunday. Null where it is none, has another field such as a year or one of
 * the letters (`L`, `W`, `#`), or its time never comes.
 */
export function parseCron(text: string): Cron | null {
	const [, , , days = '', , weekdays = ''] = fieldsOf(text);
	return parse(text, (days + weekdays).includes('?') ? 'quartz' : 'spring');
}

/** One by which a timer was armed. Earlier versions read all numbers as Quartz has them; those of Spring are names here. */
export function parseArmedCron(text: string): Cron | null {
	return parse(text, 'quartz');
}

function fieldsOf(text: string): readonly string[] {
	return text.trim().toUpperCase().split(/\s+/);
}

function parse(text: string, numbers: WeekdayNumbers): Cron | null {
	const [second = '', minute = '', hour = '', day = '', month = '', weekday = '', ...more] = fieldsOf(text);
	if (more.length > 0) return null;
	const [seconds, minutes, hours] = [parseField(second, SECONDS), parseField(minute, MINUTES), parseField(hour, HOURS)];
	const [days, months] = [parseField(day, DAYS), parseField(month, MONTHS_OF_YEAR)];
	const weekdays = parseWeekdays(weekday, numbers);
	if (!seconds || !minutes || !hours || !days || !months || !weekdays) return null;
	const isDay = (date: Date) =>
		days.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1) && weekdays.has(date.getUTCDay());
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
	const names = namesOf(weekdays);
	const isAlike = names === namesOf(parseWeekdays(weekday, 'quartz') ?? new Set());
	const armed = isAlike ? text : [second, minute, hour, day, month, names].join(' ');
	// What came once comes again: the calendar repeats itself.
	return { next: (after) => next(after) ?? after, armed };
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
