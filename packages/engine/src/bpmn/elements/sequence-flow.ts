import type { Expression } from '../../expressions/expression.ts';
import type { FlowDraft } from '../drafts.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';

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
	const language = languageOf(condition);
	if (language !== 'unsupported') return reading.expression(condition, condition.text, language);
	const written = attributeOf(condition, 'language')?.slice(0, 60) ?? '';
	reading.report('condition-language', condition, `\`${written}\` is not supported.`);
	return null;
}

/** The language that unmarked conditions are in: FEEL where the condition, or else the whole file, names it. */
function languageOf(condition: XmlElement): 'feel' | 'unsupported' | null {
	const own = attributeOf(condition, 'language')?.trim() ?? '';
	if (own !== '') return isFeel(own) ? 'feel' : /^juel$/i.test(own) ? null : 'unsupported';
	let root = condition;
	while (root.parent !== null) root = root.parent;
	return isFeel(attributeOf(root, 'expressionLanguage')?.trim() ?? '') ? 'feel' : null;
}

/** `feel`, or the URI of one of its versions, such as `https://www.omg.org/spec/DMN/20191111/FEEL/`. */
function isFeel(language: string): boolean {
	return /^(feel|https?:\/\/www\.omg\.org\/spec\/DMN\/\d+\/FEEL\/?)$/i.test(language);
}
