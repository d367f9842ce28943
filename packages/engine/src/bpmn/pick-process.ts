import { booleanAttribute } from './elements/boolean-attribute.ts';
import type { Reading } from './reading.ts';
import { BPMN } from './xml/namespaces.ts';
import { childrenOf, type XmlElement } from './xml/xml-element.ts';

/**
 * The one process of a file that is run. Others may stand beside it for the picture, if they say that they are not
 * executable; a single one that says nothing is run, as Flowable does.
 */
export function pickProcess(definitions: XmlElement, reading: Reading): XmlElement | null {
	const processes = childrenOf(definitions, BPMN, 'process').map((element) => ({
		element,
		executable: booleanAttribute(element, 'isExecutable', reading),
	}));
	const executable = processes.filter((each) => each.executable === true);
	const silent = processes.filter((each) => each.executable === null);
	const [first, second] = executable.length > 0 ? executable : silent;
	if (first === undefined) {
		reading.report('process-missing', processes[0]?.element ?? definitions, 'Set `isExecutable="true"` on one.');
		return null;
	}
	if (second !== undefined) {
		reading.report('process-many', second.element, 'Only one can be deployed at a time.');
		return null;
	}
	if (first.executable === null) reading.report('executable-assumed', first.element, 'Set `isExecutable="true"`.');
	return first.element;
}
