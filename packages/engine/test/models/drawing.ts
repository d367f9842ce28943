import type { NodeKind, ProcessModel } from '../../src/model/process-model.ts';
import type { ElementId, NodeId } from '../../src/terms.ts';
import { build, type Draft, type DraftDetails, PROCESS_ID } from './draft.ts';
import { sketch } from './sketch.ts';

/**
 * A process from chains of node ids, as 'Start A XorSplit B End', 'XorSplit C End'. The kind of a node follows from how
 * its id begins, see KINDS; every other node is a user task. The outgoing flows of a node are in the order of the
 * chains. A gateway marked `!` where it is first named has its last one as default flow.
 */
export function draw(...chains: readonly string[]): ProcessModel {
	return build(drawScopes({ [PROCESS_ID]: chains }));
}

/** As draw, with chains for each subprocess, event subprocess and the process itself, and details by node id. */
export function drawNested(
	chains: Readonly<Record<ElementId, readonly string[]>>,
	details: Readonly<Record<NodeId, DraftDetails>> = {},
): ProcessModel {
	return build(drawScopes(chains, details));
}

function drawScopes(
	chains: Readonly<Record<ElementId, readonly string[]>>,
	details: Readonly<Record<NodeId, DraftDetails>> = {},
): Draft {
	const paper = sketch();
	const known = new Set<NodeId>();
	for (const [scope, lines] of Object.entries(chains)) {
		for (const line of lines) {
			const ids = line.split(' ').map((word) => {
				const id = word.replace('!', '');
				const own = { id, ...(scope === PROCESS_ID ? {} : { parent: scope }), ...details[id] };
				if (!known.has(id)) paper.node(kindOf(id), { ...own, ...(word.endsWith('!') ? { hasDefault: true } : {}) });
				known.add(id);
				return id;
			});
			const [first, ...others] = ids;
			if (first !== undefined) paper.chain(first, ...others);
		}
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
	['Gate', 'eventBasedGateway'],
	['Catch', 'intermediateCatchEvent'],
	['Throw', 'intermediateThrowEvent'],
	['On', 'boundaryEvent'],
	['Sub', 'subProcess'],
	['Handler', 'eventSubProcess'],
	['Call', 'callActivity'],
	['Script', 'scriptTask'],
	['Rule', 'businessRuleTask'],
	['Job', 'serviceTask'],
	['Send', 'sendTask'],
	['Receive', 'receiveTask'],
];

function kindOf(id: NodeId): NodeKind {
	return KINDS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'userTask';
}
