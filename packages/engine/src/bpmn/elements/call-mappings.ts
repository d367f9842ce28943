import type { CallActivity, Mapping } from '../../model/process-model.ts';
import type { Reading } from '../reading.ts';
import { BPMN, CLASSIC } from '../xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from '../xml/xml-element.ts';
import { classicAttribute, zeebeAttribute } from './extension-attributes.ts';

type Mappings = Pick<CallActivity, 'inputs' | 'outputs'>;

/**
 * What a call gives and takes. Where a model maps nothing, everything: an approval that loses its data is of no use, and
 * Camunda 8 does the same. Where it maps anything, just that, as in Camunda 7 and Flowable.
 */
export function readMappings(element: XmlElement, reading: Reading): Mappings {
	const inputs = readDirection(element, 'in', reading);
	const outputs = readDirection(element, 'out', reading);
	if (classicAttribute(element, 'inheritVariables') === 'true') {
		if (inputs !== null) refuseMixture(element, reading);
		return { inputs: 'all', outputs: outputs ?? [] };
	}
	if (inputs !== null || outputs !== null) return { inputs: inputs ?? [], outputs: outputs ?? [] };
	return { inputs: propagated(element, 'Parent'), outputs: propagated(element, 'Child') };
}

/** Camunda 8 switches each direction off on its own. */
function propagated(element: XmlElement, whose: 'Parent' | 'Child'): 'all' | [] {
	return zeebeAttribute(element, 'calledElement', `propagateAll${whose}Variables`) === 'false' ? [] : 'all';
}

/** Null where nothing is mapped in this direction. */
function readDirection(element: XmlElement, direction: 'in' | 'out', reading: Reading): Mappings['inputs'] | null {
	const written = childrenOf(element, BPMN, 'extensionElements')
		.flatMap((extensions) => CLASSIC.flatMap((namespace) => childrenOf(extensions, namespace, direction)))
		// The business key is that of the instance, of which a called flow is a part.
		.filter((mapping) => attributeOf(mapping, 'businessKey') === null);
	if (written.length === 0) return null;
	for (const mapping of written) {
		if (attributeOf(mapping, 'local') !== 'true') continue;
		reading.report('extension-not-supported', mapping, '`local="true"`: variables have no such scope.');
	}
	const all = written.find((mapping) => attributeOf(mapping, 'variables') === 'all');
	if (all !== undefined) {
		if (written.length > 1) refuseMixture(all, reading);
		return 'all';
	}
	return written.map((mapping) => readMapping(mapping, reading)).filter((mapping) => mapping !== null);
}

function readMapping(mapping: XmlElement, reading: Reading): Mapping | null {
	const source = attributeOf(mapping, 'source')?.trim() ?? '';
	const expression = attributeOf(mapping, 'sourceExpression')?.trim() ?? '';
	const target = attributeOf(mapping, 'target')?.trim() ?? '';
	if (target === '' || (source === '') === (expression === '')) {
		const needs = 'It needs a `target`, and either a `source` or a `sourceExpression`';
		reading.report('attribute-invalid', mapping, `${needs}.`);
		return null;
	}
	reading.variable(mapping, target);
	const value = expression === '' ? reading.variable(mapping, source) : reading.expression(mapping, expression, null);
	return value === null ? null : { source: value, target };
}

function refuseMixture(element: XmlElement, reading: Reading): void {
	reading.report('extension-not-supported', element, 'All variables are passed, or some by name, but not both.');
}
