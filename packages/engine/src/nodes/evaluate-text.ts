import type { VariableRead } from '../events.ts';
import { checkLength } from '../expressions/check-length.ts';
import type { Text } from '../expressions/expression.ts';
import type { ScopeId } from '../terms.ts';
import { isStop, type Stop, type View } from '../work.ts';
import { type Evaluated, evaluate, orRefused } from './evaluate.ts';

/** The value of a text of the model: an expression alone keeps its type, a template becomes a string. */
export function evaluateText(view: View, scope: ScopeId, text: Text): Evaluated | Stop {
	if (text.kind === 'literal') return { value: text.text, reads: [] };
	if (text.kind === 'expression') return evaluate(view, scope, text.expression);
	let whole = '';
	const reads: VariableRead[] = [];
	for (const part of text.parts) {
		const evaluated = evaluateText(view, scope, part);
		if (isStop(evaluated)) return evaluated;
		const { value } = evaluated;
		reads.push(...evaluated.reads);
		if (value !== null) whole += typeof value === 'object' ? JSON.stringify(value) : String(value);
		const written = part.kind === 'literal' ? part.text : part.expression.source;
		const tooLong = orRefused(written, () => checkLength(whole.length));
		if (isStop(tooLong)) return tooLong;
	}
	return { value: whole, reads };
}
