import { attributeOf } from '../xml/xml-element.ts';
import { checkActivityAttributes } from './activity-attributes.ts';
import { readMappings } from './call-mappings.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { classicAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';
import { readVersion } from './read-version.ts';

export const callActivity: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		const loop = readLoop(element, reading);
		const called =
			attributeOf(element, 'calledElement')?.trim() || zeebeAttribute(element, 'calledElement', 'processId');
		if (called === null) {
			reading.report('reference-missing', element, 'A call needs a `calledElement`, the id of a flow.');
			return null;
		}
		const flowId = reading.text(element, called);
		const type = classicAttribute(element, 'calledElementType') ?? 'key';
		if (type !== 'key')
			reading.report('extension-not-supported', element, `\`calledElementType="${type.slice(0, 60)}"\`.`);
		const binding =
			classicAttribute(element, 'calledElementBinding') ?? zeebeAttribute(element, 'calledElement', 'bindingType');
		const version = readVersion(element, binding, 'calledElementVersion', reading);
		const mappings = readMappings(element, reading);
		if (flowId === null || loop === 'refused') return null;
		return { kind: 'callActivity', loop, flowId, version, ...mappings };
	},
};
