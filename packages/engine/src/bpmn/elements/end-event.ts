import { definitionOf, EVENT_DEFINITIONS } from './event-definitions.ts';
import { classicAttribute } from './extension-attributes.ts';
import type { NodeReader } from './node-reader.ts';
import { readThrow } from './throws.ts';

const TERMINATES_ALL = { kind: 'terminateEndEvent', all: true } as const;

export const endEvent: NodeReader = {
	children: ['dataInput', 'dataInputAssociation', 'inputSet', ...EVENT_DEFINITIONS],
	hasDefault: false,
	read: (element, reading) => {
		const definition = definitionOf(
			element,
			[
				'terminateEventDefinition',
				'errorEventDefinition',
				'escalationEventDefinition',
				'messageEventDefinition',
				'signalEventDefinition',
				'compensateEventDefinition',
			],
			'an end event',
			reading,
		);
		if (definition === 'refused') return null;
		if (definition === null) return { kind: 'endEvent', throws: null };
		if (definition.name === 'terminateEventDefinition') {
			return classicAttribute(definition, 'terminateAll') === 'true' ? TERMINATES_ALL : { kind: 'terminateEndEvent' };
		}
		const throws = readThrow(definition, reading);
		return throws === null ? null : { kind: 'endEvent', throws };
	},
};
