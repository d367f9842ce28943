import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
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

export function defaultFlowOf(element: XmlElement): string | null {
	return attributeOf(element, 'default')?.trim() ?? null;
}
