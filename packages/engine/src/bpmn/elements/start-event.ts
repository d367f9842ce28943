import { CLASSIC } from '../xml/namespaces.ts';
import { attributeOf } from '../xml/xml-element.ts';
import type { NodeReader } from './node-reader.ts';

/** The variable that holds who started the instance; it exists without being declared. */
const INITIATOR = 'initiator';

export const startEvent: NodeReader = {
	children: ['dataOutput', 'dataOutputAssociation', 'outputSet'],
	hasDefault: false,
	read: (element, reading) => {
		for (const namespace of CLASSIC) {
			const variable = attributeOf(element, 'initiator', namespace)?.trim() || INITIATOR;
			if (variable === INITIATOR) continue;
			reading.report('extension-not-supported', element, `The initiator is always in the variable \`${INITIATOR}\`.`);
		}
		return { kind: 'startEvent' };
	},
};
