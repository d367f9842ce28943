import type { Budget } from '../expressions/budget.ts';
import { evaluateFeel, rawFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { lookup } from '../lookup.ts';
import type { Value, Variables } from '../terms.ts';

/** What a decision is taken on. */
export interface Known {
	readonly variables: Variables;
	readonly budget: Budget;
}

export function evaluateExpression({ tree, source }: Expression, { variables, budget }: Known): Value {
	if (tree === null) return evaluateFeel(source, variables);
	return evaluateTree(tree, (name) => lookup(variables, name), budget);
}

/** The same, but a date that FEEL computed is still a date. */
export function evaluateInput(expression: Expression, known: Known): unknown {
	return expression.tree === null ? rawFeel(expression.source, known.variables) : evaluateExpression(expression, known);
}
