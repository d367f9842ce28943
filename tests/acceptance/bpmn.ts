/** BPMN files for tests, written from a short list of nodes and flows. */

const gateways: Readonly<Record<string, string>> = {
	and: 'parallelGateway',
	or: 'inclusiveGateway',
	xor: 'exclusiveGateway',
};

/** Attribute text of a user task; without it the task is for the initiator. */
export type Task = { readonly id: string; readonly attributes?: string };

/** A flow: from, to, and perhaps a FEEL condition; `default` marks the default flow of its source. */
export type Flow = readonly [from: string, to: string, condition?: string];

export interface Picture {
	readonly id: string;
	readonly tasks: readonly (string | Task)[];
	/** Gateways by kind, e.g. `{ split: 'and' }`. */
	readonly gateways?: Readonly<Record<string, 'and' | 'or' | 'xor'>>;
	readonly flows: readonly Flow[];
}

/** The XML of a process with a start event `start`, an end event `end`, and what the picture says. */
export function bpmn(picture: Picture): string {
	const flowId = (index: number) => `f${index}`;
	const tasks = picture.tasks.map((entry) => {
		const task = typeof entry === 'string' ? { id: entry } : entry;
		const attributes = 'attributes' in task ? task.attributes : 'sendback:assignees="1001"';
		return `<userTask id="${task.id}" name="Task ${task.id}" ${attributes}/>`;
	});
	const nodes = Object.entries(picture.gateways ?? {}).map(([id, kind]) => {
		const standard = picture.flows.findIndex(([from, , condition]) => from === id && condition === 'default');
		return `<${gateways[kind]} id="${id}"${standard < 0 ? '' : ` default="${flowId(standard)}"`}/>`;
	});
	const flows = picture.flows.map(([from, to, condition], index) => {
		const body =
			condition === undefined || condition === 'default'
				? ''
				: `<conditionExpression xsi:type="tFormalExpression">= ${condition.replaceAll('<', '&lt;')}</conditionExpression>`;
		return `<sequenceFlow id="${flowId(index)}" sourceRef="${from}" targetRef="${to}">${body}</sequenceFlow>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:sendback="urn:sendback:bpmn:1" id="defs" targetNamespace="urn:test">
<process id="${picture.id}" name="Flow ${picture.id}" isExecutable="true">
<startEvent id="start"/>
${[...tasks, ...nodes, ...flows].join('\n')}
<endEvent id="end"/>
</process>
</definitions>`;
}
