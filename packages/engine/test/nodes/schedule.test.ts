import { describe, expect, test } from 'vitest';
import { armTimer, rearm } from '../../src/nodes/arms.ts';
import { followingTime, readSchedule } from '../../src/nodes/schedule.ts';

const at = (text: string) => Date.parse(text);
const shown = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');

/** The next times of a repetition, each looked for at the one before. */
function times(cycle: string, from: string, count: number): readonly string[] {
	const schedule = readSchedule('cycle', cycle);
	const found: string[] = [];
	for (let now = at(from); schedule !== null && found.length < count; now = at(found.at(-1) ?? ''))
		found.push(shown(schedule.next(now).due));
	return found;
}

describe('a repetition in calendar months', () => {
	test('takes months as long as they are, and keeps to the day it began on', () => {
		expect(times('R/2030-01-31T09:00:00Z/P1M', '2030-01-01T00:00:00Z', 4)).toEqual([
			'2030-01-31T09:00:00Z',
			'2030-02-28T09:00:00Z',
			'2030-03-31T09:00:00Z',
			'2030-04-30T09:00:00Z',
		]);
	});

	test('takes those of the zone that its start is in', () => {
		expect(times('R/2030-01-31T00:00:00+08:00/P1M', '2030-01-01T00:00:00Z', 4)).toEqual([
			'2030-01-30T16:00:00Z',
			'2030-02-27T16:00:00Z',
			'2030-03-30T16:00:00Z',
			'2030-04-29T16:00:00Z',
		]);
		expect(times('R/2030-01-31T22:00:00-0500/P1M', '2030-01-01T00:00:00Z', 2)).toEqual([
			'2030-02-01T03:00:00Z',
			'2030-03-01T03:00:00Z',
		]);
	});

	test('counts from when it is armed anew', () => {
		const arm = { kind: 'timer', due: at('2030-02-01T00:00:00Z'), full: 'R5/P1M', left: 4 } as const;
		expect(rearm(arm, at('2030-02-01T00:00:00Z'))).toMatchObject({ due: at('2030-03-01T00:00:00Z'), left: 4 });
	});

	test.each([
		['R99999999999999999/PT1S', '2030-01-01T00:00:01Z'],
		['R/2029-02-29T00:00:00Z/P1Y', '2030-03-01T00:00:00Z'],
	])('of an instance of an earlier version goes on, as %s, which is taken no more', (full, due) => {
		const now = at('2030-01-01T00:00:00Z');
		expect(armTimer(now, 'cycle', full)).toBeNull();
		expect(rearm({ kind: 'timer', due: now, full, left: 7 }, now)).toMatchObject({ due: at(due), left: 7 });
	});

	test('of an instance of an earlier version goes on in milliseconds', () => {
		const arm = { kind: 'timer', due: 5, full: 1000, left: null } as const;
		expect(rearm(arm, 5)).toEqual({ kind: 'timer', due: 1005, full: 1000, left: null });
	});
});

describe('a repetition with a start', () => {
	const cycle = 'R3/2030-01-01T00:00:00Z/PT1H';

	test.each([
		['2029-06-01T00:00:00Z', '2030-01-01T00:00:00Z', 2],
		['2030-01-01T00:00:00Z', '2030-01-01T01:00:00Z', 1],
		['2030-01-01T01:30:00Z', '2030-01-01T02:00:00Z', 0],
		['2031-01-01T00:00:00Z', '2030-01-01T02:00:00Z', 0],
	])('armed at %s comes at %s', (now, due, left) => {
		expect(readSchedule('cycle', cycle)?.next(at(now))).toEqual({ due: at(due), left });
	});

	test.each(['R3/2030-13-01/PT1H', 'R3/PT1H/2030-01-01T00:00:00Z', 'R/2030-01-01/PT0S', 'R/PT0S', 'R/P9999999Y'])(
		'%s is none',
		(text) => expect(readSchedule('cycle', text)).toBeNull(),
	);
});

