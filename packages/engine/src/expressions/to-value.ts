import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime } from 'feelin';
import type { Value } from '../terms.ts';
import { Budget } from './budget.ts';
import { checkLength } from './check-length.ts';
import { FeelError } from './feel-error.ts';
import { finite } from './finite.ts';

/** A result nested deeper is refused: nothing downstream could walk it. */
const MAX_DEPTH = 200;

const TEMPORAL = [FeelDate, FeelTime, FeelDateTime, FeelDuration];

/**
 * A result as data: dates, times and durations become their ISO 8601 text, ranges an object of their bounds. What it
 * holds twice counts twice, so that it can be written. Throws FeelError.
 */
export function toValue(result: unknown, budget = new Budget()): Value {
	let length = 0;

	function grow(characters: number): void {
		length += characters;
		checkLength(length);
	}

	function convert(value: unknown, depth: number): Value {
		if (depth > MAX_DEPTH) throw new FeelError('The result is nested too deeply.');
		budget.spend(1);
		if (Array.isArray(value)) {
			grow(2 + Math.max(0, value.length - 1));
			return value.map((item) => convert(item, depth + 1));
		}
		if (isContext(value)) {
			const entries = Object.entries(value);
			grow(2 + Math.max(0, entries.length - 1));
			return Object.fromEntries(
				entries.map(([name, entry]) => {
					grow(JSON.stringify(name).length + 1);
					return [name, convert(entry, depth + 1)];
				}),
			);
		}
		const simple = toSimple(value);
		grow(JSON.stringify(simple).length);
		return simple;
	}

	return convert(result, 0);
}

/** False where a date, time, duration or range is in it, which compiled expressions do not know. */
export function isData(result: unknown, budget: Budget): result is Value {
	budget.spend(1);
	if (typeof result !== 'object' || result === null) return true;
	if (result instanceof FeelRange || !(Array.isArray(result) || isContext(result))) return false;
	return Object.values(result).every((value) => isData(value, budget));
}

function isContext(value: unknown): value is object {
	if (typeof value !== 'object' || value === null) return false;
	return Object.getPrototypeOf(value) === Object.prototype || value instanceof FeelRange;
}

function toSimple(value: unknown): null | boolean | number | string {
	if (value === null || value === undefined) return null;
	if (typeof value === 'string' || typeof value === 'boolean') return value;
	if (typeof value === 'number') return finite(value);
	if (TEMPORAL.some((type) => value instanceof type)) return String(value);
	throw new FeelError('The result is a function, which is not data.');
}
