import type { Trigger } from '../model/process-model.ts';
import type { TimeMs } from '../terms.ts';
import { type Cron, parseArmedCron, parseCron } from './cron.ts';
import { addDuration, type Cycle, parseCycle, parseDate, parseDuration } from './iso-8601.ts';

/** A time of a timer, and how often it comes after that; null is without end. */
export interface NextTime {
	readonly due: TimeMs;
	readonly left: number | null;
}

/** How the times of a timer follow from its text. */
export interface Schedule {
	/** Whether it is one moment, however often it is set. */
	readonly fixed: boolean;
	/** The text by which a timer is armed that comes more than once, or anew. */
	readonly armed: string;
	readonly next: (now: TimeMs) => NextTime;
}

/** Null where the text is neither a date, a duration nor, of a cycle, a repetition. */
export function readSchedule(kind: Extract<Trigger, { kind: 'timer' }>['timer'], text: string): Schedule | null {
	const once = readOnce(text);
	return once !== null || kind !== 'cycle' ? once : readCycle(text, parseCron(text));
}

/** The schedule of a timer that was armed by this text. */
export function readArmedSchedule(armed: string): Schedule | null {
	return readOnce(armed) ?? readCycle(armed, parseArmedCron(armed));
}

function readOnce(armed: string): Schedule | null {
	// An engine may be given a date where a duration was announced: what the text says counts.
	const date = parseDate(armed);
	if (date !== null) return { fixed: true, armed, next: () => ({ due: date, left: 0 }) };
	const duration = parseDuration(armed);
	return duration && { fixed: false, armed, next: (now) => ({ due: addDuration(now, duration), left: 0 }) };
}

function readCycle(armed: string, cron: Cron | null): Schedule | null {
	if (cron !== null) return { fixed: false, armed: cron.armed, next: (now) => ({ due: cron.next(now), left: null }) };
	const cycle = parseCycle(armed);
	return cycle && { fixed: false, armed, next: (now) => nextOf(cycle, now, now) };
}

/**
 * The time after one that has come, of a timer that was armed once for all of its times: null where that was the last.
 * Those that have passed by now are left out.
 */
export function followingTime(
	text: string,
	{ armed, left }: Pick<NextTime, 'left'> & { readonly armed: TimeMs },
	now: TimeMs,
): NextTime | null {
	if (left === 0) return null;
	const cycle = parseCycle(text);
	const next = cycle === null ? readSchedule('cycle', text)?.next(now) : nextOf(cycle, armed, now);
	return next !== undefined && next.due > now ? next : null;
}

/**
 * The first time after now; the last of all where they have passed. Each is counted from the beginning and not from the
 * one before, so that a month with fewer days moves none but its own.
 */
function nextOf({ times, start, every }: Cycle, armed: TimeMs, now: TimeMs): NextTime {
	const timeOf = (index: number) =>
		start === null
			? addDuration(armed, every, index + 1)
			: addDuration(start.time + start.offset, every, index) - start.offset;
	const last = times === null ? Number.POSITIVE_INFINITY : Math.max(0, times - 1);
	const index = Math.min(firstAfter(now, timeOf), last);
	return { due: timeOf(index), left: times && last - index };
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