describe('a date', () => {
	test.each([
		['2030-01-31T09:30:15Z', '2030-01-31T09:30:15Z'],
		['2030-01-31T09:30:15+02:00', '2030-01-31T07:30:15Z'],
		['2030-01-31T09:30:15', '2030-01-31T09:30:15Z'],
		['2030-01-31T09:30', '2030-01-31T09:30:00Z'],
		['2030-01-31T09', '2030-01-31T09:00:00Z'],
		['2030-01-31T09+0100', '2030-01-31T08:00:00Z'],
		['2030-01-31', '2030-01-31T00:00:00Z'],
		['2030-01', '2030-01-01T00:00:00Z'],
		['2028-02-29', '2028-02-29T00:00:00Z'],
		['2030-01-31T24:00', '2030-02-01T00:00:00Z'],
	])('%s is one moment', (text, expected) => {
		const schedule = readSchedule('date', text);
		expect(schedule?.next(0)).toEqual({ due: at(expected), left: 0 });
		expect(schedule?.fixed).toBe(true);
	});

	test.each([
		'2030',
		'2030-13',
		'2030-01-31 09:00',
		'31.01.2030',
		'2030-01-31T25:00',
		'2030-02-29',
		'2030-04-31T09:00:00+02:00',
		'2030-01-32',
	])('%s is none', (text) => {
		expect(readSchedule('date', text)).toBeNull();
	});
});

describe('what follows a time that has come', () => {
	const armed = at('2030-01-01T00:00:00Z');

	/** The times of a repetition armed at one time, each looked for when the one before has come. */
	function following(cycle: string, from: string, count: number): readonly string[] {
		const found = [readSchedule('cycle', cycle)?.next(at(from)) ?? null];
		for (let last = found[0]; last && found.length < count; last = found.at(-1))
			found.push(followingTime(cycle, { armed: at(from), left: last.left }, last.due));
		return found.map((next) => (next === null ? 'none' : shown(next.due)));
	}

	test.each([
		['R/2030-01-31T00:00:00Z/P1M', '2030-01-01T00:00:00Z', ['2030-01-31', '2030-02-28', '2030-03-31', '2030-04-30']],
		['R3/2030-01-31T00:00:00Z/P1M', '2030-01-01T00:00:00Z', ['2030-01-31', '2030-02-28', '2030-03-31', 'none']],
		['R/P1M', '2030-01-31T00:00:00Z', ['2030-02-28', '2030-03-31', '2030-04-30', '2030-05-31']],
		['R2/P1Y', '2032-02-29T00:00:00Z', ['2033-02-28', '2034-02-28', 'none']],
		['R/2032-02-29T00:00:00Z/P1Y', '2035-06-01T00:00:00Z', ['2036-02-29', '2037-02-28']],
	])('%s armed at %s keeps to the day it began on', (cycle, from, expected) => {
		expect(following(cycle, from, expected.length).map((time) => time.slice(0, 10))).toEqual(expected);
	});

	test('is without those that have passed', () => {
		const next = followingTime('R10/PT1H', { armed, left: 9 }, armed + 3.5 * 3_600_000);
		expect(next).toEqual({ due: armed + 4 * 3_600_000, left: 6 });
	});

	test('is found at once, however long ago it began and however often it comes', () => {
		const now = at('2030-01-01T00:00:00.500Z');
		expect(followingTime('R/0001-01-01T00:00:00Z/PT0.001S', { armed, left: null }, now)).toEqual({
			due: now + 1,
			left: null,
		});
	});

	test('is nothing after the last', () => {
		expect(followingTime('R3/PT1H', { armed, left: 0 }, armed)).toBeNull();
		expect(followingTime('R3/PT1H', { armed, left: 2 }, armed + 86_400_000)).toBeNull();
		expect(followingTime('PT1H', { armed, left: 0 }, armed)).toBeNull();
	});
});

