import { isReadAlone } from './feel-words.ts';
import { inWords } from './reads-of.ts';

/**
 * Names that FEEL reads as such only where it knows them, as `Pre-bureau risk` and `time in office`, by their parts. They
 * are known where a model says what there is, as decisions do; what variables a process will have it does not.
 */
export type KnownNames = ReadonlyMap<string, string>;

/** feelin takes time in the cube of a name that it knows. */
const MAX_LENGTH = 60;

export function knownNames(names: readonly string[]): KnownNames {
	return new Map(
		names
			.filter((name) => name.length <= MAX_LENGTH && !isReadAlone(name))
			.map((name) => [inParts(name), inWords(name)]),
	);
}

/** Those that can be meant in a source. */
export function mentionedIn(source: string, known: KnownNames): KnownNames {
	if (known.size === 0) return known;
	const parts = inParts(source.replace(/"(?:[^"\\]|\\.)*"?/gs, '""'));
	return new Map([...known].filter(([name]) => parts.includes(name)));
}

/** FEEL has `a-b` and `a - b` for the same name. */
export function inParts(text: string): string {
	return ` ${(text.match(/[\p{L}\p{N}_]+|\S/gu) ?? []).join(' ')} `;
}
