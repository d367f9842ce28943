/** A BPMN file; what it is about begins in its third line. */
export const definitions = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sendback="urn:sendback:bpmn:1"
	xmlns:flowable="http://flowable.org/bpmn" id="d" targetNamespace="urn:test">${body}</definitions>`;

/** @param flows each `from->to`, with the id `from_to` */
export function flowsOf(...flows: readonly string[]) {
	return flows
		.map((flow) => flow.split('->'))
		.map(([from, to]) => `<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`)
		.join('');
}
