import { parseExpression, parseUnaryTests } from 'feelin';
import { resultNames } from '../dmn/evaluate-decision.ts';
import type { DecisionModel } from '../model/decision-model.ts';
import type { ProcessModel } from '../model/process-model.ts';
import type { Expression } from './expression.ts';
import { namesIn, parseKnowing } from './feel-names.ts';
import { type KnownNames, knownNames, mentionedIn } from './known-names.ts';

/**
 * Gives the expressions of a model their names, in place, where it was stored before they had any: without them FEEL would
 * be given no variable. What a model holds as data of the process stays as it is.
 */
export function completeNames(model: ProcessModel | DecisionModel): void {
	const results = 'decisions' in model ? model.decisions.flatMap(resultNames) : [];
	complete(model, knownNames(results), parseExpression);
}

function complete(part: unknown, all: KnownNames, parse: typeof parseExpression): void {
	if (typeof part !== 'object' || part === null) return;
	if (isNameless(part)) {
		const known = mentionedIn(part.source, all);
		Object.assign(part, { names: namesIn(parseKnowing(part.source, known, parse), part.source, known) });
	}
	for (const [key, inside] of Object.entries(part)) {
		if (key !== 'data') complete(inside, all, key === 'tests' ? parseUnaryTests : parse);
	}
}

function isNameless(part: object): part is Expression {
	return 'language' in part && part.language === 'feel' && 'tree' in part && part.tree === null && !('names' in part);
}
