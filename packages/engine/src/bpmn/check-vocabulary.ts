import { BpmnModdle, type Moddle, type ModdleWarning } from 'bpmn-moddle';
import { KNOWN_EXTENSION_ATTRIBUTES } from './extension-policy.ts';
import type { ModelProblemCode } from './model-problems.ts';
import type { Reading } from './reading.ts';
import { BPMN, XSI } from './xml/namespaces.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

/** A standard, as a library of the moddle family knows it. */
export interface Vocabulary {
	readonly moddle: Moddle;
	/** The namespace that the library knows. */
	readonly namespace: string;
	readonly rootType: string;
	/** What an element is reported as that the standard does not have there. */
	readonly foreign: ModelProblemCode;
}

export const BPMN_VOCABULARY: Vocabulary = {
	moddle: new BpmnModdle(),
	namespace: BPMN,
	rootType: 'bpmn:Definitions',
	foreign: 'not-bpmn',
};

/**
 * Reports what the library knows not to be of the standard: unknown elements and attributes, elements where they may
 * not be, references to nothing. It is given a copy of the document that holds the standard's only, one element a line
 * and numbered, for it keeps no positions, and its time grows with the square of what it complains about.
 */
export async function checkVocabulary(root: XmlElement, reading: Reading, vocabulary: Vocabulary): Promise<void> {
	const { moddle, rootType, foreign } = vocabulary;
	const elements: XmlElement[] = [];
	const copy: string[] = [];
	write(root, elements, copy, vocabulary);
	for (const element of elements) checkType(element, reading, foreign);
	try {
		const { warnings } = await moddle.fromXML(copy.join(''), rootType, { lax: false });
		for (const warning of warnings) reportWarning(warning, elements, root, reading, foreign);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		const line = Number(/line: (\d+)/.exec(error.message)?.[1] ?? 0);
		const element = elements[line] ?? root;
		reading.report(foreign, element, `\`<${element.qualifiedName}>\` may not stand here.`);
	}
}

function reportWarning(
	{ message, element: subject, property, value }: ModdleWarning,
	elements: readonly XmlElement[],
	root: XmlElement,
	reading: Reading,
	foreign: ModelProblemCode,
): void {
	const element = elements[Number(subject?.$attrs?.['n:n'] ?? 0)] ?? root;
	if (message.startsWith('unresolved reference')) {
		const target = String(value);
		if (MAY_LEAD_NOWHERE.has(property ?? '')) return;
		// A name with a prefix, such as the type `xsd:string`, may lie outside of the document.
		if (target.includes(':')) return;
		const shortened = property?.replace(/^\w+:/, '') ?? 'it';
		// It draws a line; what compensates whom is asked for where it matters (connect-compensation.ts).
		const code = element.name === 'association' ? 'association-dangling' : 'reference-unresolved';
		reading.report(code, element, `\`${shortened}\` names \`${target.slice(0, 60)}\`.`);
	} else if (message.startsWith('unknown attribute')) {
		const name = property ?? '';
		const code = KNOWN_EXTENSION_ATTRIBUTES.has(name) ? 'attribute-without-namespace' : 'attribute-unknown';
		reading.report(code, element, `\`${name.slice(0, 60)}\` of \`<${element.qualifiedName}>\`.`);
	} else reading.report(foreign, element, `\`<${element.qualifiedName}>\`: ${message.slice(0, 200)}`);
}

/** References that engines also read as something else: the code of an error or escalation, the name of a variable. */
const MAY_LEAD_NOWHERE: ReadonlySet<string> = new Set(['bpmn:errorRef', 'bpmn:escalationRef', 'bpmn:loopDataInputRef']);

/** Elements whose type is abstract, or has a subtype that says more: every expression. */
const EXPRESSIONS =
	/(Expression|Condition|Cardinality|^condition|^expression|^from|^to|^timeDate|^timeCycle|^timeDuration|^dataPath|^messagePath)$/;

/** An element is of its own type; another one would make it another element, which nobody would see. */
function checkType(element: XmlElement, reading: Reading, foreign: ModelProblemCode): void {
	const type = attributeOf(element, 'type', XSI)?.trim();
	if (type === undefined || isTypeOf(element, type)) return;
	reading.report(foreign, element, `\`xsi:type="${type.slice(0, 60)}"\` of \`<${element.qualifiedName}>\`.`);
}

function isTypeOf({ name }: XmlElement, written: string): boolean {
	const type = written.trim().replace(/^.*:/, '');
	const isExpression = type === 'tExpression' || type === 'tFormalExpression';
	return type === `t${name.charAt(0).toUpperCase()}${name.slice(1)}` || (isExpression && EXPRESSIONS.test(name));
}

/** Elements whose text is the id of another one. */
const REFERENCE = /^(incoming|outgoing|.*Refs?)$/;

function write(element: XmlElement, elements: XmlElement[], copy: string[], vocabulary: Vocabulary): void {
	const root = elements[0] ?? element;
	if (element.namespace !== root.namespace || element.name === 'extensionElements') return;
	copy.push(`${element === root ? '' : '\n'}<b:${element.name} n:n="${elements.length}"`);
	if (element === root) copy.push(` xmlns:b="${vocabulary.namespace}" xmlns:xsi="${XSI}" xmlns:n="urn:number"`);
	elements.push(element);
	for (const { namespace, name, value } of element.attributes) {
		if (namespace === '') copy.push(` ${name}="${escaped(value)}"`);
		else if (namespace === XSI && name === 'type' && isTypeOf(element, value))
			copy.push(` xsi:type="b:${escaped(value.replace(/^.*:/, ''))}"`);
	}
	copy.push('>');
	if (element.children.length === 0 && REFERENCE.test(element.name)) copy.push(escaped(element.text.trim()));
	for (const child of element.children) write(child, elements, copy, vocabulary);
	copy.push(`</b:${element.name}>`);
}

function escaped(text: string): string {
	return text.replace(/[&<>"\s]/g, (character) => `&#${character.charCodeAt(0)};`);
}
