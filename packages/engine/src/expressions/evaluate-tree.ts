import type { Value } from '../terms.ts';
import type { Tree } from './expression.ts';
import { applyFeel, feelNegate, feelNot } from './rules-feel.ts';
import { applyJuel, juelEmpty, juelHolds, juelNegate, juelNot, juelSize } from './rules-juel.ts';

/**
 * The value of a plain expression. `lookup` gives a variable, undefined where there is none; a variable that does not
 * exist is null. Takes time linear in the tree (and in the values it compares) and never throws: what has no value, as
 * a comparison of a text with a number in FEEL, is null. A condition holds only where its value is `true`.
 */
export function evaluateTree(tree: Tree, lookup: (name: string) => Value | undefined): Value {
	switch (tree.kind) {
		case 'literal':
			return tree.value;
		case 'path': {
			const [root, ...names] = tree.names;
			return names.reduce<Value>(member, (root === undefined ? undefined : lookup(root)) ?? null);
		}
		case 'not': {
			const operand = evaluateTree(tree.operand, lookup);
			return tree.juel ? juelNot(operand) : feelNot(operand);
		}
		case 'negate': {
			const operand = evaluateTree(tree.operand, lookup);
			return tree.juel ? juelNegate(operand) : feelNegate(operand);
		}
		case 'empty':
			return juelEmpty(evaluateTree(tree.operand, lookup));
		case 'size':
			return juelSize(evaluateTree(tree.operand, lookup));
		case 'choice':
			return evaluateTree(juelHolds(evaluateTree(tree.test, lookup)) ? tree.left : tree.right, lookup);
		default: {
			const left = evaluateTree(tree.left, lookup);
			const right = evaluateTree(tree.right, lookup);
			return tree.juel ? applyJuel(tree.kind, left, right) : applyFeel(tree.kind, left, right);
		}
	}
}

/** A member of a list is the list of its elements' members, as in FEEL. */
function member(value: Value, name: string): Value {
	if (Array.isArray(value)) return (value as readonly Value[]).map((item) => ownMember(item, name));
	return ownMember(value, name);
}

function ownMember(value: Value, name: string): Value {
	if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
	return (value as { readonly [name: string]: Value })[name] ?? null;
}
