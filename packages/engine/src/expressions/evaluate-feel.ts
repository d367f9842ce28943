import { evaluate, FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, unaryTest } from 'feelin';
import type { Value, Variables } from '../terms.ts';
import { finite } from './finite.ts';
import { TESTED } from './parse-unary-tests.ts';

/** The expression cannot be evaluated, or its value is not data. */
export class FeelError extends Error {
	override readonly name = 'FeelError';
}

/** A result nested deeper is refused: nothing downstream could walk it. */
const MAX_RESULT_DEPTH = 200;

const TEMPORAL = [FeelDate, FeelTime, FeelDateTime, FeelDuration];

/**
 * The value of any FEEL expression. Synchronous and without a bound on time or memory: a bad pattern in `matches` runs
 * for as long as it likes, so call it only where it can be killed. `now()` and `today()` read the clock.
 *
 * Dates, times and durations become their ISO 8601 text, ranges an object of their bounds. Throws FeelError.
 */
export function evaluateFeel(source: string, variables: Variables): Value {
	return toValue(rawFeel(source, variables), 0);
}

/** The value as feelin has it: a date is a date, to be tested by `testFeel`. */
export function rawFeel(source: string, variables: Variables): unknown {
	return attempt(() => evaluate(source, variables).value);
}

/** Whether unary tests hold for a value, one of `rawFeel` or any other. */
export function testFeel(source: string, tested: unknown, variables: Variables): boolean {
	return attempt(() => unaryTest(source, { ...variables, [TESTED]: tested }).value === true);
}

function attempt<T>(evaluation: () => T): T {
	try {
		return evaluation();
	} catch (error) {
		throw new FeelError(error instanceof Error ? error.message : String(error), { cause: error });
	}
}

function toValue(value: unknown, depth: number): Value {
	if (depth > MAX_RESULT_DEPTH) throw new FeelError('The result is nested too deeply.');
	switch (typeof value) {
		case 'string':
		case 'boolean':
			return value;
		case 'number':
			return finite(value);
		case 'undefined':
			return null;
		case 'object':
			return value === null ? null : objectToValue(value, depth);
		default:
			throw new FeelError('The result is a function, which is not data.');
	}
}

function objectToValue(value: object, depth: number): Value {
	if (Array.isArray(value)) return value.map((item) => toValue(item, depth + 1));
	if (Object.getPrototypeOf(value) === Object.prototype || value instanceof FeelRange) {
		return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, toValue(entry, depth + 1)]));
	}
	if (TEMPORAL.some((type) => value instanceof type)) return String(value);
	throw new FeelError('The result is a function, which is not data.');
}
