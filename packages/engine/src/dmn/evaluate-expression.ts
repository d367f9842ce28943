import { evaluateFeel, rawFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { variablesFor } from '../expressions/reads-of.ts';
import { lookup } from '../lookup.ts';
import type { Value, Variables } from '../terms.ts';

export function evaluateExpression(expression: Expression, variables: Variables): Value {
	const { tree, source } = expression;
	if (tree === null) return evaluateFeel(source, variablesFor(expression, variables));
	return evaluateTree(tree, (name) => lookup(variables, name));
}

/** The same, but a date that FEEL computed is still a date. */
export function evaluateInput(expression: Expression, variables: Variables): unknown {
	const { tree, source } = expression;
	return tree === null
		? rawFeel(source, variablesFor(expression, variables))
		: evaluateExpression(expression, variables);
}