describe('cron', () => {
	test.each([
		['0 0/5 * * * ?', '2030-01-01T00:01:00Z', ['2030-01-01T00:05:00Z', '2030-01-01T00:10:00Z']],
		['*/20 * * * * *', '2030-01-01T00:00:59Z', ['2030-01-01T00:01:00Z', '2030-01-01T00:01:20Z']],
		['30 15 9-11,14 ? * *', '2030-01-01T11:15:30Z', ['2030-01-01T14:15:30Z', '2030-01-02T09:15:30Z']],
		['0 0 9 ? * MON-FRI', '2030-01-04T09:00:00Z', ['2030-01-07T09:00:00Z', '2030-01-08T09:00:00Z']],
		['0 0 9 ? * 2', '2030-01-01T00:00:00Z', ['2030-01-07T09:00:00Z', '2030-01-14T09:00:00Z']],
		['0 0 0 31 * ?', '2030-01-31T00:00:00Z', ['2030-03-31T00:00:00Z', '2030-05-31T00:00:00Z']],
		['0 0 0 29 feb ?', '2030-01-01T00:00:00Z', ['2032-02-29T00:00:00Z', '2036-02-29T00:00:00Z']],
		['0 59 23 31 DEC ?', '2030-12-31T23:58:59.500Z', ['2030-12-31T23:59:00Z', '2031-12-31T23:59:00Z']],
	])('%s after %s', (cron, from, expected) => {
		expect(times(cron, from, expected.length)).toEqual(expected);
		expect(readSchedule('cycle', cron)?.next(0).left).toBeNull();
	});

	/** The weekdays of a schedule from a Monday on, 0 is Sunday; and of a timer that was armed by it. */
	function weekdays(field: string): string {
		const cron = `0 0 9 ${field}`;
		const arm = armTimer(at('2030-01-06T10:00:00Z'), 'cycle', cron);
		const armed = [];
		let due = arm?.due ?? null;
		while (arm !== null && due !== null && due < at('2030-01-14T00:00:00Z')) {
			armed.push(new Date(due).getUTCDay());
			({ due } = rearm(arm, due));
		}
		const week = times(cron, '2030-01-06T10:00:00Z', 7).filter((time) => time < '2030-01-14');
		expect(week.map((time) => new Date(time).getUTCDay())).toEqual(armed);
		return armed.join('');
	}

	test.each([
		['? * 1', '0'],
		['? * 2-6', '12345'],
		['? * 7', '6'],
		['? * */2', '2460'],
		['? * SUN-TUE', '120'],
		['* * 0', '0'],
		['* * 7', '0'],
		['* * 1', '1'],
		['* * 1-5', '12345'],
		['* * 6-7', '60'],
		['* * 7-2', '120'],
		['* * 0-2', '120'],
		['* * 0,6', '60'],
		['* * */2', '1350'],
		['* * 0/2', '2460'],
		['* * 3/2', '350'],
		['* * MON-FRI', '12345'],
		['* * FRI-SUN', '560'],
		['* * SUN-TUE', '120'],
		['* * sun', '0'],
		['* * *', '1234560'],
	])('takes the numbers of weekdays as Quartz where it has a ?, and as Spring where not: %s', (field, expected) => {
		expect(weekdays(field)).toBe(expected);
	});

	test('of an instance of an earlier version goes on with the numbers of Quartz', () => {
		const now = at('2030-01-06T10:00:00Z');
		const arm = { kind: 'timer', due: now, full: '0 0 9 * * 2', left: null } as const;
		expect(rearm(arm, now)).toMatchObject({ due: at('2030-01-07T09:00:00Z'), full: '0 0 9 * * 2' });
	});

	test('is armed as it is written where earlier versions read it alike', () => {
		for (const cron of ['0 0 9 ? * 2', '0 0 9 * * MON-FRI', ' */20 * * * * *'])
			expect(armTimer(0, 'cycle', cron)).toMatchObject({ full: cron });
	});

	test.each([
		['five fields', '0/5 * * * ?'],
		['a year', '0 0 9 ? * MON 2030'],
		['a minute that does not exist', '0 60 * * * ?'],
		['a range backwards', '0 0 17-9 * * ?'],
		['a step of nothing', '0 0/0 * * * ?'],
		['a last day', '0 0 0 L * ?'],
		['an eighth day of the week', '0 0 9 * * 8'],
		['a Sunday that is 0 beside a ?', '0 0 9 ? * 0'],
		['weekdays backwards', '0 0 9 * * 5-2'],
		['the first Monday of the month', '0 0 9 * * 1#1'],
		['a day that never comes', '0 0 0 30 2 ?'],
		['words', 'every morning at nine or so'],
	])('with %s is none', (_case, cron) => expect(readSchedule('cycle', cron)).toBeNull());
});
