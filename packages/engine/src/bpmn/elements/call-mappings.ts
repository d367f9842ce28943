import type { CallActivity, Mapping } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { BPMN, CLASSIC } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { classicAttribute, zeebeAttribute } from './extension-attributes.ts';

interface Mappings extends Pick<CallActivity, 'inputs' | 'outputs'> {
	readonly inputs: readonly Mapping[];
	readonly outputs: readonly Mapping[];
}

/**
 * What a call gives and takes. Where a model maps nothing, everything: an approval that loses its data is of no use, and
 * Camunda 8 does the same. Where it maps anything, just that, as in Camunda 7 and Flowable.
 */
export function readMappings(element: XmlElement, reading: Reading): Mappings {
	const inputs = readDirection(element, 'in', reading);
	const outputs = readDirection(element, 'out', reading);
	if (classicAttribute(element, 'inheritVariables') === 'true') {
		return { inputs: ['all', ...(inputs ?? [])], outputs: outputs ?? [] };
	}
	if (inputs !== null || outputs !== null) return { inputs: inputs ?? [], outputs: outputs ?? [] };
	return { inputs: propagated(element, 'Parent'), outputs: propagated(element, 'Child') };
}

/** Camunda 8 switches each direction off on its own. */
function propagated(element: XmlElement, whose: 'Parent' | 'Child'): readonly Mapping[] {
	return zeebeAttribute(element, 'calledElement', `propagateAll${whose}Variables`) === 'false' ? [] : ['all'];
}

/** Null where nothing is mapped in this direction. */
function readDirection(element: XmlElement, direction: 'in' | 'out', reading: Reading): readonly Mapping[] | null {
	const written = childrenOf(element, BPMN, 'extensionElements')
		.flatMap((extensions) => CLASSIC.flatMap((namespace) => childrenOf(extensions, namespace, direction)))
		// The business key is that of the instance, of which a called flow is a part.
		.filter((mapping) => attributeOf(mapping, 'businessKey') === null);
	if (written.length === 0) return null;
	for (const mapping of written) {
		if (attributeOf(mapping, 'local') !== 'true') continue;
		reading.report('extension-not-supported', mapping, '`local="true"`: variables have no such scope.');
	}
	return written.map((mapping) => readMapping(mapping, reading)).filter((mapping) => mapping !== null);
}

function readMapping(mapping: XmlElement, reading: Reading): Mapping | null {
	if (attributeOf(mapping, 'variables') === 'all') return 'all';
	const source = attributeOf(mapping, 'source')?.trim() ?? '';
	const expression = attributeOf(mapping, 'sourceExpression')?.trim() ?? '';
	const target = attributeOf(mapping, 'target')?.trim() ?? '';
	if (target === '' || (source === '') === (expression === '')) {
		const needs = 'It needs a `target`, and either a `source` or a `sourceExpression`';
		reading.report('attribute-invalid', mapping, `${needs}.`);
		return null;
	}
	reading.variable(mapping, target);
	if (expression === '') {
		const variable = reading.variable(mapping, source);
		return variable === null ? null : { source: variable, target };
	}
	const text = reading.text(mapping, expression);
	if (text === null) return null;
	return text.kind === 'expression' ? { source: text.expression, target } : { text, target };
}
