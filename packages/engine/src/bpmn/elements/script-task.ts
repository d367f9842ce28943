import type { Expression } from '../../expressions/expression.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { checkActivityAttributes } from './activity-attributes.ts';
import { ACTIVITY_CHILDREN, LOOP_CHILDREN } from './common-children.ts';
import { classicAttribute, sendbackAttribute, zeebeAttribute } from './extension-attributes.ts';
import { isFeel } from './formal-expression.ts';
import { readLoop } from './loop.ts';
import type { NodeReader } from './node-reader.ts';

export const scriptTask: NodeReader = {
	children: [...ACTIVITY_CHILDREN, ...LOOP_CHILDREN, 'script'],
	hasDefault: true,
	read: (element, reading) => {
		checkActivityAttributes(element, reading);
		const script = readScript(element, reading);
		const resultVariable =
			sendbackAttribute(element, 'resultVariable') ??
			zeebeAttribute(element, 'script', 'resultVariable') ??
			classicAttribute(element, 'resultVariable');
		if (resultVariable !== null) reading.variable(element, resultVariable);
		const loop = readLoop(element, reading);
		return script === null || loop === 'refused' ? null : { kind: 'scriptTask', loop, script, resultVariable };
	},
};

/** FEEL, or `${…}` of JUEL as everywhere: whatever else a script is written in would run with the rights of the server. */
function readScript(element: XmlElement, reading: Reading): Expression | null {
	const expression = zeebeAttribute(element, 'script', 'expression');
	if (expression !== null) return reading.expression(element, expression, 'feel');
	const format = attributeOf(element, 'scriptFormat')?.trim() ?? '';
	const [script] = childrenOf(element, BPMN, 'script');
	const source = script?.text ?? '';
	if (format.toLowerCase() === 'juel') return reading.expression(script ?? element, source.trim(), null);
	if (!isFeel(format)) {
		const written = format === '' ? 'It names no `scriptFormat`' : `\`${format.slice(0, 60)}\` is not run`;
		reading.report('script-language', element, `${written}; write \`scriptFormat="feel"\` or \`"juel"\`.`);
		return null;
	}
	return reading.expression(script ?? element, source, 'feel');
}
