/** The namespaces of everything that is read, on one line: the first line of the body is line 3 of the file. */
const NAMESPACES = [
	'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"',
	'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
	'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
	'xmlns:flowable="http://flowable.org/bpmn"',
	'xmlns:activiti="http://activiti.org/bpmn"',
	'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
	'xmlns:sendback="urn:sendback:bpmn:1"',
	'xmlns:other="http://example.com/other"',
].join(' ');

/** A file with one executable process of this content; its first line is line 3. */
export function processFile(body: string, attributes = ''): string {
	return file(`<process id="p" isExecutable="true" ${attributes}>\n${body}\n</process>`);
}

/** A file with this content; its first line is line 2. */
export function file(content: string, attributes = ''): string {
	return `<definitions ${NAMESPACES} targetNamespace="t" ${attributes}>\n${content}\n</definitions>`;
}

/** A process of start, one task and end; the task is line 3. */
export function taskFile(task: string, processAttributes = ''): string {
	const flows = '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>';
	return processFile(`${task}\n<startEvent id="s"/><endEvent id="e"/>${flows}`, processAttributes);
}
