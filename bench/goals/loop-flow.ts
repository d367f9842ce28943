import { NAMESPACE } from '../load/chain-flow.ts';

/** Two tasks that are gone through again and again: the history grows and the live state does not. */
export const LOOP_FLOW = { namespace: NAMESPACE, id: 'loop' } as const;

export const LOOP_XML = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="loop_definitions" targetNamespace="urn:sendback:bench">
  <bpmn:process id="loop" name="Loop" isExecutable="true">
    <bpmn:startEvent id="start" name="Submit" />
    <bpmn:userTask id="a" name="Work" camunda:assignee="\${approver}" />
    <bpmn:userTask id="b" name="Check" camunda:assignee="\${approver}" />
    <bpmn:exclusiveGateway id="done" name="Done?" default="again" />
    <bpmn:endEvent id="end" name="Approved" />
    <bpmn:sequenceFlow id="to_a" sourceRef="start" targetRef="a" />
    <bpmn:sequenceFlow id="to_b" sourceRef="a" targetRef="b" />
    <bpmn:sequenceFlow id="to_done" sourceRef="b" targetRef="done" />
    <bpmn:sequenceFlow id="again" sourceRef="done" targetRef="a" />
    <bpmn:sequenceFlow id="finished" sourceRef="done" targetRef="end">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">= finished</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
  </bpmn:process>
</bpmn:definitions>
`;
