import type { Trigger } from '../model/process-model.ts';
import type { TimeMs } from '../terms.ts';
import { parseCron } from './cron.ts';
import { addDuration, type Duration, parseCycle, parseDate, parseDuration } from './iso-8601.ts';

/** A time of a timer, and how often it comes after that; null is without end. */
export interface NextTime {
	readonly due: TimeMs;
	readonly left: number | null;
}

/** How the times of a timer follow from its text. */
export interface Schedule {
	/** Whether it is one moment, however often it is set. */
	readonly fixed: boolean;
	readonly next: (now: TimeMs) => NextTime;
}

/** Null where the text is neither a date, a duration nor, of a cycle, a repetition. */
export function readSchedule(kind: Extract<Trigger, { kind: 'timer' }>['timer'], text: string): Schedule | null {
	// An engine may be given a date where a duration was announced: what the text says counts.
	const date = parseDate(text);
	if (date !== null) return { fixed: true, next: () => ({ due: date, left: 0 }) };
	const duration = parseDuration(text);
	if (duration !== null) return { fixed: false, next: (now) => ({ due: addDuration(now, duration), left: 0 }) };
	return kind === 'cycle' ? readCycle(text) : null;
}

function readCycle(text: string): Schedule | null {
	const cron = parseCron(text);
	if (cron !== null) return { fixed: false, next: (now) => ({ due: cron.next(now), left: null }) };
	const cycle = parseCycle(text);
	if (cycle === null) return null;
	const { times, start, every } = cycle;
	if (start !== null) return { fixed: false, next: (now) => nextFrom(start, every, times, now) };
	return { fixed: false, next: (now) => ({ due: addDuration(now, every), left: times && Math.max(0, times - 1) }) };
}

/** The time after one that has come: null where that was the last. Those that have passed by now are left out. */
export function followingTime(text: string, { due, left }: NextTime, now: TimeMs): NextTime | null {
	if (left === 0) return null;
	const every = parseCycle(text)?.every;
	const next = every ? nextFrom(due, every, left && left + 1, now) : readSchedule('cycle', text)?.next(now);
	return next !== undefined && next.due > now ? next : null;
}

/** The first time after now of so many, that begin at `start`; the last of them where all have passed. */
function nextFrom(start: TimeMs, every: Duration, times: number | null, now: TimeMs): NextTime {
	const last = times === null ? Number.POSITIVE_INFINITY : Math.max(0, times - 1);
	const index = Math.min(
		firstAfter(now, (count) => addDuration(start, every, count)),
		last,
	);
	return { due: addDuration(start, every, index), left: times && last - index };
}

/** The smallest count whose time, growing with it, is after this one. */
function firstAfter(now: TimeMs, timeOf: (count: number) => TimeMs): number {
	let high = 1;
	while (timeOf(high) <= now) high *= 2;
	let low = 0;
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		if (timeOf(middle) > now) high = middle;
		else low = middle + 1;
	}
	return low;
}
