import type { Expression, Tree } from './expression.ts';

/**
 * The variables an expression can read: exactly those of a compiled one, whether they exist or not; of any other every
 * one of `names` that its source mentions anywhere.
 */
export function readsOf(expression: Expression, names: Iterable<string>): string[] {
	const reads = new Set<string>();
	if (expression.tree !== null) addRoots(expression.tree, reads);
	else for (const name of names) if (mentions(expression.source, name)) reads.add(name);
	return [...reads];
}

function addRoots(tree: Tree, reads: Set<string>): void {
	if (tree.kind === 'literal') return;
	if (tree.kind === 'path') {
		const [root] = tree.names;
		if (root !== undefined) reads.add(root);
		return;
	}
	if ('operand' in tree) addRoots(tree.operand, reads);
	else {
		if ('test' in tree) addRoots(tree.test, reads);
		addRoots(tree.left, reads);
		addRoots(tree.right, reads);
	}
}

const NAME_CHARACTER = /[\p{L}\p{N}_]/u;

/** True where the name stands in the source as whole words; FEEL names may hold spaces, of any number and kind. */
function mentions(source: string, name: string): boolean {
	const text = normalizeSpaces(source);
	const wanted = normalizeSpaces(name);
	if (wanted === '') return false;
	for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
		const before = text.charAt(at - 1);
		const after = text.charAt(at + wanted.length);
		const joinsBefore = NAME_CHARACTER.test(before) && NAME_CHARACTER.test(wanted.charAt(0));
		const joinsAfter = NAME_CHARACTER.test(after) && NAME_CHARACTER.test(wanted.charAt(wanted.length - 1));
		if (!joinsBefore && !joinsAfter) return true;
	}
	return false;
}

function normalizeSpaces(text: string): string {
	return text.replace(/\s+/gu, ' ').trim();
}
