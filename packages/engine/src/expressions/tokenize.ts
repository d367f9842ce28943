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
	/** Sticky; matches a whole string with its quotes. */
	readonly string: RegExp;
	/** The value of a string with its quotes; null where it uses an escape that is not understood. */
	readonly unquote: (quoted: string) => string | null;
}

const SPACE = /[ \t\r\n]+/y;
/** No exponents: feelin reads `1e3` as 1. Two dots behind it are those of an interval. */
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?![\p{L}\p{N}_]|\.(?!\.))/uy;

/** Splits a source into words, in linear time. */
export function tokenize(source: string, lexicon: Lexicon): readonly Token[] | Complaint {
	const patterns = [
		['name', lexicon.name],
		['number', NUMBER],
		['string', lexicon.string],
		['symbol', lexicon.symbol],
	] as const;
	const tokens: Token[] = [];
	let at = spacesAt(source, 0);
	while (at < source.length) {
		let token: Token | null = null;
		let length = 0;
		for (const [kind, pattern] of patterns) {
			pattern.lastIndex = at;
			const word = pattern.exec(source)?.[0];
			if (word === undefined) continue;
			token = tokenOf(kind, word, at, lexicon);
			length = word.length;
			break;
		}
		if (token === null) return { at, message: `\`${characterAt(source, at)}\` is not understood here` };
		tokens.push(token);
		at = spacesAt(source, at + length);
	}
	return [...tokens, { kind: 'end', at }];
}

function tokenOf(
	kind: 'name' | 'number' | 'string' | 'symbol',
	word: string,
	at: number,
	lexicon: Lexicon,
): Token | null {
	switch (kind) {
		case 'number': {
			const value = Number(word);
			return Number.isFinite(value) ? { kind, value, at } : null;
		}
		case 'string': {
			const value = lexicon.unquote(word);
			return value === null ? null : { kind, value, at };
		}
		default:
			return { kind, text: word, at };
	}
}

function spacesAt(source: string, at: number): number {
	SPACE.lastIndex = at;
	return at + (SPACE.exec(source)?.[0].length ?? 0);
}

function characterAt(source: string, at: number): string {
	return String.fromCodePoint(source.codePointAt(at) ?? 0);
}
