import { boundaryEvent } from './boundary-event.ts';
import { businessRuleTask } from './business-rule-task.ts';
import { callActivity } from './call-activity.ts';
import { endEvent } from './end-event.ts';
import { eventBasedGateway, exclusiveGateway, inclusiveGateway, parallelGateway } from './gateways.ts';
import { intermediateCatchEvent, intermediateThrowEvent } from './intermediate-events.ts';
import { receiveTask, sendTask } from './message-tasks.ts';
import type { NodeReader } from './node-reader.ts';
import { passThroughTask } from './pass-through.ts';
import { scriptTask } from './script-task.ts';
import { serviceTask } from './service-task.ts';
import { startEvent } from './start-event.ts';
import { subProcess } from './sub-process.ts';
import { userTask } from './user-task.ts';

/** The flow nodes that are supported, by the name of their BPMN element. A new kind is a file and a line here. */
export const NODE_READERS: ReadonlyMap<string, NodeReader> = new Map([
	['startEvent', startEvent],
	['endEvent', endEvent],
	['intermediateCatchEvent', intermediateCatchEvent],
	['intermediateThrowEvent', intermediateThrowEvent],
	['boundaryEvent', boundaryEvent],
	['task', passThroughTask],
	['manualTask', passThroughTask],
	['userTask', userTask],
	['scriptTask', scriptTask],
	['businessRuleTask', businessRuleTask],
	['serviceTask', serviceTask],
	['sendTask', sendTask],
	['receiveTask', receiveTask],
	['callActivity', callActivity],
	['subProcess', subProcess],
	['exclusiveGateway', exclusiveGateway],
	['inclusiveGateway', inclusiveGateway],
	['parallelGateway', parallelGateway],
	['eventBasedGateway', eventBasedGateway],
]);

/** Why the others are not. */
export const UNSUPPORTED_NODES: ReadonlyMap<string, string> = new Map([
	['transaction', 'Transactions and their compensation are not supported.'],
	['adHocSubProcess', 'The order of its activities would be decided by people.'],
	['complexGateway', 'Use an inclusive gateway.'],
	['implicitThrowEvent', 'Nothing would throw it.'],
	['subChoreography', 'A choreography is not run by one engine.'],
	['choreographyTask', 'A choreography is not run by one engine.'],
	['callChoreography', 'A choreography is not run by one engine.'],
]);
