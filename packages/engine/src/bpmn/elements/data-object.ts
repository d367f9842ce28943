import { parseDate } from '../../nodes/iso-8601.ts';
import type { Value } from '../../terms.ts';
import type { Reading } from '../reading.ts';
import { BPMN, CLASSIC } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';

/** The types that values are written in, as Flowable has them; undefined where a text is none of the type. */
const TYPES: Readonly<Record<string, (text: string) => Value | undefined>> = {
	string: (text) => text,
	int: (text) => integer(text, 2 ** 31),
	long: (text) => integer(text, 2 ** 53),
	double: (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? finite(Number(text)) : undefined),
	boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
	datetime: (text) => (parseDate(text) === null ? undefined : text),
};

/**
 * A data object describes data, unless Flowable gave it a value: then the scope that it stands in begins with that value
 * in a variable of its name. Null where it has none, or a problem was noted.
 */
export function readDataObject(element: XmlElement, reading: Reading): readonly [name: string, value: Value] | null {
	const [written] = childrenOf(element, BPMN, 'extensionElements').flatMap((extensions) =>
		CLASSIC.flatMap((namespace) => childrenOf(extensions, namespace, 'value')),
	);
	if (written === undefined) return null;
	const reference = attributeOf(element, 'itemSubjectRef')?.trim() ?? '';
	// Without a prefix it names no type of XML Schema, and Flowable reads a text.
	const type = reference.includes(':') ? reference.replace(/^.*:/, '') : 'string';
	if (!Object.hasOwn(TYPES, type)) {
		reading.report('data-ignored', written, `The type \`${reference.slice(0, 60)}\` is not known.`);
		return null;
	}
	const text = written.text.trim();
	const value = TYPES[type]?.(text);
	if (value === undefined) reading.report('data-invalid', written, `\`${text.slice(0, 60)}\` is no \`${type}\`.`);
	const name = attributeOf(element, 'name')?.trim() || (attributeOf(element, 'id') ?? '');
	return reading.variable(element, name) === null || value === undefined ? null : [name, value];
}

function integer(text: string, bound: number): number | undefined {
	const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
	return value >= -bound && value < bound ? value : undefined;
}

function finite(value: number): number | undefined {
	return Number.isFinite(value) ? value : undefined;
}
