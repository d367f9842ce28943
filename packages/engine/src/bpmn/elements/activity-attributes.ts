import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';

/** Attributes that any activity may have, and their only supported values. */
const DEFAULTS: Readonly<Record<string, string>> = {
	isForCompensation: 'false',
	startQuantity: '1',
	completionQuantity: '1',
};

/** Refuses the attributes that would make an activity run otherwise than once for each token. */
export function checkActivityAttributes(element: XmlElement, reading: Reading): void {
	for (const [name, supported] of Object.entries(DEFAULTS)) {
		const value = attributeOf(element, name)?.trim() ?? supported;
		if (value !== supported) reading.report('attribute-not-supported', element, `\`${name}="${value}"\`.`);
	}
}
