import type { Value } from '../terms.ts';
import { Budget } from './budget.ts';
import type { Tree } from './expression.ts';
import { applyFeel, feelNegate, feelNot } from './rules-feel.ts';
import { applyJuel, juelEmpty, juelHolds, juelNegate, juelNot, juelSize } from './rules-juel.ts';

/**
 * The value of a plain expression. `lookup` gives a variable, undefined where there is none; a variable that does not
 * exist is null. Takes time linear in the tree, and throws FeelError where it would look at more values than the budget
 * has, or make a text that is too long. What has no value, as a comparison of a text with a number in FEEL, is null. A condition holds only where its
 * value is `true`.
 */
export function evaluateTree(
	tree: Tree,
	lookup: (name: string) => Value | undefined,
	budget: Budget = new Budget(),
): Value {
	switch (tree.kind) {
		case 'literal':
			return tree.value;
		case 'path': {
			const [root, ...names] = tree.names;
			return names.reduce<Value>(
				(value, name) => member(value, name, budget),
				(root === undefined ? undefined : lookup(root)) ?? null,
			);
		}
		case 'not': {
			const operand = evaluateTree(tree.operand, lookup, budget);
			return tree.juel ? juelNot(operand) : feelNot(operand);
		}
		case 'negate': {
			const operand = evaluateTree(tree.operand, lookup, budget);
			return tree.juel ? juelNegate(operand) : feelNegate(operand);
		}
		case 'empty':
			return juelEmpty(evaluateTree(tree.operand, lookup, budget), budget);
		case 'size':
			return juelSize(evaluateTree(tree.operand, lookup, budget), budget);
		case 'choice':
			return evaluateTree(juelHolds(evaluateTree(tree.test, lookup, budget)) ? tree.left : tree.right, lookup, budget);
		default: {
			const left = evaluateTree(tree.left, lookup, budget);
			const right = evaluateTree(tree.right, lookup, budget);
			return tree.juel ? applyJuel(tree.kind, left, right, budget) : applyFeel(tree.kind, left, right, budget);
		}
	}
}

/** A member of a list is the list of its elements' members, as in FEEL. */
function member(value: Value, name: string, budget: Budget): Value {
	if (!Array.isArray(value)) return ownMember(value, name);
	budget.spend(value.length);
	return (value as readonly Value[]).map((item) => ownMember(item, name));
}

function ownMember(value: Value, name: string): Value {
	if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
	return (value as { readonly [name: string]: Value })[name] ?? null;
}
