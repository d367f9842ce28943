import type { Throw } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import type { EventDefinitionName } from './event-definitions.ts';
import { codeOfEvent, nameOfEvent } from './references.ts';

type ThrowReader = (definition: XmlElement, reading: Reading) => Throw | null;

/** What an event throws, by its definition. */
const THROW_READERS: Readonly<Partial<Record<EventDefinitionName, ThrowReader>>> = {
	messageEventDefinition: (definition, reading) => readName(definition, 'message', reading),
	signalEventDefinition: (definition, reading) => readName(definition, 'signal', reading),
	errorEventDefinition: (definition, reading) => readCode(definition, 'error', reading),
	escalationEventDefinition: (definition, reading) => readCode(definition, 'escalation', reading),
	compensateEventDefinition: (definition, reading) => ({
		kind: 'compensation',
		activity: attributeOf(definition, 'activityRef')?.trim() || null,
		waits: booleanAttribute(definition, 'waitForCompletion', reading) ?? true,
	}),
};

/** Null, and a problem noted, where it cannot be read. */
export function readThrow(definition: XmlElement, reading: Reading): Throw | null {
	return THROW_READERS[definition.name as EventDefinitionName]?.(definition, reading) ?? null;
}

function readName(definition: XmlElement, kind: 'message' | 'signal', reading: Reading): Throw | null {
	const name = nameOfEvent(definition, kind, reading);
	return name === null ? null : { kind, name };
}

function readCode(definition: XmlElement, kind: 'error' | 'escalation', reading: Reading): Throw | null {
	const found = codeOfEvent(definition, kind, reading);
	if (found === 'missing') return null;
	if (found.code !== null) return { kind, code: found.code };
	const missing = `What is thrown needs an \`${kind}Ref\` to an \`<${kind}>\` with an \`${kind}Code\`.`;
	reading.report('reference-missing', definition, missing);
	return null;
}
