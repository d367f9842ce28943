import { endEvent } from './end-event.ts';
import { exclusiveGateway, inclusiveGateway, parallelGateway } from './gateways.ts';
import type { NodeReader } from './node-reader.ts';
import { noneThrowEvent, passThroughTask } from './pass-through.ts';
import { startEvent } from './start-event.ts';
import { userTask } from './user-task.ts';

/** The flow nodes that are supported, by the name of their BPMN element. A new kind is a file and a line here. */
export const NODE_READERS: ReadonlyMap<string, NodeReader> = new Map([
	['startEvent', startEvent],
	['endEvent', endEvent],
	['intermediateThrowEvent', noneThrowEvent],
	['task', passThroughTask],
	['manualTask', passThroughTask],
	['userTask', userTask],
	['exclusiveGateway', exclusiveGateway],
	['inclusiveGateway', inclusiveGateway],
	['parallelGateway', parallelGateway],
]);
