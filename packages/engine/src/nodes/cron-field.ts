const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The numbers that a field of a schedule can name. */
interface Field {
	readonly from: number;
	readonly to: number;
	/** In their order, for the numbers from the first on. */
	readonly names?: readonly string[];
	/** Whether 0 is the same as the last number, which as the begin of a range means 0. */
	readonly zero?: boolean;
}

export const SECONDS: Field = { from: 0, to: 59 };
export const MINUTES: Field = { from: 0, to: 59 };
export const HOURS: Field = { from: 0, to: 23 };
export const DAYS: Field = { from: 1, to: 31 };
export const MONTHS_OF_YEAR: Field = { from: 1, to: 12, names: MONTHS };

/** How weekdays are numbered: from Sunday on in Quartz, from Monday on in Spring. */
export type WeekdayNumbers = 'quartz' | 'spring';

const WEEKDAY_FIELDS: Readonly<Record<WeekdayNumbers, Field>> = {
	quartz: { from: 1, to: 7, names: WEEKDAYS },
	spring: { from: 1, to: 7, names: [...WEEKDAYS.slice(1), 'SUN'], zero: true },
};

/** The weekdays that a field names, 0 is Sunday; null where it is wrong. */
export function parseWeekdays(text: string, numbers: WeekdayNumbers): ReadonlySet<number> | null {
	const days = parseField(text, WEEKDAY_FIELDS[numbers]);
	return days && new Set([...days].map((day) => (numbers === 'quartz' ? day - 1 : day % 7)));
}

export function namesOf(weekdays: ReadonlySet<number>): string {
	return WEEKDAYS.filter((_name, day) => weekdays.has(day)).join(',');
}

/** The numbers that a field names; null where it is wrong. `5/15` is from 5 on in steps of 15. */
export function parseField(text: string, { from, to, names = [], zero = false }: Field): ReadonlySet<number> | null {
	const numbers = new Set<number>();
	for (const part of text.split(',')) {
		const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
		const [first, last, ...more] = range === '*' || range === '?' ? [from, to] : range.split('-').map(numberOf);
		const until = last ?? (step === undefined ? first : to);
		const every = Number(step ?? 1);
		if (first === undefined || until === undefined || more.length > 0 || every === 0) return null;
		const begin = zero && first === to && last !== undefined ? 0 : first;
		if (!((zero ? 0 : from) <= begin && begin <= until && until <= to)) return null;
		for (let number = begin; number <= until; number += every) numbers.add(number);
	}
	return numbers;

	function numberOf(word: string): number {
		const name = names.indexOf(word);
		if (name >= 0) return from + name;
		return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
	}
}
