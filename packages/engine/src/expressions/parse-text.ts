import type { PlainText, Text } from './expression.ts';
import { compileJuel, MAX_EXPRESSION_LENGTH, parseExpression } from './parse-expression.ts';

export type ParsedText = { readonly ok: true; readonly text: Text } | { readonly ok: false; readonly message: string };

/** Reads the text of an attribute: itself, `= …` (FEEL), `${…}`, or words with `${…}` in between. */
export function parseText(raw: string): ParsedText {
	const trimmed = raw.trim();
	if (trimmed.length > MAX_EXPRESSION_LENGTH) {
		return { ok: false, message: `A text has at most ${MAX_EXPRESSION_LENGTH} characters.` };
	}
	if (trimmed.startsWith('=')) {
		const parsed = parseExpression(trimmed, null);
		return parsed.ok ? { ok: true, text: { kind: 'expression', expression: parsed.expression } } : parsed;
	}
	const parts: PlainText[] = [];
	let at = 0;
	while (at < trimmed.length) {
		const open = nextMark(trimmed, at);
		if (open > at) parts.push({ kind: 'literal', text: trimmed.slice(at, open) });
		if (open === trimmed.length) break;
		const close = endOfMark(trimmed, open + 2);
		if (close === -1) return { ok: false, message: `\`${trimmed.slice(open, open + 100)}\` has no closing \`}\`.` };
		const parsed = compileJuel(trimmed.slice(open + 2, close).trim());
		if (!parsed.ok) return parsed;
		parts.push({ kind: 'expression', expression: parsed.expression });
		at = close + 1;
	}
	const [only, more] = parts;
	if (only === undefined) return { ok: true, text: { kind: 'literal', text: '' } };
	return { ok: true, text: more === undefined ? only : { kind: 'template', parts } };
}

function nextMark(text: string, from: number): number {
	const mark = /[$#]\{/g;
	mark.lastIndex = from;
	return mark.exec(text)?.index ?? text.length;
}

/** The `}` that ends an expression; one in quotes does not. -1 where there is none. */
function endOfMark(text: string, from: number): number {
	let quote = '';
	for (let at = from; at < text.length; at += 1) {
		const character = text.charAt(at);
		if (quote !== '') {
			if (character === '\\') at += 1;
			else if (character === quote) quote = '';
		} else if (character === "'" || character === '"') quote = character;
		else if (character === '}') return at;
	}
	return -1;
}
