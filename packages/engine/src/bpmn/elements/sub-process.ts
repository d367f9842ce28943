import type { ScopeDraft } from '../drafts.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { attributeOf } from '../xml/xml-element.ts';
import { checkActivityAttributes, refuseForCompensation } from './activity-attributes.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';

/** Embedded, or started by an event. What it contains is read by read-scope.ts. */
export const subProcess: NodeReader = {
	children: 'scope',
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		booleanAttribute(element, 'triggeredByEvent', reading);
		const loop = readLoop(element, reading);
		if (loop === 'refused') return null;
		if (scopeKindOf(element) === 'subProcess') return { kind: 'subProcess', loop };
		refuseForCompensation(element, reading);
		if (loop !== null) reading.report('element-not-supported', element, 'An event subprocess is not repeated.');
		return { kind: 'eventSubProcess' };
	},
};

/** What kind of scope an element with nodes in it is. */
export function scopeKindOf(element: XmlElement): ScopeDraft['kind'] {
	if (element.name === 'process') return 'process';
	const triggered = attributeOf(element, 'triggeredByEvent')?.trim();
	return triggered === 'true' || triggered === '1' ? 'eventSubProcess' : 'subProcess';
}
