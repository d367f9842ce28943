import type { NodeKind, ProcessModel } from '../../src/model/process-model.ts';
import type { NodeId } from '../../src/terms.ts';
import { build, type Draft } from './draft.ts';
import { sketch } from './sketch.ts';

/**
 * A process from chains of node ids, as 'Start A XorSplit B End', 'XorSplit C End'. The kind of a node follows from how
 * its id begins: Start, End, Stop (terminate), Pass, Xor, And, Or; every other node is a user task. The outgoing flows of
 * a node are in the order of the chains. A gateway marked `!` where it is first named has its last one as default flow.
 */
export function draw(...chains: readonly string[]): ProcessModel {
	return build(drawDraft(...chains));
}

function drawDraft(...chains: readonly string[]): Draft {
	const paper = sketch();
	const known = new Set<NodeId>();
	for (const chain of chains) {
		const ids = chain.split(' ').map((word) => {
			const id = word.replace('!', '');
			if (!known.has(id)) paper.node(kindOf(id), { id, ...(word.endsWith('!') ? { hasDefault: true } : {}) });
			known.add(id);
			return id;
		});
		const [first, ...others] = ids;
		if (first !== undefined) paper.chain(first, ...others);
	}
	return paper.draft();
}

const KINDS: readonly (readonly [string, NodeKind])[] = [
	['Start', 'startEvent'],
	['End', 'endEvent'],
	['Stop', 'terminateEndEvent'],
	['Pass', 'passThrough'],
	['Xor', 'exclusiveGateway'],
	['And', 'parallelGateway'],
	['Or', 'inclusiveGateway'],
];

function kindOf(id: NodeId): NodeKind {
	return KINDS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'userTask';
}
