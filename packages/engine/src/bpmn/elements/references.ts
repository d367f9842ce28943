import type { Text } from '../../expressions/expression.ts';
import type { Reading } from '../reading.ts';
import type { RootElementName } from '../root-elements.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { classicAttribute } from './extension-attributes.ts';

/** The element that `<name>Ref` names; null where it names none. `missing`, and a problem noted, where there is no such. */
export function referenceOf(
	element: XmlElement,
	name: RootElementName,
	reading: Reading,
): XmlElement | null | 'missing' {
	const reference = attributeOf(element, `${name}Ref`)?.trim() ?? '';
	if (reference === '') return null;
	const root = reading.roots.find(name, reference);
	if (root !== null) return root;
	reading.report('reference-unresolved', element, `There is no \`<${name}>\` \`${reference.slice(0, 60)}\`.`);
	return 'missing';
}

/** The name of the message or signal that an element is about; null, and a problem noted, where it names none. */
export function nameOfEvent(element: XmlElement, name: 'message' | 'signal', reading: Reading): Text | null {
	const root = referenceOf(element, name, reading);
	if (root === 'missing') return null;
	if (root !== null) return reading.roots.nameOf(root, reading);
	const expression = classicAttribute(element, `${name}Expression`);
	if (expression !== null) return reading.text(element, expression);
	reading.report('reference-missing', element, `\`<${element.qualifiedName}>\` needs a \`${name}Ref\`.`);
	return null;
}

/**
 * The code of the error or escalation that an element is about; null where it names none, or one without a code. One that
 * is declared nowhere is its own code, as in Flowable and Camunda 7; one that is declared as something else is a mistake.
 * `missing` where a problem was noted.
 */
export function codeOfEvent(
	element: XmlElement,
	name: 'error' | 'escalation',
	reading: Reading,
): { readonly code: string | null } | 'missing' {
	const reference = attributeOf(element, `${name}Ref`)?.trim() ?? '';
	const root = reading.roots.has(reference) ? referenceOf(element, name, reading) : null;
	if (root === 'missing') return root;
	const code = root === null ? reference : (attributeOf(root, `${name}Code`)?.trim() ?? '');
	if (/^=|[$#]\{/.test(code)) {
		const attribute = root === null ? `${name}Ref` : `${name}Code`;
		reading.report('attribute-not-supported', root ?? element, `\`${attribute}\` is a text, not an expression.`);
		return 'missing';
	}
	return { code: code === '' ? null : code };
}
