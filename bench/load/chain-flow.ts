/** The flow of all measurements: user tasks one after the other, each assigned to whom the instance names as approver. */
export const NAMESPACE = 'bench__c';

export interface ChainFlow {
	readonly id: string;
	readonly tasks: number;
}

export function chainFlow(tasks: number): ChainFlow {
	return { id: `chain_${tasks}`, tasks };
}

export function chainXml({ id, tasks }: ChainFlow): string {
	const nodes = ['start', ...Array.from({ length: tasks }, (_, index) => `task_${index + 1}`), 'end'];
	const flows = nodes.slice(1).map((node, index) => ({ id: `to_${node}`, from: nodes[index], to: node }));
	const userTasks = nodes
		.slice(1, -1)
		.map((node) => `<bpmn:userTask id="${node}" name="Approval ${node.slice(5)}" camunda:assignee="\${approver}" />`);
	return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="${id}_definitions" targetNamespace="urn:sendback:bench">
  <bpmn:process id="${id}" name="Chain of ${tasks}" isExecutable="true">
    <bpmn:startEvent id="start" name="Submit" />
    ${userTasks.join('\n    ')}
    <bpmn:endEvent id="end" name="Approved" />
    ${flows.map((flow) => `<bpmn:sequenceFlow id="${flow.id}" sourceRef="${flow.from}" targetRef="${flow.to}" />`).join('\n    ')}
  </bpmn:process>
</bpmn:definitions>
`;
}
