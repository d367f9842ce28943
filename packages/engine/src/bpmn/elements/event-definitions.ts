import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import type { XmlElement } from '../xml/xml-element.ts';

/** What an event can say of itself, by the name of the element; `cancel` is read nowhere. */
export const EVENT_DEFINITIONS = [
	'cancelEventDefinition',
	'compensateEventDefinition',
	'conditionalEventDefinition',
	'errorEventDefinition',
	'escalationEventDefinition',
	'linkEventDefinition',
	'messageEventDefinition',
	'signalEventDefinition',
	'terminateEventDefinition',
	'timerEventDefinition',
] as const;
export type EventDefinitionName = (typeof EVENT_DEFINITIONS)[number];

/**
 * The one definition of an event, if it is of those that it may have; null where it has none. `refused`, and a problem
 * noted, where it has another or several. `where` completes the sentence that says so.
 */
export function definitionOf(
	event: XmlElement,
	allowed: readonly EventDefinitionName[],
	where: string,
	reading: Reading,
): XmlElement | null | 'refused' {
	const [only, second] = event.children.filter((child) => child.namespace === BPMN && isDefinition(child.name));
	if (only === undefined) return null;
	if (second !== undefined) {
		reading.report('element-not-supported', second, 'An event has one definition at most.');
		return 'refused';
	}
	if (allowed.some((name) => name === only.name)) return only;
	reading.report('element-not-supported', only, `\`<${only.qualifiedName}>\` in ${where}.`);
	return 'refused';
}

function isDefinition(name: string): boolean {
	return EVENT_DEFINITIONS.some((each) => each === name);
}
