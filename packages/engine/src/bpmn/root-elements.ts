import type { Expression, Text } from '../expressions/expression.ts';
import { sendbackAttribute, zeebeAttribute } from './elements/extension-attributes.ts';
import type { Reading } from './reading.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

/** What events refer to; it stands beside the process. */
export type RootElementName = 'message' | 'signal' | 'error' | 'escalation';

/**
 * The messages, signals, errors and escalations of a file, and which of them are used. Each is read once, however many
 * refer to it: that bounds the work, and says what is wrong with it once.
 */
export class RootElements {
	readonly #byId = new Map<string, XmlElement>();
	readonly #used = new Set<XmlElement>();
	readonly #names = new Map<XmlElement, Text | null>();
	readonly #keys = new Map<XmlElement, Expression | null>();

	constructor(definitions: XmlElement) {
		for (const element of definitions.children) {
			const id = element.namespace === BPMN ? attributeOf(element, 'id') : null;
			if (id !== null) this.#byId.set(id, element);
		}
	}

	/** Those that something refers to. */
	get used(): Iterable<XmlElement> {
		return this.#used;
	}

	/** Whether anything beside the process has that id. A prefix, such as in `tns:invoice`, names the file itself. */
	has(reference: string): boolean {
		return this.#byId.has(withoutPrefix(reference));
	}

	/** Null where there is none of that id. */
	find(name: RootElementName, reference: string): XmlElement | null {
		const element = this.#byId.get(withoutPrefix(reference));
		if (element?.name !== name) return null;
		this.#used.add(element);
		return element;
	}

	/** The name of a message or signal; null, and a problem noted, where it has none that can be read. */
	nameOf(element: XmlElement, reading: Reading): Text | null {
		return remembered(this.#names, element, () => {
			const name = attributeOf(element, 'name')?.trim() ?? '';
			if (name !== '') return reading.text(element, name);
			reading.report('attribute-invalid', element, `A \`<${element.qualifiedName}>\` that is used needs a \`name\`.`);
			return null;
		});
	}

	/** The correlation key of a message; null where it has none. */
	keyOf(element: XmlElement, reading: Reading): Expression | null {
		return remembered(this.#keys, element, () => {
			const key =
				sendbackAttribute(element, 'correlationKey') ?? zeebeAttribute(element, 'subscription', 'correlationKey');
			return key === null ? null : reading.expression(element, key, null);
		});
	}
}

function withoutPrefix(reference: string): string {
	return reference.replace(/^.*:/, '');
}

function remembered<T>(known: Map<XmlElement, T>, element: XmlElement, read: () => T): T {
	const before = known.get(element);
	if (before !== undefined) return before;
	const value = read();
	known.set(element, value);
	return value;
}
