import type { Expression, Text } from '../expressions/expression.ts';
import { reject } from '../rejections.ts';
import type { NodeId, ScopeId } from '../terms.ts';
import { isStop, refused, type Stop, type View } from '../work.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';

/** By what the world outside finds what waits at a node, or what it throws. */
interface Named {
	readonly node: NodeId;
	readonly what: 'name' | 'correlation key' | 'topic';
}

type Name = { readonly name: string } & Pick<Evaluated, 'reads'>;

export function evaluateName(view: View, scope: ScopeId, text: Text, named: Named): Name | Stop {
	return nameOf(evaluateText(view, scope, text), named);
}

export function evaluateKey(view: View, scope: ScopeId, key: Expression, node: NodeId): Name | Stop {
	return nameOf(evaluate(view, scope, key), { node, what: 'correlation key' });
}

/** Null as a text, and the empty text, would be names like any other, those of all who have none. */
function nameOf(evaluated: Evaluated | Stop, { node, what }: Named): Name | Stop {
	if (isStop(evaluated)) return evaluated;
	if (evaluated.value === null || evaluated.value === '')
		return refused(reject('name-missing', { node, missing: what }));
	return { name: asText(evaluated.value), reads: evaluated.reads };
}

export function asText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
