import type { Trigger } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { childrenOf, type XmlElement } from '../xml/xml-element.ts';
import type { EventDefinitionName } from './event-definitions.ts';
import { sendbackAttribute } from './extension-attributes.ts';
import { readFormalExpression } from './formal-expression.ts';
import { codeOfEvent, nameOfEvent, referenceOf } from './references.ts';
import { readTimer } from './timer.ts';

type TriggerReader = (definition: XmlElement, reading: Reading) => Trigger | null;

/** What an event waits for, by its definition. */
const TRIGGER_READERS: Readonly<Partial<Record<EventDefinitionName, TriggerReader>>> = {
	timerEventDefinition: readTimer,
	messageEventDefinition: readMessage,
	signalEventDefinition: (definition, reading) => {
		const name = nameOfEvent(definition, 'signal', reading);
		return name === null ? null : { kind: 'signal', name };
	},
	conditionalEventDefinition: (definition, reading) => {
		const [written] = childrenOf(definition, BPMN, 'condition');
		if (written === undefined) reading.report('not-bpmn', definition, 'A conditional event needs a `condition`.');
		const condition = written === undefined ? null : readFormalExpression(written, reading);
		return condition === null ? null : { kind: 'condition', condition };
	},
	errorEventDefinition: (definition, reading) => readCode(definition, 'error', reading),
	escalationEventDefinition: (definition, reading) => readCode(definition, 'escalation', reading),
};

/** Null, and a problem noted, where it cannot be read. */
export function readTrigger(definition: XmlElement, reading: Reading): Trigger | null {
	return TRIGGER_READERS[definition.name as EventDefinitionName]?.(definition, reading) ?? null;
}

/** The message that a definition or a receive task waits for. */
export function readMessage(element: XmlElement, reading: Reading): Extract<Trigger, { kind: 'message' }> | null {
	const name = nameOfEvent(element, 'message', reading);
	if (name === null) return null;
	const own = sendbackAttribute(element, 'correlationKey');
	if (own !== null) return { kind: 'message', name, key: reading.expression(element, own, null) };
	const root = referenceOf(element, 'message', reading);
	return {
		kind: 'message',
		name,
		key: root === null || root === 'missing' ? null : reading.roots.keyOf(root, reading),
	};
}

function readCode(definition: XmlElement, kind: 'error' | 'escalation', reading: Reading): Trigger | null {
	const found = codeOfEvent(definition, kind, reading);
	return found === 'missing' ? null : { kind, code: found.code };
}
