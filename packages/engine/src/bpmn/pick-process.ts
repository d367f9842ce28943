import { booleanAttribute } from './elements/boolean-attribute.ts';
import type { Reading } from './reading.ts';
import { BPMN } from './xml/namespaces.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml/xml-element.ts';

/**
 * The one process of a file that is run: the only one that is executable, or of several the one that has the id of the
 * flow. Others may stand beside it for the picture; a single one that says nothing is run, as Flowable does.
 */
export function pickProcess(definitions: XmlElement, flowId: string | null, reading: Reading): XmlElement | null {
	const processes = childrenOf(definitions, BPMN, 'process').map((element) => ({
		element,
		executable: booleanAttribute(element, 'isExecutable', reading),
	}));
	const executable = processes.filter((each) => each.executable === true);
	const silent = processes.filter((each) => each.executable === null);
	const candidates = executable.length > 0 ? executable : silent;
	const named = candidates.filter(({ element }) => flowId !== null && attributeOf(element, 'id') === flowId);
	const [first, second] = named.length > 0 ? named : candidates;
	if (first === undefined) {
		reading.report('process-missing', processes[0]?.element ?? definitions, 'Set `isExecutable="true"` on one.');
		return null;
	}
	if (second !== undefined) {
		reading.report(
			'process-many',
			second.element,
			'Deploy the file once for each, as the flow that has the id of the process.',
		);
		return null;
	}
	if (first.executable === null) reading.report('executable-assumed', first.element, 'Set `isExecutable="true"`.');
	return first.element;
}
