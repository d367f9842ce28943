import { BpmnModdle, type ModdleWarning } from 'bpmn-moddle';
import { KNOWN_EXTENSION_ATTRIBUTES } from './extension-policy.ts';
import type { Reading } from './reading.ts';
import { BPMN, XSI } from './xml/namespaces.ts';
import { attributeOf, type XmlElement } from './xml/xml-element.ts';

const moddle = new BpmnModdle();

/**
 * Reports what bpmn-moddle knows not to be BPMN 2.0: unknown elements and attributes, elements where they may not be,
 * references to nothing. It is given a copy of the document that holds BPMN only, one element a line and numbered, for
 * it keeps no positions, and its time grows with the square of what it complains about.
 */
export async function checkVocabulary(root: XmlElement, reading: Reading): Promise<void> {
	const elements: XmlElement[] = [];
	const copy: string[] = [];
	write(root, elements, copy);
	for (const element of elements) checkType(element, reading);
	try {
		const { warnings } = await moddle.fromXML(copy.join(''), 'bpmn:Definitions', { lax: false });
		for (const warning of warnings) reportWarning(warning, elements, root, reading);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		const line = Number(/line: (\d+)/.exec(error.message)?.[1] ?? 0);
		const element = elements[line] ?? root;
		reading.report('not-bpmn', element, `\`<${element.qualifiedName}>\` may not stand here.`);
	}
}

function reportWarning(
	{ message, element: subject, property, value }: ModdleWarning,
	elements: readonly XmlElement[],
	root: XmlElement,
	reading: Reading,
): void {
	const element = elements[Number(subject?.$attrs?.['n:n'] ?? 0)] ?? root;
	if (message.startsWith('unresolved reference')) {
		const target = String(value);
		if (MAY_LEAD_NOWHERE.has(property ?? '')) return;
		// A name with a prefix, such as the type `xsd:string`, may lie outside of the document.
		if (target.includes(':')) return;
		const shortened = property?.replace(/^\w+:/, '') ?? 'it';
		reading.report('reference-unresolved', element, `\`${shortened}\` names \`${target.slice(0, 60)}\`.`);
	} else if (message.startsWith('unknown attribute')) {
		const name = property ?? '';
		const code = KNOWN_EXTENSION_ATTRIBUTES.has(name) ? 'attribute-without-namespace' : 'attribute-unknown';
		reading.report(code, element, `\`${name.slice(0, 60)}\` of \`<${element.qualifiedName}>\`.`);
	} else reading.report('not-bpmn', element, `\`<${element.qualifiedName}>\`: ${message.slice(0, 200)}`);
}

/** References that engines also read as something else: the code of an error, the name of a variable. */
const MAY_LEAD_NOWHERE: ReadonlySet<string> = new Set(['bpmn:errorRef', 'bpmn:loopDataInputRef']);

/** Elements whose type is abstract, or has a subtype that says more: every expression. */
const EXPRESSIONS =
	/(Expression|Condition|Cardinality|^condition|^expression|^from|^to|^timeDate|^timeCycle|^timeDuration|^dataPath|^messagePath)$/;

/** An element is of its own type; another one would make it another element, which nobody would see. */
function checkType(element: XmlElement, reading: Reading): void {
	const type = attributeOf(element, 'type', XSI)?.trim();
	if (type === undefined || isTypeOf(element, type)) return;
	reading.report('not-bpmn', element, `\`xsi:type="${type.slice(0, 60)}"\` of \`<${element.qualifiedName}>\`.`);
}

function isTypeOf({ name }: XmlElement, written: string): boolean {
	const type = written.trim().replace(/^.*:/, '');
	const isExpression = type === 'tExpression' || type === 'tFormalExpression';
	return type === `t${name.charAt(0).toUpperCase()}${name.slice(1)}` || (isExpression && EXPRESSIONS.test(name));
}

/** Elements whose text is the id of another one. */
const REFERENCE = /^(incoming|outgoing|.*Refs?)$/;

function write(element: XmlElement, elements: XmlElement[], copy: string[]): void {
	if (element.namespace !== BPMN || element.name === 'extensionElements') return;
	const isRoot = elements.length === 0;
	copy.push(`${isRoot ? '' : '\n'}<b:${element.name} n:n="${elements.length}"`);
	if (isRoot) copy.push(` xmlns:b="${BPMN}" xmlns:xsi="${XSI}" xmlns:n="urn:number"`);
	elements.push(element);
	for (const { namespace, name, value } of element.attributes) {
		if (namespace === '') copy.push(` ${name}="${escaped(value)}"`);
		else if (namespace === XSI && name === 'type' && isTypeOf(element, value))
			copy.push(` xsi:type="b:${escaped(value.replace(/^.*:/, ''))}"`);
	}
	copy.push('>');
	if (element.children.length === 0 && REFERENCE.test(element.name)) copy.push(escaped(element.text.trim()));
	for (const child of element.children) write(child, elements, copy);
	copy.push(`</b:${element.name}>`);
}

function escaped(text: string): string {
	return text.replace(/[&<>"\s]/g, (character) => `&#${character.charCodeAt(0)};`);
}
