import { isFeel } from '../bpmn/elements/formal-expression.ts';
import type { Reading } from '../bpmn/reading.ts';
import { attributeOf, childrenOf, type XmlElement } from '../bpmn/xml/xml-element.ts';
import type { Expression } from '../expressions/expression.ts';

/** The expression in an element; null, with a problem noted, where it cannot be read. */
export function readFeel(element: XmlElement, reading: Reading): Expression | null {
	return isInFeel(element, reading) ? reading.feel(element, textOf(element)) : null;
}

export function isInFeel(element: XmlElement, reading: Reading): boolean {
	for (const imported of childrenOf(element, element.namespace, 'importedValues'))
		reading.report('element-not-supported', imported, 'Nothing is imported.');
	const language = languageOf(element);
	if (language === '' || isFeel(language)) return true;
	reading.report('expression-language', element, `\`${language.slice(0, 60)}\` is not evaluated.`);
	return false;
}

/** Of the element, or else of the whole file. */
function languageOf(element: XmlElement): string {
	const own = attributeOf(element, 'expressionLanguage')?.trim() ?? '';
	if (own !== '') return own;
	let root = element;
	while (root.parent !== null) root = root.parent;
	return attributeOf(root, 'expressionLanguage')?.trim() ?? '';
}

export function textOf(element: XmlElement): string {
	const [text] = childrenOf(element, element.namespace, 'text');
	return text?.text.trim() ?? '';
}
