import type { Expression } from '../../expressions/expression.ts';
import type { Reading } from '../reading.ts';
import { attributeOf, type XmlElement } from '../xml/xml-element.ts';

/** The expression that is the text of an element; null, and a problem noted, where it cannot be read. */
export function readFormalExpression(element: XmlElement, reading: Reading): Expression | null {
	const language = languageOf(element);
	if (language !== 'unsupported') return reading.expression(element, element.text, language);
	const written = attributeOf(element, 'language')?.slice(0, 60) ?? '';
	reading.report('condition-language', element, `\`${written}\` is not supported.`);
	return null;
}

/** An expression, or a plain number. */
export function readCount(element: XmlElement, reading: Reading): Expression | null {
	if (/^\s*\d+\s*$/.test(element.text)) return reading.expression(element, element.text, 'feel');
	return readFormalExpression(element, reading);
}

/** The language that unmarked expressions are in: FEEL where the element, or else the whole file, names it. */
function languageOf(element: XmlElement): 'feel' | 'unsupported' | null {
	const own = attributeOf(element, 'language')?.trim() ?? '';
	if (own !== '') return isFeel(own) ? 'feel' : /^juel$/i.test(own) ? null : 'unsupported';
	let root = element;
	while (root.parent !== null) root = root.parent;
	return isFeel(attributeOf(root, 'expressionLanguage')?.trim() ?? '') ? 'feel' : null;
}

/** `feel`, or the URI of one of its versions: `https://www.omg.org/spec/DMN/20191111/FEEL/`, `…/spec/FEEL/20140401`. */
export function isFeel(language: string): boolean {
	return /^(feel|https?:\/\/www\.omg\.org\/spec\/(DMN\/\d+\/FEEL|FEEL\/\d+)\/?)$/i.test(language);
}
