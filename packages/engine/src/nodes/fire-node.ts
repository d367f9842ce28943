import type { Node } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import type { Firing, Stop, View } from '../work.ts';
import { fireEnd, fireTerminateEnd } from './end-event.ts';
import { fireExclusiveGateway } from './exclusive-gateway.ts';
import { fireInclusiveGateway } from './inclusive-gateway.ts';
import { fireParallelGateway } from './parallel-gateway.ts';
import { firePassThrough } from './pass-through.ts';
import { enterUserTask } from './user-task.ts';

/** What a node does with a token on one of its in-flows: a firing, or null while it has to wait. */
export function fireNode(view: View, node: Node, token: Token): Firing | Stop | null {
	switch (node.kind) {
		case 'passThrough':
			return firePassThrough(node, token);
		case 'userTask':
			return enterUserTask(view, node, token);
		case 'exclusiveGateway':
			return fireExclusiveGateway(view, node, token);
		case 'parallelGateway':
			return fireParallelGateway(view, node, token);
		case 'inclusiveGateway':
			return fireInclusiveGateway(view, node, token);
		case 'endEvent':
			return fireEnd(node, token);
		case 'terminateEndEvent':
			return fireTerminateEnd(view, node, token);
		case 'startEvent':
			throw new Error(`bug: start event ${node.id} has an in-flow`);
	}
}
