import { evaluate, parseExpression, parseUnaryTests, unaryTest } from 'feelin';
import { cutText } from '../cut-text.ts';
import type { Value, Variables } from '../terms.ts';
import { FeelError } from './feel-error.ts';
import { TESTED } from './parse-unary-tests.ts';
import { withStrictConditions } from './strict-conditions.ts';
import { toValue } from './to-value.ts';
import { boundEscapes } from './unicode-escapes.ts';

/**
 * The value of any FEEL expression. Synchronous and without a bound on time or memory: a bad pattern in `matches` runs
 * for as long as it likes, so call it only where it can be killed. `now()` and `today()` read the clock. Throws FeelError.
 */
export function evaluateFeel(source: string, variables: Variables): Value {
	return toValue(rawFeel(source, variables));
}

/** Data, or values as feelin has them. */
export type FeelVariables = Readonly<Record<string, unknown>>;

/** The value as feelin has it: a date is a date, to be tested by `testFeel`. */
export function rawFeel(source: string, variables: FeelVariables): unknown {
	return attempt(() => evaluate(forFeelin(source, variables, parseExpression), variables).value);
}

/** Whether unary tests hold for a value, one of `rawFeel` or any other. */
export function testFeel(source: string, tested: unknown, variables: FeelVariables): boolean {
	return attempt(() => {
		const context = { ...variables, [TESTED]: tested };
		return unaryTest(forFeelin(source, context, parseUnaryTests), context).value === true;
	});
}

/** The source, written so that feelin takes it for what FEEL means by it. */
function forFeelin(source: string, context: FeelVariables, parse: typeof parseExpression): string {
	return withStrictConditions(boundEscapes(source), context, parse);
}

const MAX_MESSAGE_LENGTH = 500;

function attempt<T>(evaluation: () => T): T {
	try {
		return evaluation();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new FeelError(cutText(message, MAX_MESSAGE_LENGTH), { cause: error });
	}
}
