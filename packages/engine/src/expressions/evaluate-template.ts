import type { Value } from '../terms.ts';
import { evaluateTree } from './evaluate-tree.ts';
import type { PlainText } from './expression.ts';

/** The text of a template: null adds nothing, lists and objects are written as JSON. `lookup` as for evaluateTree. */
export function evaluateTemplate(parts: readonly PlainText[], lookup: (name: string) => Value | undefined): string {
	return parts.map((part) => (part.kind === 'literal' ? part.text : written(valueIn(part, lookup)))).join('');
}

function valueIn(part: Extract<PlainText, { kind: 'expression' }>, lookup: (name: string) => Value | undefined): Value {
	const { tree } = part.expression;
	return tree === null ? null : evaluateTree(tree, lookup);
}

function written(value: Value): string {
	if (value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
