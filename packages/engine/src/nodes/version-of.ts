import type { Text } from '../expressions/expression.ts';
import type { ScopeId } from '../terms.ts';
import { isStop, type Stop, type View } from '../work.ts';
import type { Evaluated } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';

/** There is none of this number, so a call of what is no version ends like a call of one that was never deployed. */
const NO_VERSION = 0;

/** The version that a call or a business rule task names; null: the latest. */
export function versionOf(
	view: View,
	scope: ScopeId,
	text: number | Text | null,
): { readonly version: number | null; readonly reads: Evaluated['reads'] } | Stop {
	if (text === null || typeof text === 'number') return { version: text, reads: [] };
	const evaluated = evaluateText(view, scope, text);
	if (isStop(evaluated)) return evaluated;
	const { reads } = evaluated;
	const version = Number(evaluated.value);
	return { version: Number.isSafeInteger(version) && version > 0 ? version : NO_VERSION, reads };
}
