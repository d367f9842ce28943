import { BPMN } from '../xml/namespaces.ts';
import { childrenOf } from '../xml/xml-element.ts';
import type { NodeReader } from './node-reader.ts';

export const endEvent: NodeReader = {
	children: ['terminateEventDefinition', 'dataInput', 'dataInputAssociation', 'inputSet'],
	hasDefault: false,
	read: (element) => {
		const terminates = childrenOf(element, BPMN, 'terminateEventDefinition').length > 0;
		return { kind: terminates ? 'terminateEndEvent' : 'endEvent' };
	},
};
