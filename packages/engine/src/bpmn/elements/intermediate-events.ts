import { definitionOf, EVENT_DEFINITIONS } from './event-definitions.ts';
import type { NodeReader } from './node-reader.ts';
import { readThrow } from './throws.ts';
import { readTrigger } from './triggers.ts';

export const intermediateCatchEvent: NodeReader = {
	children: ['dataOutput', 'dataOutputAssociation', 'outputSet', ...EVENT_DEFINITIONS],
	hasDefault: false,
	read: (element, reading) => {
		const definition = definitionOf(
			element,
			[
				'timerEventDefinition',
				'messageEventDefinition',
				'signalEventDefinition',
				'conditionalEventDefinition',
				'linkEventDefinition',
			],
			'an intermediate catch event',
			reading,
		);
		if (definition === 'refused') return null;
		if (definition === null) {
			reading.report('event-definition-missing', element, 'It does not say what it waits for.');
			return null;
		}
		if (definition.name === 'linkEventDefinition') return { kind: 'passThrough' };
		const trigger = readTrigger(definition, reading);
		return trigger === null ? null : { kind: 'intermediateCatchEvent', trigger };
	},
};

/** One without a definition is a milestone, and is passed through; so are both ends of a link. */
export const intermediateThrowEvent: NodeReader = {
	children: ['dataInput', 'dataInputAssociation', 'inputSet', ...EVENT_DEFINITIONS],
	hasDefault: false,
	read: (element, reading) => {
		const definition = definitionOf(
			element,
			[
				'messageEventDefinition',
				'signalEventDefinition',
				'escalationEventDefinition',
				'compensateEventDefinition',
				'linkEventDefinition',
			],
			'an intermediate throw event',
			reading,
		);
		if (definition === 'refused') return null;
		if (definition === null || definition.name === 'linkEventDefinition') return { kind: 'passThrough' };
		const throws = readThrow(definition, reading);
		return throws === null ? null : { kind: 'intermediateThrowEvent', throws };
	},
};
