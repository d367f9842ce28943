import type { Loop } from '../../model/process-model.ts';
import type { NodeBody } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import { BPMN, CLASSIC } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';

/** Flowable writes a decision task as a service task of the type `dmn`, with fields. */
export function readFlowableDecision(element: XmlElement, loop: Loop | null, reading: Reading): NodeBody | null {
	const named = fieldOf(element, 'decisionTableReferenceKey');
	if (named === null) {
		reading.report('reference-missing', element, 'The field `decisionTableReferenceKey` names the decision.');
		return null;
	}
	const decision = reading.text(element, named);
	const needsHit = fieldOf(element, 'decisionTaskThrowErrorOnNoHits') ?? 'false';
	if (needsHit !== 'true' && needsHit !== 'false') {
		const written = `\`decisionTaskThrowErrorOnNoHits\` is \`${needsHit.slice(0, 60)}\``;
		reading.report('extension-not-supported', element, `${written}; write \`true\` or \`false\`.`);
	}
	if (decision === null) return null;
	const result = { kind: 'outputs', needsHit: needsHit === 'true' } as const;
	return { kind: 'businessRuleTask', loop, decision, version: null, result };
}

/** Other work than decisions has no use for them. */
export function warnOfFields(element: XmlElement, reading: Reading): void {
	const [field] = fieldsOf(element);
	if (field !== undefined) reading.report('extension-ignored', field, `\`<${field.qualifiedName}>\`.`);
}

/** The value of a field, which has three ways to be written; null where it is absent or blank. */
function fieldOf(element: XmlElement, name: string): string | null {
	const field = fieldsOf(element).find((each) => attributeOf(each, 'name') === name);
	if (field === undefined) return null;
	const texts = field.children.filter((child) => child.name === 'string' || child.name === 'expression');
	const written = attributeOf(field, 'stringValue') ?? attributeOf(field, 'expression') ?? texts[0]?.text;
	return written?.trim() || null;
}

function fieldsOf(element: XmlElement): readonly XmlElement[] {
	return childrenOf(element, BPMN, 'extensionElements').flatMap((extensions) =>
		CLASSIC.flatMap((namespace) => childrenOf(extensions, namespace, 'field')),
	);
}
