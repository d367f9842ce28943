import { evaluateTree } from './evaluate-tree.ts';
import type { Text } from './expression.ts';
import { readsOf } from './reads-of.ts';

/** What a text with expressions always is; null where it reads a variable, needs the whole of FEEL, or gives no text. */
export function constantText(text: Text): string | null {
	let whole = '';
	for (const part of text.kind === 'template' ? text.parts : [text]) {
		if (part.kind === 'literal') whole += part.text;
		else {
			const { tree } = part.expression;
			if (tree === null || readsOf(part.expression, []).length > 0) return null;
			const value = evaluateTree(tree, () => null);
			if (typeof value !== 'string' && typeof value !== 'number') return null;
			whole += String(value);
		}
	}
	return whole.trim() === '' ? null : whole;
}
