import type { Reading } from '../reading.ts';
import { BPMN, CLASSIC } from '../xml/namespaces.ts';
import { childrenOf, type XmlElement } from '../xml/xml-element.ts';

/** A data object describes data, unless it has a value, which other engines put into a variable when its scope begins. */
export function warnOfDataObject(element: XmlElement, reading: Reading): void {
	for (const extensions of childrenOf(element, BPMN, 'extensionElements')) {
		const [value] = CLASSIC.flatMap((namespace) => childrenOf(extensions, namespace, 'value'));
		if (value !== undefined) reading.report('data-ignored', value, 'Start the instance with it, or set it in a task.');
	}
}
