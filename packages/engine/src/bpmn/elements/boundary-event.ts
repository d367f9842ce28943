import { attributeOf } from '../xml/xml-element.ts';
import { definitionOf, EVENT_DEFINITIONS } from './event-definitions.ts';
import type { NodeReader } from './node-reader.ts';
import { interruptingOf } from './start-event.ts';
import { readTrigger } from './triggers.ts';

export const boundaryEvent: NodeReader = {
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
				'errorEventDefinition',
				'escalationEventDefinition',
				'compensateEventDefinition',
			],
			'a boundary event',
			reading,
		);
		if (definition === 'refused') return null;
		if (definition === null) {
			reading.report('event-definition-missing', element, 'It does not say what it waits for.');
			return null;
		}
		// It waits for nothing, and is connected with what it is at by connect-compensation.ts.
		if (definition.name === 'compensateEventDefinition') return { kind: 'passThrough' };
		const attachedTo = attributeOf(element, 'attachedToRef')?.trim() ?? '';
		const trigger = readTrigger(definition, reading);
		if (trigger === null) return null;
		const interrupting = interruptingOf(element, 'cancelActivity', trigger, reading);
		return { kind: 'boundaryEvent', attachedTo, interrupting, trigger };
	},
};
