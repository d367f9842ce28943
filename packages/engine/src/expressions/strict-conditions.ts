import type { parseExpression } from 'feelin';
import type { FeelVariables } from './evaluate-feel.ts';

const COMMENTS: ReadonlySet<string> = new Set(['BlockComment', 'LineComment']);

/**
 * The source in which the condition of an `if` holds only where it is true (DMN 1.5, chapter 10.3.2): feelin takes
 * whatever is neither false nor null for true, the text `"no"` too.
 */
export function withStrictConditions(source: string, variables: FeelVariables, parse: typeof parseExpression): string {
	if (!source.includes('if')) return source;
	const inserted: [at: number, text: string][] = [];
	parse(source, variables, undefined).iterate({
		enter({ name, node }) {
			let condition = name === 'IfExpression' ? node.firstChild?.nextSibling : null;
			while (condition && COMMENTS.has(condition.name)) condition = condition.nextSibling;
			if (condition) inserted.push([condition.from, '(('], [condition.to, ') = true)']);
		},
	});
	// From behind, so that no position moves before it is used.
	inserted.sort(([a], [b]) => b - a);
	return inserted.reduce((text, [at, more]) => text.slice(0, at) + more + text.slice(at), source);
}
