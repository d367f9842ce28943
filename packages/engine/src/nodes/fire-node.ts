import type { Node } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import type { Firing, Stop, View } from '../work.ts';
import { enterActivity } from './activity.ts';
import { fireThrowEvent, runAutomaticTask } from './automatic-tasks.ts';
import { enterCatchEvent, enterEventBasedGateway } from './catch-event.ts';
import { fireEnd, fireTerminateEnd } from './end-event.ts';
import { fireExclusiveGateway } from './exclusive-gateway.ts';
import { fireInclusiveGateway } from './inclusive-gateway.ts';
import { fireParallelGateway } from './parallel-gateway.ts';
import { firePassThrough } from './pass-through.ts';

/** What a node does with a token on one of its in-flows, or in a run of it that takes no time: a firing, or null while it has to wait. */
export function fireNode(view: View, node: Node, token: Token): Firing | Stop | null {
	switch (node.kind) {
		case 'passThrough':
			return firePassThrough(node, token);
		case 'userTask':
		case 'subProcess':
		case 'callActivity':
		case 'serviceTask':
		case 'receiveTask':
			return enterActivity(view, node, token);
		case 'scriptTask':
		case 'businessRuleTask':
		case 'sendTask':
			return node.loop === null || token.place.startsWith('active:')
				? runAutomaticTask(view, node, token)
				: enterActivity(view, node, token);
		case 'intermediateCatchEvent':
			return enterCatchEvent(view, node, token);
		case 'intermediateThrowEvent':
			return fireThrowEvent(view, node, token);
		case 'exclusiveGateway':
			return fireExclusiveGateway(view, node, token);
		case 'parallelGateway':
			return fireParallelGateway(view, node, token);
		case 'inclusiveGateway':
			return fireInclusiveGateway(view, node, token);
		case 'eventBasedGateway':
			return enterEventBasedGateway(view, node, token);
		case 'endEvent':
			return fireEnd(view, node, token);
		case 'terminateEndEvent':
			return fireTerminateEnd(view, node, token);
		case 'startEvent':
		case 'boundaryEvent':
		case 'eventSubProcess':
			throw new Error(`bug: ${node.kind} ${node.id} has an in-flow`);
	}
}
