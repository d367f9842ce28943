import type { Expression } from '../expressions/expression.ts';
import { TESTED } from '../expressions/parse-unary-tests.ts';
import { namesInWords, readsOf } from '../expressions/reads-of.ts';
import type { Decision, DecisionModel } from '../model/decision-model.ts';
import type { ElementId } from '../terms.ts';
import { resultNames } from './evaluate-decision.ts';

/** True where no part of it needs the whole of FEEL, so that it can be evaluated inside the step. */
export function isPlain({ decisions }: DecisionModel): boolean {
	return decisions.every(
		(decision) =>
			expressionsOf(decision).every(({ tree }) => tree !== null) &&
			(decision.logic.kind !== 'decisionTable' || decision.logic.inputs.every(({ conversion }) => conversion === null)),
	);
}

/** The variables of the process that a decision can read, as `readsOf` does for one expression. */
export function readsOfDecision({ decisions }: DecisionModel, names: readonly string[]): string[] {
	const existing = namesInWords(names);
	const reads = new Set<string>();
	const results = new Map<ElementId, readonly string[]>();
	for (const decision of decisions) {
		const { requires = results.keys() } = decision;
		const hidden = new Set([TESTED, ...[...requires].flatMap((id) => results.get(id) ?? [])]);
		for (const expression of expressionsOf(decision))
			for (const name of readsOf(expression, existing)) if (!hidden.has(name)) reads.add(name);
		results.set(decision.id, resultNames(decision));
	}
	return [...reads];
}

/** How many: what taking it costs at least. */
export function expressionsIn({ decisions }: DecisionModel): number {
	return decisions.reduce((count, decision) => count + expressionsOf(decision).length, 0);
}

function expressionsOf({ logic }: Decision): readonly Expression[] {
	if (logic.kind === 'literalExpression') return [logic.expression];
	return [
		...logic.inputs.map(({ expression }) => expression),
		...logic.outputs.map(({ defaultEntry }) => defaultEntry),
		...logic.rules.flatMap(({ tests, entries }) => [...tests, ...entries]),
	].filter((expression) => expression !== null);
}
