/** A text in one language; Feishu names languages by their Windows locale ids, as strings. */
export interface Label {
	readonly language_code: '2052' | '1033';
	readonly text: string;
}

/** The same text for both languages: a model has one name for a node, whatever its language. */
export function labels(text: string): readonly Label[] {
	return [
		{ language_code: '2052', text },
		{ language_code: '1033', text },
	];
}
