import { isRejected, mergePasts } from './causality/past.ts';
import { endScope } from './end-scope.ts';
import { sizeOf, whyBeyondLimits } from './limits.ts';
import { required } from './lookup.ts';
import type { Node } from './model/process-model.ts';
import { runAutomaticTask, takesNoTime } from './nodes/automatic-tasks.ts';
import { catchCondition } from './nodes/catch-event.ts';
import { catchSignals } from './nodes/catch-signals.ts';
import { runsAgain } from './nodes/compensation.ts';
import { fireNode } from './nodes/fire-node.ts';
import { reject } from './rejections.ts';
import { nodeAt } from './scopes.ts';
import type { Token } from './state.ts';
import type { ScopeId } from './terms.ts';
import { type Firing, isStop, refused, type Stop, type View, type Work } from './work.ts';

/** A model that fires more than this in one command loops without a task; the command is refused whole. */
const FIRINGS_PER_COMMAND = 5_000;

/**
 * Runs on after a decision: fires whatever can fire without a person, until only open tasks and waiting tokens are left.
 * The order is fixed (oldest token first, inclusive joins last), so that the same log always comes out.
 */
export function run(work: Work): Stop | null {
	let written = 0;
	for (let fired = 0; fired < FIRINGS_PER_COMMAND; fired++) {
		const beyond = whyBeyondLimits(work, written);
		if (beyond !== null) return refused(beyond);
		const tooMuch = work.effort.whyTooMuch();
		if (tooMuch !== null) return tooMuch;
		if (work.state.status !== 'in_process') return null;
		const next = nextFiring(work);
		if (next === null) return null;
		if (isStop(next)) return next;
		const event = work.fire(next);
		written += sizeOf(event);
		const uncaught = catchSignals(work, event);
		if (uncaught !== null) return uncaught;
		if (endsProcess(next, work.model.id)) {
			work.record({ type: 'InstanceEnded', status: endStatus(next), user: null, opinion: '' });
		}
	}
	return refused(reject('run-limit', { limit: String(FIRINGS_PER_COMMAND) }));
}

function nextFiring(view: View): Firing | Stop | null {
	const waiting: [Node, Token][] = [];
	const asked: Asked = new Map();
	for (const token of Object.values(view.state.tokens)) {
		if (token.heldBy !== undefined) continue;
		const next = fireToken(view, token, waiting, asked);
		if (next !== null) return next;
	}
	const ended = endScope(view);
	if (ended !== null) return ended;
	// These look at where tokens are not, so their turn comes when everything else stands still.
	for (const [node, token] of waiting) {
		const next = runsAgain(view, token) ? null : fireNode(view, node, token);
		if (next !== null) return next;
	}
	return null;
}

function fireToken(view: View, token: Token, waiting: [Node, Token][], asked: Asked): Firing | Stop | null {
	if (token.arm?.kind === 'condition') return catchCondition(view, token);
	if (token.place.startsWith('active:')) return fireActive(view, token);
	if (!token.place.startsWith('flow:')) return null;
	const node = nodeAt(view, token);
	if (token.awaits === undefined) {
		if (wasAsked(asked, node, token)) return null;
		if (node.kind !== 'inclusiveGateway') return fireNode(view, node, token);
	}
	waiting.push([node, token]);
	return null;
}

/** Joins, each with the scopes that it was asked in. */
type Asked = Map<Node, Set<ScopeId>>;

/** What a join does is the same for whichever of its tokens it is asked for, and a thousand may wait there. */
function wasAsked(asked: Asked, node: Node, { scope }: Token): boolean {
	if (node.kind !== 'parallelGateway' && node.kind !== 'inclusiveGateway') return false;
	const scopes = asked.get(node) ?? new Set();
	if (scopes.has(scope)) return true;
	asked.set(node, scopes.add(scope));
	return false;
}

/** Any activity but one that takes no time waits for somebody, or for what is inside it. */
function fireActive(view: View, token: Token): Firing | Stop | null {
	const node = nodeAt(view, token);
	const scope = required(view.state.scopes, token.scope);
	return takesNoTime(node, scope) ? runAutomaticTask(view, node, token) : null;
}

/** The scope of the process has no host that would go on. */
function endsProcess({ kind, scope, node }: Firing, process: string): boolean {
	return scope === 0 && (kind === 'terminate' || (kind === 'finish' && node === process));
}

/** Agreed when people decided it and at no node the last word was no; completed when it just ran through. */
function endStatus(ended: Firing): 'agreed' | 'completed' {
	const decided = mergePasts(ended.consume).filter((entry) => entry.outcome !== 'start');
	return decided.length > 0 && !decided.some(isRejected) ? 'agreed' : 'completed';
}
