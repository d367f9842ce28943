import { cutText } from '../cut-text.ts';
import { checkFeel, checkUnaryTests } from './check-feel.ts';
import type { Expression } from './expression.ts';
import { type KnownNames, mentionedIn } from './known-names.ts';
import { parseJuel } from './parse-juel.ts';
import { parsePlainFeel } from './parse-plain-feel.ts';
import { parsePlainTests } from './parse-unary-tests.ts';
import type { Complaint } from './tokenize.ts';

/** Characters an expression may have. */
export const MAX_EXPRESSION_LENGTH = 10_000;

export type ParsedExpression =
	| { readonly ok: true; readonly expression: Expression }
	| { readonly ok: false; readonly message: string };

/**
 * Compiles an expression of a model: `= …` is FEEL, `${…}` and `#{…}` are JUEL. A text without such a mark is FEEL where
 * the model says that this is its language (`defaultLanguage`), and is refused where it says nothing.
 */
export function parseExpression(text: string, defaultLanguage: 'feel' | null): ParsedExpression {
	const refused = tooLong(text);
	if (refused !== null) return refused;
	const trimmed = text.trim();
	const marked = juelSource(trimmed);
	if (marked !== null) return compileJuel(marked);
	if (trimmed.startsWith('=')) return compileFeel(trimmed.slice(1).trim());
	if (defaultLanguage === 'feel') return compileFeel(trimmed);
	return {
		ok: false,
		message: `\`${excerpt(trimmed)}\` has no mark of its language: write \`= …\` for FEEL, or \`\${…}\`.`,
	};
}

/** What stands in `${…}` or `#{…}`; null where the text is not exactly one such expression. */
function juelSource(text: string): string | null {
	const marked = /^[$#]\{(.*)\}$/s.exec(text)?.[1];
	return marked === undefined ? null : marked.trim();
}

export function compileJuel(source: string): ParsedExpression {
	const parsed = parseJuel(source);
	if ('message' in parsed) return complain('${…}', source, parsed);
	return { ok: true, expression: { language: 'juel', source, tree: parsed } };
}

/** Compiles FEEL that stands where only FEEL may stand, and needs no mark. */
export function parseFeel(text: string, known: KnownNames): ParsedExpression {
	return tooLong(text) ?? compile(text.trim(), known, parsePlainFeel, checkFeel);
}

/** Compiles the unary tests of a decision table. `== x`, as tables of Flowable have it, can only mean `= x`. */
export function parseUnaryTests(text: string, known: KnownNames): ParsedExpression {
	return tooLong(text) ?? compile(text.trim().replace(/^==(?!=)/, '='), known, parsePlainTests, checkUnaryTests);
}

function tooLong(text: string): ParsedExpression | null {
	if (text.trim().length <= MAX_EXPRESSION_LENGTH) return null;
	return { ok: false, message: `An expression has at most ${MAX_EXPRESSION_LENGTH} characters.` };
}

function compileFeel(source: string): ParsedExpression {
	return compile(source, new Map(), parsePlainFeel, checkFeel);
}

function compile(
	source: string,
	known: KnownNames,
	parsePlain: typeof parsePlainFeel,
	check: typeof checkFeel,
): ParsedExpression {
	const mentioned = mentionedIn(source, known);
	const tree = mentioned.size === 0 ? parsePlain(source) : null;
	if (tree !== null) return { ok: true, expression: { language: 'feel', source, tree } };
	const checked = check(source, mentioned);
	if ('message' in checked) return complain('FEEL', source, checked);
	return { ok: true, expression: { language: 'feel', source, tree, names: checked.names } };
}

function complain(language: string, source: string, { at, message }: Complaint): ParsedExpression {
	return {
		ok: false,
		message: `The ${language} expression \`${excerpt(source)}\` cannot be used: at character ${at + 1}, ${message}.`,
	};
}

function excerpt(source: string): string {
	return source.length <= 100 ? source : `${cutText(source, 99)}…`;
}
