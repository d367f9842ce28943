import type { Loop, Throw, Trigger } from '../../src/model/process-model.ts';
import type { ElementId, NodeId } from '../../src/terms.ts';
import type {
	ActivityBlock,
	Block,
	Branch,
	Content,
	HandlerShape,
	LoopShape,
	Splitting,
	Tail,
	TriggerShape,
} from './blocks.ts';
import { choiceVariable, comparison, type Draft, number, text } from './draft.ts';
import { type Sketch, sketch } from './sketch.ts';

/** The one code of the errors and escalations of the generated models, and the name of their signals. */
const CODE = 'code';

export function drawProcess(content: Content, tail: Tail): Draft {
	const paper = sketch();
	drawContent(paper, content, tail);
	return paper.draft();
}

function drawContent(paper: Sketch, { body, handlers }: Content, tail: Tail): void {
	const last = draw(paper, body, paper.node('startEvent'));
	if (tail.kind === 'single') paper.chain(last, paper.node('endEvent'));
	else {
		const split = paper.node(tail.gateway);
		paper.chain(last, split);
		const shared = tail.shared ? paper.node('endEvent') : null;
		for (const branch of tail.branches) {
			paper.chain(drawBranch(paper, branch, split), shared ?? paper.node('endEvent'));
		}
	}
	for (const handler of handlers) drawHandler(paper, handler);
}

function drawHandler(paper: Sketch, { trigger, interrupting, body }: HandlerShape): void {
	const id = paper.node('eventSubProcess');
	paper.within(id, () => {
		const start = paper.node('startEvent', { trigger: triggerOf(trigger, id), interrupting });
		paper.chain(draw(paper, body, start), paper.node('endEvent'));
	});
}

/** Draws a block after a node and returns the last node of the block. */
function draw(paper: Sketch, block: Block, after: NodeId): NodeId {
	switch (block.kind) {
		case 'task':
			return paper.chain(after, paper.node('userTask'));
		case 'pass':
			return paper.chain(after, paper.node('passThrough'));
		case 'sequence':
			return block.parts.reduce((last, part) => draw(paper, part, last), after);
		case 'parallel':
			return drawBranches(paper, 'parallelGateway', block.branches, false, after);
		case 'exclusive':
			return drawBranches(paper, 'exclusiveGateway', block.branches, block.hasDefault, after);
		case 'inclusive':
			return drawBranches(paper, 'inclusiveGateway', block.branches, block.hasDefault, after);
		case 'loop': {
			const merge = paper.node('exclusiveGateway');
			const again = paper.node('exclusiveGateway', { hasDefault: block.hasDefault });
			paper.chain(after, merge);
			paper.chain(draw(paper, block.body, merge), again);
			paper.chain(drawBranch(paper, block.redo, again), merge);
			return again;
		}
		case 'stop': {
			const split = paper.node('exclusiveGateway', { hasDefault: block.hasDefault });
			paper.chain(after, split, paper.node('terminateEndEvent'));
			return split;
		}
		case 'fail': {
			const split = paper.node('exclusiveGateway', { hasDefault: block.hasDefault });
			paper.chain(after, split, paper.node('endEvent', { throws: { kind: 'error', code: CODE } }));
			return split;
		}
		case 'throw': {
			const throws: Throw =
				block.what === 'signal' ? { kind: 'signal', name: text(CODE) } : { kind: block.what, code: CODE };
			return paper.chain(after, paper.node('intermediateThrowEvent', { throws }));
		}
		case 'wait':
			return paper.chain(
				after,
				block.by === 'receiving' ? paper.node('receiveTask') : drawCatch(paper, block.by === 'timer'),
			);
		case 'race': {
			const gateway = paper.node('eventBasedGateway');
			const merge = paper.node('exclusiveGateway');
			paper.chain(after, gateway);
			block.branches.forEach((branch, position) => {
				const event = position % 3 === 2 ? paper.node('receiveTask') : drawCatch(paper, position % 3 === 0);
				paper.chain(drawBranch(paper, branch, paper.chain(gateway, event)), merge);
			});
			return merge;
		}
		case 'activity':
			return drawActivity(paper, block, after);
	}
}

function drawCatch(paper: Sketch, byTimer: boolean): NodeId {
	return paper.node('intermediateCatchEvent', byTimer ? { trigger: triggerOf('timer', '') } : {});
}

function drawActivity(paper: Sketch, { content, loop, events }: ActivityBlock, after: NodeId): NodeId {
	const id = paper.node(content === null ? 'userTask' : 'subProcess');
	if (loop !== null) paper.detail(id, { loop: loopOf(loop, id) });
	paper.chain(after, id);
	if (content !== null) paper.within(id, () => drawContent(paper, content, { kind: 'single' }));
	// Where it was interrupted, the process goes on behind it; what began beside it ends by itself.
	const merge = events.some(({ interrupting }) => interrupting) ? paper.chain(id, paper.node('exclusiveGateway')) : id;
	for (const { trigger, interrupting, path } of events) {
		const event = paper.node('boundaryEvent', { attachedTo: id, interrupting });
		paper.detail(event, { trigger: triggerOf(trigger, event) });
		paper.chain(drawBranch(paper, path, event), interrupting ? merge : paper.node('endEvent'));
	}
	return merge;
}

function drawBranches(
	paper: Sketch,
	kind: Splitting,
	branches: readonly Branch[],
	hasDefault: boolean,
	after: NodeId,
): NodeId {
	const split = paper.node(kind, { hasDefault });
	const join = paper.node(kind);
	paper.chain(after, split);
	for (const branch of branches) paper.chain(drawBranch(paper, branch, split), join);
	return join;
}

function drawBranch(paper: Sketch, branch: Branch, after: NodeId): NodeId {
	return branch === null ? after : draw(paper, branch, after);
}

function triggerOf(shape: TriggerShape, id: ElementId): Trigger {
	switch (shape) {
		case 'timer':
			return { kind: 'timer', timer: 'duration', when: text('PT1H') };
		case 'cycle':
			return { kind: 'timer', timer: 'cycle', when: text('R3/PT1H') };
		case 'message':
			return { kind: 'message', name: text(id), key: null };
		case 'signal':
			return { kind: 'signal', name: text(CODE) };
		default:
			return { kind: shape, code: CODE };
	}
}

function loopOf(shape: LoopShape, id: NodeId): Loop {
	if (shape.kind === 'standard') {
		const { kind, testBefore, maximum, byChoice } = shape;
		return { kind, condition: byChoice ? comparison(choiceVariable(id), '=', 1) : null, testBefore, maximum };
	}
	const { kind, count, enough } = shape;
	return {
		kind,
		cardinality: number(count),
		collection: null,
		elementVariable: null,
		completionCondition: enough === null ? null : comparison('nrOfCompletedInstances', '>=', enough),
	};
}
