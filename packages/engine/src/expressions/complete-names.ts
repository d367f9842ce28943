import { parseExpression, parseUnaryTests } from 'feelin';
import { isCalled } from './check-feel.ts';
import type { Expression } from './expression.ts';
import { inWords } from './reads-of.ts';

/**
 * Gives the expressions of a model their names, in place, where it was stored before they had any: without them FEEL would
 * be given no variable. What a model holds as data of the process stays as it is.
 */
export function completeNames(model: unknown): void {
	complete(model, parseExpression);
}

function complete(part: unknown, parse: typeof parseExpression): void {
	if (typeof part !== 'object' || part === null) return;
	if (isNameless(part)) Object.assign(part, { names: namesIn(part.source, parse) });
	for (const [key, inside] of Object.entries(part)) {
		if (key !== 'data') complete(inside, key === 'tests' ? parseUnaryTests : parse);
	}
}

function isNameless(part: object): part is Expression {
	return 'language' in part && part.language === 'feel' && 'tree' in part && part.tree === null && !('names' in part);
}

function namesIn(source: string, parse: typeof parseExpression): readonly string[] {
	const names = new Set<string>();
	const called = new Set<string>();
	parse(source, {}, undefined).iterate({
		enter(node) {
			const text = inWords(source.slice(node.from, node.to));
			if (isCalled(node)) called.add(text);
			else if (node.name === 'VariableName') names.add(text);
		},
	});
	return [...names].filter((name) => !called.has(name));
}
