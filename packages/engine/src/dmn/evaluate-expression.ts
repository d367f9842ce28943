import { evaluateFeel, rawFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { lookup } from '../lookup.ts';
import type { Value, Variables } from '../terms.ts';

export function evaluateExpression({ tree, source }: Expression, variables: Variables): Value {
	return tree === null ? evaluateFeel(source, variables) : evaluateTree(tree, (name) => lookup(variables, name));
}

/** The same, but a date that FEEL computed is still a date. */
export function evaluateInput({ tree, source }: Expression, variables: Variables): unknown {
	return tree === null ? rawFeel(source, variables) : evaluateTree(tree, (name) => lookup(variables, name));
}
