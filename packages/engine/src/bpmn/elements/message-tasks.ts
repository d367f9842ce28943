import { attributeOf } from '../xml/xml-element.ts';
import { checkActivityAttributes } from './activity-attributes.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { readExternalWork } from './external-work.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';
import { nameOfEvent } from './references.ts';
import { readMessage } from './triggers.ts';

/** With a topic it is work for an external worker; else it throws its message. */
export const sendTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		const loop = readLoop(element, reading);
		const work = readExternalWork(element, reading);
		if (work === 'refused' || loop === 'refused') return null;
		if (work !== null) return { kind: 'serviceTask', loop, ...work };
		const message = nameOfEvent(element, 'message', reading);
		return message === null ? null : { kind: 'sendTask', loop, message };
	},
};

/**
 * Without a message it waits for one of its own id: engines that have no message for it let their callers go on from
 * it by other means, and this is ours.
 */
export const receiveTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		if (booleanAttribute(element, 'instantiate', reading) === true) {
			reading.report('attribute-not-supported', element, '`instantiate="true"`: use a message start event.');
		}
		const loop = readLoop(element, reading);
		if (loop === 'refused') return null;
		const id = attributeOf(element, 'id');
		if (attributeOf(element, 'messageRef') === null && id !== null) {
			const name = { kind: 'literal', text: id } as const;
			return { kind: 'receiveTask', loop, trigger: { kind: 'message', name, key: null } };
		}
		const trigger = readMessage(element, reading);
		return trigger === null ? null : { kind: 'receiveTask', loop, trigger };
	},
};
