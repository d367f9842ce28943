import { foldConstant } from '../../expressions/fold-constant.ts';
import type { Trigger } from '../../model/process-model.ts';
import type { ScopeDraft } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import { CLASSIC } from '../xml/namespaces.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { definitionOf, EVENT_DEFINITIONS, type EventDefinitionName } from './event-definitions.ts';
import type { NodeReader } from './node-reader.ts';
import { scopeKindOf } from './sub-process.ts';
import { readTrigger } from './triggers.ts';

/** The variable that holds who started the instance; it exists without being declared. */
const INITIATOR = 'initiator';

/** What may begin a scope, by its kind. */
const BEGINNINGS: Readonly<
	Record<ScopeDraft['kind'], { readonly where: string; readonly allowed: readonly EventDefinitionName[] }>
> = {
	process: {
		where: 'the start event of a process',
		allowed: ['messageEventDefinition', 'signalEventDefinition', 'timerEventDefinition'],
	},
	subProcess: { where: 'the start event of an embedded subprocess', allowed: [] },
	eventSubProcess: {
		where: 'the start event of an event subprocess',
		allowed: [
			'messageEventDefinition',
			'signalEventDefinition',
			'timerEventDefinition',
			'conditionalEventDefinition',
			'errorEventDefinition',
			'escalationEventDefinition',
		],
	},
};

export const startEvent: NodeReader = {
	children: ['dataOutput', 'dataOutputAssociation', 'outputSet', ...EVENT_DEFINITIONS],
	hasDefault: false,
	read: (element, reading) => {
		checkInitiator(element, reading);
		const scope = element.parent === null ? 'process' : scopeKindOf(element.parent);
		const { where, allowed } = BEGINNINGS[scope];
		const definition = definitionOf(element, allowed, where, reading);
		if (definition === 'refused') return null;
		if (definition === null) {
			if (scope !== 'eventSubProcess') return { kind: 'startEvent', trigger: null, interrupting: true };
			reading.report('event-definition-missing', element, 'An event subprocess begins with an event.');
			return null;
		}
		const trigger = readTrigger(definition, reading);
		if (trigger === null) return null;
		if (scope === 'process') {
			return { kind: 'startEvent', trigger: beginningOf(trigger, definition, reading), interrupting: true };
		}
		return { kind: 'startEvent', trigger, interrupting: interruptingOf(element, 'isInterrupting', trigger, reading) };
	},
};

/** What begins a process is known before any instance has data: it is a plain text, and has no key to compare. */
function beginningOf(trigger: Trigger, definition: XmlElement, reading: Reading): Trigger {
	const known = 'name' in trigger ? { ...trigger, name: foldConstant(trigger.name) } : trigger;
	const text = known.kind === 'timer' ? known.when : 'name' in known ? known.name : null;
	if (text !== null && text.kind !== 'literal') {
		const detail = 'What begins a process is a plain text: there are no variables before.';
		reading.report('expression-invalid', definition, detail);
	}
	return known.kind === 'message' ? { ...known, key: null } : known;
}

/** Whether an event ends what it is at. An error always does: what threw it does not go on. */
export function interruptingOf(
	element: XmlElement,
	attribute: 'isInterrupting' | 'cancelActivity',
	trigger: Trigger,
	reading: Reading,
): boolean {
	const interrupting = booleanAttribute(element, attribute, reading) ?? true;
	if (!interrupting && trigger.kind === 'error') {
		reading.report('attribute-not-supported', element, `\`${attribute}="false"\`: an error always interrupts.`);
	}
	return interrupting;
}

function checkInitiator(element: XmlElement, reading: Reading): void {
	for (const namespace of CLASSIC) {
		const variable = attributeOf(element, 'initiator', namespace)?.trim() || INITIATOR;
		if (variable === INITIATOR) continue;
		reading.report('extension-not-supported', element, `The initiator is always in the variable \`${INITIATOR}\`.`);
	}
}
