import type { Loop } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { readFormalExpression } from './formal-expression.ts';
import { readMultiInstance } from './multi-instance.ts';

/** How often an activity runs for one token; null: once. `refused`, and a problem noted, where it cannot be read. */
export function readLoop(activity: XmlElement, reading: Reading): Loop | null | 'refused' {
	const [multiple] = childrenOf(activity, BPMN, 'multiInstanceLoopCharacteristics');
	const [standard] = childrenOf(activity, BPMN, 'standardLoopCharacteristics');
	if (multiple !== undefined) return readMultiInstance(multiple, reading);
	return standard === undefined ? null : readStandardLoop(standard, reading);
}

function readStandardLoop(element: XmlElement, reading: Reading): Loop | 'refused' {
	const [written] = childrenOf(element, BPMN, 'loopCondition');
	const testBefore = booleanAttribute(element, 'testBefore', reading) ?? false;
	const condition = written === undefined ? null : readFormalExpression(written, reading);
	if (written !== undefined && condition === null) return 'refused';
	const maximum = attributeOf(element, 'loopMaximum')?.trim() ?? null;
	if (maximum !== null && !/^[1-9]\d{0,5}$/.test(maximum)) {
		reading.report('attribute-invalid', element, `\`loopMaximum\` is a number, not \`${maximum.slice(0, 60)}\`.`);
		return 'refused';
	}
	if (condition === null && maximum === null) {
		reading.report('loop-invalid', element, 'A loop needs a `loopCondition` or a `loopMaximum`, or it never ends.');
		return 'refused';
	}
	return { kind: 'standard', condition, testBefore, maximum: maximum === null ? null : Number(maximum) };
}
