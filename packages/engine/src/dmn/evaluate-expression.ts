import type { Budget } from '../expressions/budget.ts';
import { type FeelVariables, rawFeel } from '../expressions/evaluate-feel.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression, Tree } from '../expressions/expression.ts';
import { inWords, readsOf, variablesFor } from '../expressions/reads-of.ts';
import { isData, toValue } from '../expressions/to-value.ts';
import { lookup } from '../lookup.ts';
import type { Value } from '../terms.ts';

/** What a decision is taken on. */
export interface Known {
	readonly variables: FeelVariables;
	/** Those of them that are no data. */
	readonly temporal: ReadonlySet<string>;
	readonly budget: Budget;
}

/** A value that becomes a result. */
export function evaluateExpression(expression: Expression, known: Known): unknown {
	const value = evaluateInput(expression, known);
	if (treeOn(known, expression) !== null) return value;
	const data = toValue(value);
	return isData(value, known.budget) ? data : value;
}

/** One that is only tested, and may be any of FEEL. */
export function evaluateInput(expression: Expression, known: Known): unknown {
	const { variables, budget } = known;
	const tree = treeOn(known, expression);
	if (tree === null) return rawFeel(expression.source, variablesFor(expression, variables));
	return evaluateTree(tree, (name) => lookup(variables, name) as Value, budget);
}

/** Null where the whole of FEEL is needed: what is compiled knows data only. */
function treeOn({ temporal }: Known, expression: Expression): Tree | null {
	if (temporal.size === 0 || expression.tree === null) return expression.tree;
	return readsOf(expression).some((name) => temporal.has(inWords(name))) ? null : expression.tree;
}
