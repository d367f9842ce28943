import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import type { NodeReader } from './node-reader.ts';

export const exclusiveGateway: NodeReader = {
	children: [],
	hasDefault: true,
	read: (element) => ({ kind: 'exclusiveGateway', defaultFlow: defaultFlowOf(element) }),
};

export const inclusiveGateway: NodeReader = {
	children: [],
	hasDefault: true,
	read: (element) => ({ kind: 'inclusiveGateway', defaultFlow: defaultFlowOf(element) }),
};

export const parallelGateway: NodeReader = {
	children: [],
	hasDefault: false,
	read: () => ({ kind: 'parallelGateway' }),
};

export const eventBasedGateway: NodeReader = {
	children: [],
	hasDefault: false,
	read: (element, reading) => {
		const type = attributeOf(element, 'eventGatewayType')?.trim() ?? 'Exclusive';
		if (type !== 'Exclusive') {
			reading.report('attribute-not-supported', element, `\`eventGatewayType="${type.slice(0, 60)}"\`.`);
		}
		if (booleanAttribute(element, 'instantiate', reading) === true) {
			reading.report('attribute-not-supported', element, '`instantiate="true"`: use several start events.');
		}
		return { kind: 'eventBasedGateway' };
	},
};

export function defaultFlowOf(element: XmlElement): string | null {
	return attributeOf(element, 'default')?.trim() ?? null;
}
