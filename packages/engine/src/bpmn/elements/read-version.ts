import type { Text } from '../../expressions/expression.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { classicAttribute } from './extension-attributes.ts';

const VERSION = /^[1-9]\d{0,8}$/;

/**
 * The version of a flow or a decision to call; null: the latest, which is what other bindings than `version` and `latest`
 * are not.
 */
export function readVersion(
	element: XmlElement,
	binding: string | null,
	attribute: string,
	reading: Reading,
): number | Text | null {
	if (binding === null || binding === 'latest') return null;
	const version = classicAttribute(element, attribute)?.trim() ?? '';
	if (binding === 'version' && VERSION.test(version)) return Number(version);
	const text = binding === 'version' ? reading.text(element, version) : null;
	if (text !== null && text.kind !== 'literal') return text;
	const detail =
		binding === 'version'
			? `\`${attribute}\` is a number or an expression, not \`${version.slice(0, 60)}\`.`
			: `The version bound by \`${binding.slice(0, 60)}\` cannot be known; write \`latest\` or \`version\`.`;
	reading.report('extension-not-supported', element, detail);
	return null;
}
