/** Words that the grammar of FEEL gives a meaning; a plain expression has no variable of such a name. */
export const FEEL_KEYWORDS: ReadonlySet<string> = new Set([
	'and',
	'between',
	'date',
	'day',
	'days',
	'duration',
	'else',
	'every',
	'external',
	'false',
	'for',
	'function',
	'if',
	'in',
	'instance',
	'months',
	'not',
	'null',
	'of',
	'or',
	'return',
	'satisfies',
	'some',
	'then',
	'time',
	'true',
	'years',
]);

/** Operators of other languages, which FEEL reads as a part of a longer variable name. */
export const FOREIGN_OPERATORS: ReadonlySet<string> = new Set([
	'div',
	'empty',
	'eq',
	'ge',
	'gt',
	'le',
	'lt',
	'mod',
	'ne',
	'not',
]);

/** False for a name that FEEL reads as one only where it knows it: of signs, or of several words with such among them. */
export function isReadAlone(name: string): boolean {
	if (!/^[\p{L}\p{N}_\s]*$/u.test(name)) return false;
	const words = name.trim().split(/\s+/u);
	return words.length === 1 || !words.some((word) => FEEL_KEYWORDS.has(word) || FOREIGN_OPERATORS.has(word));
}
