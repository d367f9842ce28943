import Type, { type Static } from 'typebox';

/** A text in one language; Feishu names languages by their Windows locale ids, as strings. */
export const LabelSchema = Type.Object({
	language_code: Type.Union([Type.Literal('2052'), Type.Literal('1033')], { description: '2052 zh, 1033 en' }),
	text: Type.String(),
});

export type Label = Static<typeof LabelSchema>;

/** The same text for both languages: a model has one name for a node, whatever its language. */
export function labels(text: string): readonly Label[] {
	return [
		{ language_code: '2052', text },
		{ language_code: '1033', text },
	];
}
