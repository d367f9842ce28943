import Type, { type Static } from 'typebox';

/**
 * The types of request fields. Feishu's ids are decimal strings; a JSON number is taken too, because hand-written
 * clients send one. A number above 2^53 has lost its digits on the way and is refused.
 */
export const Id = Type.Union(
	[Type.String({ minLength: 1, maxLength: 64 }), Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })],
	{ description: 'an id: a string of 1 to 64 characters, or a whole number' },
);

export const MAX_OPINION_LENGTH = 4000;

export const Opinion = Type.String({
	maxLength: MAX_OPINION_LENGTH,
	description: `a string of at most ${MAX_OPINION_LENGTH} characters`,
});

/** Where Feishu asks for an opinion, an empty one is none. */
export const RequiredOpinion = Type.String({
	minLength: 1,
	maxLength: MAX_OPINION_LENGTH,
	description: `a string of 1 to ${MAX_OPINION_LENGTH} characters`,
});

export function ids(minItems: number, maxItems: number) {
	return Type.Array(Id, { minItems, maxItems, description: `a list of ${minItems} to ${maxItems} ids` });
}

/** A number that Feishu writes as a string: `"20"`; a JSON number is taken too. */
export function numberText(minimum: number, maximum: number) {
	return Type.Union([Type.String({ pattern: '^[0-9]{1,16}$', maxLength: 16 }), Type.Integer({ minimum: 0 })], {
		description: `a whole number from ${minimum} to ${maximum}, as a string`,
	});
}

/** The number that a checked `numberText` holds; null where it is outside of its bounds. */
export function numberWithin(value: string | number, minimum: number, maximum: number): number | null {
	const number = Number(value);
	return number >= minimum && number <= maximum ? number : null;
}

export function idText(id: Static<typeof Id>): string {
	return String(id);
}

/** Each id once, in the order given. */
export function idTexts(list: readonly Static<typeof Id>[] | undefined): readonly string[] {
	return [...new Set((list ?? []).map(idText))];
}
