import type { Expression } from '../../expressions/expression.ts';
import type { FlowDraft } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { readFormalExpression } from './formal-expression.ts';

/** Reads a flow; `id` is the one it was given where it has none. Null where it has no ends. */
export function readSequenceFlow(element: XmlElement, id: string, reading: Reading): FlowDraft | null {
	const source = attributeOf(element, 'sourceRef')?.trim();
	const target = attributeOf(element, 'targetRef')?.trim();
	if (!source || !target) {
		reading.report('flow-end-invalid', element, 'It needs a `sourceRef` and a `targetRef`.');
		return null;
	}
	return { id, source, target, condition: readCondition(element, reading), element };
}

function readCondition(flow: XmlElement, reading: Reading): Expression | null {
	const [condition, second] = childrenOf(flow, BPMN, 'conditionExpression');
	if (second !== undefined) reading.report('not-bpmn', second, 'A flow has one condition at most.');
	if (condition === undefined || condition.text.trim() === '') return null;
	return readFormalExpression(condition, reading);
}
