import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';

/** A yes or no of BPMN; null where the attribute is absent. What is neither is reported, and counts as no. */
export function booleanAttribute(element: XmlElement, name: string, reading: Reading): boolean | null {
	const value = attributeOf(element, name)?.trim();
	if (value === undefined) return null;
	if (value === 'true' || value === '1') return true;
	if (value !== 'false' && value !== '0') {
		reading.report(
			'attribute-invalid',
			element,
			`\`${name}\` is \`true\` or \`false\`, not \`${value.slice(0, 60)}\`.`,
		);
	}
	return false;
}
