import { BPMN, CLASSIC, SENDBACK, ZEEBE } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';

/** An attribute of Flowable, Camunda 7 or Activiti; null where it is absent or, as modelers leave it, blank. */
export function classicAttribute(element: XmlElement, name: string): string | null {
	for (const namespace of CLASSIC) {
		const value = present(attributeOf(element, name, namespace));
		if (value !== null) return value;
	}
	return null;
}

export function sendbackAttribute(element: XmlElement, name: string): string | null {
	return present(attributeOf(element, name, SENDBACK));
}

/** An attribute of one of Camunda 8's extension elements. */
export function zeebeAttribute(element: XmlElement, extension: string, name: string): string | null {
	for (const extensions of childrenOf(element, BPMN, 'extensionElements')) {
		for (const child of childrenOf(extensions, ZEEBE, extension)) {
			const value = present(attributeOf(child, name));
			if (value !== null) return value;
		}
	}
	return null;
}

function present(value: string | null): string | null {
	return value === null || value.trim() === '' ? null : value.trim();
}
