import { parseModel } from '../../src/bpmn/parse-model.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';

/** A process from the inside of its XML; `roots` are elements beside it (messages, signals, errors). */
export async function readModel(body: string, roots = ''): Promise<ProcessModel> {
	const xml = `<?xml version="1.0" encoding="UTF-8"?>
		<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
			xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:sendback="urn:sendback:bpmn:1"
			xmlns:flowable="http://flowable.org/bpmn" targetNamespace="test">
			${roots}
			<process id="process" isExecutable="true">${body}</process>
		</definitions>`;
	const parsed = await parseModel(xml);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
	return parsed.model;
}

/** `A -> B` as sequence flows, several a line apart by commas; with a condition `X -[a = 1]-> B`. */
export function arrows(text: string): string {
	return text
		.split(',')
		.map((arrow) => {
			const [, source, condition, target] = /^\s*(\w+)\s*-(?:\[(.*?)\]-)?>\s*(\w+)\s*$/.exec(arrow) ?? [];
			if (source === undefined || target === undefined) throw new Error(`not an arrow: ${arrow}`);
			const inner =
				condition === undefined
					? ''
					: `<conditionExpression xsi:type="tFormalExpression">= ${condition}</conditionExpression>`;
			return `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
		})
		.join('');
}

/** User tasks of `alpha` with these ids. */
export function userTasks(...ids: readonly string[]): string {
	return ids.map((id) => `<userTask id="${id}" camunda:assignee="alpha"/>`).join('');
}
