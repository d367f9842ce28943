import { mergePasts } from './causality/past.ts';
import { required } from './lookup.ts';
import type { InclusiveGateway, Node } from './model/process-model.ts';
import { fireNode } from './nodes/fire-node.ts';
import { reject } from './rejections.ts';
import type { Token } from './state.ts';
import { type Firing, isStop, refused, type Stop, type View, type Work } from './work.ts';

/** A model that fires more than this in one command loops without a task; the command is refused whole. */
const FIRINGS_PER_COMMAND = 5_000;

/**
 * Runs on after a decision: fires whatever can fire without a person, until only open tasks and waiting tokens are left.
 * The order is fixed (oldest token first, inclusive joins last), so that the same log always comes out.
 */
export function run(work: Work): Stop | null {
	for (let fired = 0; fired < FIRINGS_PER_COMMAND; fired++) {
		if (work.state.status !== 'in_process') return null;
		const next = nextFiring(work);
		if (next === null) return null;
		if (isStop(next)) return next;
		work.fire(next);
		if (next.kind === 'finish' || next.kind === 'terminate')
			work.record({ type: 'InstanceEnded', status: endStatus(next), user: null, opinion: '' });
	}
	return refused(reject('run-limit', { limit: String(FIRINGS_PER_COMMAND) }));
}

function nextFiring(view: View): Firing | Stop | null {
	const moving = Object.values(view.state.tokens).filter((token) => isMoving(token));
	const waiting: [InclusiveGateway, Token][] = [];
	for (const token of moving) {
		const node = targetOf(view, token);
		if (node.kind === 'inclusiveGateway') {
			waiting.push([node, token]);
			continue;
		}
		const next = fireNode(view, node, token);
		if (next !== null) return next;
	}
	// An inclusive join looks at where tokens are not, so its turn comes when everything else stands still.
	for (const [node, token] of waiting) {
		const next = fireNode(view, node, token);
		if (next !== null) return next;
	}
	return finishProcess(view);
}

function isMoving(token: Token): boolean {
	return token.place.startsWith('flow:') && token.heldBy === undefined;
}

function targetOf(view: View, token: Token): Node {
	const flow = required(view.model.flows, token.place.slice('flow:'.length));
	return required(view.model.nodes, flow.target);
}

/** The process is over when every token has reached an end event. */
function finishProcess(view: View): Firing | null {
	const tokens = Object.values(view.state.tokens);
	if (!tokens.every((token) => token.place.startsWith('sink:'))) return null;
	return { kind: 'finish', node: view.model.id, scope: 0, consume: tokens, produce: [] };
}

/** Agreed when people decided it and nobody's last word was no; completed when it just ran through. */
function endStatus(ended: Firing): 'agreed' | 'completed' {
	const decided = mergePasts(ended.consume).filter((entry) => entry.outcome !== 'start');
	return decided.length > 0 && decided.every((entry) => entry.outcome === 'agreed') ? 'agreed' : 'completed';
}
