import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';

/** Attributes that any activity may have, and their only supported values. */
const DEFAULTS: Readonly<Record<string, string>> = {
	startQuantity: '1',
	completionQuantity: '1',
};

/** Refuses the attributes that would make an activity run otherwise than once for each token. */
export function checkActivityAttributes(element: XmlElement, reading: Reading): void {
	for (const [name, supported] of Object.entries(DEFAULTS)) {
		const value = attributeOf(element, name)?.trim() ?? supported;
		if (value !== supported) reading.report('attribute-not-supported', element, `\`${name}="${value}"\`.`);
	}
	booleanAttribute(element, 'isForCompensation', reading);
}

/** Whether it only runs to compensate another activity. */
export function isForCompensation(element: XmlElement): boolean {
	return ['true', '1'].includes(attributeOf(element, 'isForCompensation')?.trim() ?? '');
}

/** Refuses it where there is nothing that could compensate. */
export function refuseForCompensation(element: XmlElement, reading: Reading): void {
	if (isForCompensation(element)) reading.report('attribute-not-supported', element, '`isForCompensation="true"`.');
}
