/** One word of an expression; `at` is its position in the source, in UTF-16 code units from 0. */
export type Token =
	| { readonly kind: 'name'; readonly text: string; readonly at: number }
	| { readonly kind: 'number'; readonly value: number; readonly at: number }
	| { readonly kind: 'string'; readonly value: string; readonly at: number }
	| { readonly kind: 'symbol'; readonly text: string; readonly at: number }
	| { readonly kind: 'end'; readonly at: number };

export interface Complaint {
	readonly at: number;
	readonly message: string;
}

/** What differs between the languages in how words look. */
export interface Lexicon {
	/** Sticky. */
	readonly name: RegExp;
	/** Sticky; the longest symbol first. */
	readonly symbol: RegExp;
	/** Sticky; matches a whole string with its quotes and captures nothing. */
	readonly string: RegExp;
	/** The value of a string with its quotes; null where it uses an escape that is not understood. */
	readonly unquote: (quoted: string) => string | null;
}

const SPACE = /[ \t\r\n]+/y;
/** No exponents: feelin reads `1e3` as 1. */
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?![\p{L}\p{N}_.])/uy;

/** Splits a source into words, in linear time. */
export function tokenize(source: string, lexicon: Lexicon): readonly Token[] | Complaint {
	const tokens: Token[] = [];
	let at = 0;
	const take = (pattern: RegExp): string | null => {
		pattern.lastIndex = at;
		return pattern.exec(source)?.[0] ?? null;
	};
	while (at < source.length) {
		const space = take(SPACE);
		if (space !== null) {
			at += space.length;
			continue;
		}
		const word = take(lexicon.name) ?? take(NUMBER) ?? take(lexicon.string) ?? take(lexicon.symbol);
		const token = word === null ? null : tokenOf(word, at, lexicon);
		if (word === null || token === null) return { at, message: `\`${firstCharacter(source, at)}\` is not understood` };
		tokens.push(token);
		at += word.length;
	}
	return [...tokens, { kind: 'end', at }];
}

function tokenOf(word: string, at: number, lexicon: Lexicon): Token | null {
	const first = word.charAt(0);
	if (first === '"' || first === "'") {
		const value = lexicon.unquote(word);
		return value === null ? null : { kind: 'string', value, at };
	}
	lexicon.name.lastIndex = 0;
	if (lexicon.name.test(word)) return { kind: 'name', text: word, at };
	if (/^[\d.]\d*/.test(word) && word !== '.') {
		const value = Number(word);
		return Number.isFinite(value) ? { kind: 'number', value, at } : null;
	}
	return { kind: 'symbol', text: word, at };
}

function firstCharacter(source: string, at: number): string {
	return String.fromCodePoint(source.codePointAt(at) ?? 0);
}
