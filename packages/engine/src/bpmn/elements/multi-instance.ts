import type { Expression } from '../../expressions/expression.ts';
import type { Loop } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { BPMN } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { classicAttribute, zeebeAttribute } from './extension-attributes.ts';
import { readCount, readFormalExpression } from './formal-expression.ts';

/** In which each run finds its number; other engines let a model name it. */
const COUNTER = 'loopCounter';

/** Elements that collect a result of each run, or throw events for them. */
const REFUSED: readonly string[] = [
	'loopDataOutputRef',
	'outputDataItem',
	'complexBehaviorDefinition',
	'oneBehaviorEventRef',
	'noneBehaviorEventRef',
];

/** `refused`, and a problem noted, where it cannot be read. */
export function readMultiInstance(element: XmlElement, reading: Reading): Loop | 'refused' {
	const problems = reading.errors.length;
	checkAttributes(element, reading);
	const cardinality = readChild(element, 'loopCardinality', readCount, reading);
	const collection = readCollection(element, reading);
	const completionCondition = readChild(element, 'completionCondition', readFormalExpression, reading);
	const elementVariable = elementVariableOf(element);
	if (elementVariable !== null) reading.variable(element, elementVariable);
	if (reading.errors.length > problems) return 'refused';
	if ((cardinality === null) === (collection === null)) {
		reading.report('loop-invalid', element, 'Several instances need either a `loopCardinality` or a collection.');
		return 'refused';
	}
	const kind = booleanAttribute(element, 'isSequential', reading) === true ? 'sequential' : 'parallel';
	return { kind, cardinality, collection, elementVariable, completionCondition };
}

function checkAttributes(element: XmlElement, reading: Reading): void {
	const behavior = attributeOf(element, 'behavior')?.trim() ?? 'All';
	if (behavior !== 'All')
		reading.report('attribute-not-supported', element, `\`behavior="${behavior.slice(0, 60)}"\`.`);
	const counter = classicAttribute(element, 'elementIndexVariable') ?? COUNTER;
	if (counter !== COUNTER) {
		const detail = `The number of a run is always in \`${COUNTER}\`, not in \`${counter.slice(0, 60)}\`.`;
		reading.report('extension-not-supported', element, detail);
	}
	for (const name of ['outputCollection', 'outputElement']) {
		if (zeebeAttribute(element, 'loopCharacteristics', name) === null) continue;
		reading.report('extension-not-supported', element, `\`${name}\`: results of instances are not collected.`);
	}
	for (const child of element.children) {
		if (child.namespace !== BPMN || !REFUSED.includes(child.name)) continue;
		const where = `\`<${child.qualifiedName}>\` in \`<${element.qualifiedName}>\``;
		reading.report('element-not-supported', child, `${where}: results of instances are not collected.`);
	}
}

function readChild(
	element: XmlElement,
	name: string,
	read: (child: XmlElement, reading: Reading) => Expression | null,
	reading: Reading,
): Expression | null {
	const [child] = childrenOf(element, BPMN, name);
	return child === undefined || child.text.trim() === '' ? null : read(child, reading);
}

/** An expression, or the name of a variable; `loopDataInputRef` too is read as a name, as other engines do. */
function readCollection(element: XmlElement, reading: Reading): Expression | null {
	const [input] = childrenOf(element, BPMN, 'loopDataInputRef');
	const written =
		classicAttribute(element, 'collection') ??
		zeebeAttribute(element, 'loopCharacteristics', 'inputCollection') ??
		(input?.text.trim() || null);
	if (written === null) return null;
	const isExpression = /^\s*(=|[$#]\{)/.test(written);
	return isExpression ? reading.expression(element, written, null) : reading.variable(element, written);
}

function elementVariableOf(element: XmlElement): string | null {
	const [item] = childrenOf(element, BPMN, 'inputDataItem');
	return (
		classicAttribute(element, 'elementVariable') ??
		zeebeAttribute(element, 'loopCharacteristics', 'inputElement') ??
		(item === undefined ? null : attributeOf(item, 'name')?.trim() || attributeOf(item, 'id'))
	);
}
