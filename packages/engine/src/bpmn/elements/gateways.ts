import { attributeOf } from '../xml/xml-element.ts';
import type { NodeReader } from './node-reader.ts';

export const exclusiveGateway: NodeReader = {
	children: [],
	read: (element) => ({ kind: 'exclusiveGateway', defaultFlow: attributeOf(element, 'default') }),
};

export const inclusiveGateway: NodeReader = {
	children: [],
	read: (element) => ({ kind: 'inclusiveGateway', defaultFlow: attributeOf(element, 'default') }),
};

export const parallelGateway: NodeReader = {
	children: [],
	read: () => ({ kind: 'parallelGateway' }),
};
