import type { Reading } from '../reading.ts';
import { SENDBACK } from '../xml/namespaces.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';

/** One of the words that an attribute of ours may be; null where it is absent, or reported where it is another. */
export function readChoice<Word extends string>(
	element: XmlElement,
	name: string,
	words: readonly Word[],
	reading: Reading,
): Word | null {
	const value = attributeOf(element, name, SENDBACK)?.trim();
	if (value === undefined) return null;
	const word = words.find((each) => each === value);
	if (word !== undefined) return word;
	const allowed = words.map((each) => `\`${each}\``).join(', ');
	reading.report('attribute-invalid', element, `\`${name}\` is one of ${allowed}, not \`${value.slice(0, 60)}\`.`);
	return null;
}
