import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { classicAttribute } from './extension-attributes.ts';

/**
 * The version of a flow or a decision to call; null: the latest, which is what other bindings than `version` and `latest`
 * are not.
 */
export function readVersion(
	element: XmlElement,
	binding: string | null,
	attribute: string,
	reading: Reading,
): number | null {
	if (binding === null || binding === 'latest') return null;
	const version = classicAttribute(element, attribute) ?? '';
	if (binding === 'version' && /^[1-9]\d{0,8}$/.test(version)) return Number(version);
	const detail =
		binding === 'version'
			? `\`${attribute}\` is a number, not \`${version.slice(0, 60)}\`.`
			: `The version bound by \`${binding.slice(0, 60)}\` cannot be known; write \`latest\` or \`version\`.`;
	reading.report('extension-not-supported', element, detail);
	return null;
}
