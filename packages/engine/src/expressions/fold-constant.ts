import { evaluateTree } from './evaluate-tree.ts';
import type { Text } from './expression.ts';
import { readsOf } from './reads-of.ts';

/** The literal that a text always is; itself where it reads a variable, needs the whole of FEEL, or gives no text. */
export function foldConstant(text: Text): Text {
	let whole = '';
	for (const part of text.kind === 'template' ? text.parts : [text]) {
		if (part.kind === 'literal') whole += part.text;
		else {
			const { tree } = part.expression;
			if (tree === null || readsOf(part.expression).length > 0) return text;
			const value = evaluateTree(tree, () => null);
			if (typeof value !== 'string' && typeof value !== 'number') return text;
			whole += String(value);
		}
	}
	return whole.trim() === '' ? text : { kind: 'literal', text: whole };
}
