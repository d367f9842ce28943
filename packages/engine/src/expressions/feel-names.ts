import type { parseExpression } from 'feelin';
import { inParts, type KnownNames } from './known-names.ts';
import { inWords } from './reads-of.ts';

type Tree = ReturnType<typeof parseExpression>;
type SyntaxNodeRef = Parameters<NonNullable<Parameters<Tree['iterate']>[0]['enter']>>[0];

export function parseKnowing(source: string, known: KnownNames, parse: typeof parseExpression): Tree {
	return parse(source, Object.fromEntries([...known.values()].map((name) => [name, null])), undefined);
}

/** The variables that FEEL reads in a source, each once, with single spaces inside. */
export function namesIn(tree: Tree, source: string, known: KnownNames): readonly string[] {
	const names = new Set<string>();
	const called = new Set<string>();
	tree.iterate({
		enter(node) {
			const text = source.slice(node.from, node.to);
			if (isCalled(node)) called.add(inWords(text));
			else if (node.name === 'VariableName') names.add(known.get(inParts(text)) ?? inWords(text));
		},
	});
	return [...names].filter((name) => !called.has(name));
}

/** Names of functions and of types. No variable is a function, and one of that name would take its place. */
function isCalled({ name, node }: SyntaxNodeRef): boolean {
	if (name === 'DateTimeConstructor' || name === 'SpecialFunctionName') return true;
	if (name !== 'VariableName') return false;
	const isFirst = node.prevSibling === null;
	return node.parent?.name === 'QualifiedName' || (isFirst && node.parent?.name === 'FunctionInvocation');
}
