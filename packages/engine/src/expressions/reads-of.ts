import { lookup } from '../lookup.ts';
import type { Expression, Tree } from './expression.ts';
import { isReadAlone } from './feel-words.ts';

type Named<V> = Readonly<Record<string, V>>;

/** Names of variables by their words. */
export type NamesInWords = ReadonlyMap<string, readonly string[]>;

/** The variables an expression can read: those of a compiled one whether they exist or not, of any other those that do. */
export function readsOf({ tree, names = [] }: Expression, existing: NamesInWords = new Map()): string[] {
	if (tree === null) return names.flatMap((name) => existing.get(name) ?? []);
	const reads = new Set<string>();
	addRoots(tree, reads);
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

export function namesInWords(names: Iterable<string>): NamesInWords {
	const byWords = new Map<string, string[]>();
	for (const name of names) {
		const words = inWords(name);
		const same = byWords.get(words);
		if (same === undefined) byWords.set(words, [name]);
		else same.push(name);
	}
	return byWords;
}

/**
 * The variables that are given to FEEL, of those that were `variablesInWords`; and as null what it would otherwise not read
 * as a name.
 */
export function variablesFor<V>(expression: Expression, variables: Named<V>): Named<V | null> {
	const { names = readsOf(expression).map(inWords) } = expression;
	return Object.fromEntries(
		names.flatMap((name): [string, V | null][] => {
			const value = lookup(variables, name);
			if (value !== undefined) return [[name, value]];
			return isReadAlone(name) ? [] : [[name, null]];
		}),
	);
}

/** The variables also under the names that FEEL has for them; of several the one that is called so, else the first. */
export function variablesInWords<V>(variables: Named<V>): Named<V> {
	const renamed = Object.entries(variables).map(([name, value]): [string, V] => [inWords(name), value]);
	return { ...Object.fromEntries(renamed.reverse()), ...variables };
}

/** FEEL names may hold spaces, of any number and kind. */
export function inWords(name: string): string {
	return name.replace(/\s+/gu, ' ').trim();
}
