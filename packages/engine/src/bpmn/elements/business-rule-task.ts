import type { DecisionMapping, Loop } from '../../model/process-model.ts';
import type { NodeBody } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { checkActivityAttributes } from './activity-attributes.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { classicAttribute, sendbackAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readExternalWork } from './external-work.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';
import { readVersion } from './read-version.ts';

/** Takes a decision; with a topic it is work for an external worker. */
export const businessRuleTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		const loop = readLoop(element, reading);
		const work = readExternalWork(element, reading);
		if (work === 'refused' || loop === 'refused') return null;
		if (work !== null) return { kind: 'serviceTask', loop, ...work };
		return readDecisionTask(element, loop, reading);
	},
};

function readDecisionTask(element: XmlElement, loop: Loop | null, reading: Reading): NodeBody | null {
	const named =
		sendbackAttribute(element, 'decision') ??
		zeebeAttribute(element, 'calledDecision', 'decisionId') ??
		classicAttribute(element, 'decisionRef');
	if (named === null) {
		reading.report('reference-missing', element, 'Name a decision, such as `sendback:decision="limits"`.');
		return null;
	}
	const decision = reading.text(element, named);
	const binding =
		classicAttribute(element, 'decisionRefBinding') ?? zeebeAttribute(element, 'calledDecision', 'bindingType');
	const version = readVersion(element, binding, 'decisionRefVersion', reading);
	const result = readResult(element, reading);
	return decision === null ? null : { kind: 'businessRuleTask', loop, decision, version, result };
}

/** Camunda 7 has the rows unless the model says otherwise; Camunda 8 and we have what DMN has. */
function readResult(element: XmlElement, reading: Reading): DecisionMapping {
	const name =
		sendbackAttribute(element, 'resultVariable') ??
		zeebeAttribute(element, 'calledDecision', 'resultVariable') ??
		classicAttribute(element, 'resultVariable');
	if (name !== null) reading.variable(element, name);
	const isOfCamunda7 = classicAttribute(element, 'decisionRef') !== null;
	const written = classicAttribute(element, 'mapDecisionResult') ?? (isOfCamunda7 ? 'resultList' : 'value');
	const as = MAPPINGS.find((each) => each === written);
	if (as === undefined)
		reading.report('extension-not-supported', element, `\`mapDecisionResult="${written.slice(0, 60)}"\`.`);
	return { kind: 'variable', name, as: as ?? 'value' };
}

const MAPPINGS = ['value', 'singleEntry', 'singleResult', 'collectEntries', 'resultList'] as const;
