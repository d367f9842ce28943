import type { Reading } from './reading.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

const MAX_ID_LENGTH = 255;

/** Narrower than XML's NCName: bpmn-moddle, and with it every diagram, has only ASCII. Without colons: see synthetic-ids.ts. */
const ID = /^[A-Za-z_][\w.-]*$/;

/** Reports ids that cannot be used, in the whole document. */
export function checkIds(root: XmlElement, reading: Reading): void {
	const lines = new Map<string, number>();
	for (const element of ownElements(root)) {
		const id = attributeOf(element, 'id');
		if (id === null) continue;
		const shown = `\`${id.slice(0, 60)}\``;
		const first = lines.get(id);
		if (first !== undefined) reading.report('id-duplicate', element, `${shown} stands in line ${first} already.`);
		else lines.set(id, element.line);
		if (id.length > MAX_ID_LENGTH) {
			reading.report('id-invalid', element, `${shown} has more than ${MAX_ID_LENGTH} characters.`, null);
		} else if (!ID.test(id)) {
			reading.report('id-invalid', element, `${shown} is not made of letters, digits, \`_\`, \`-\` and \`.\`.`, null);
		} else if (id in Object.prototype) {
			reading.report('id-invalid', element, `${shown} is reserved.`);
		}
	}
}

/** All elements of its own vocabulary, in the order of the document. What extensions contain is not theirs. */
export function* ownElements(root: XmlElement): Generator<XmlElement> {
	yield root;
	for (const child of root.children)
		if (child.namespace === root.namespace && child.name !== 'extensionElements') yield* ownElements(child);
}
