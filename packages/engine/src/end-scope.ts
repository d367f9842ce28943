import { required } from './lookup.ts';
import { endOfActivity } from './nodes/activity.ts';
import { outputsOf } from './nodes/call-activity.ts';
import { advanceCompensation } from './nodes/compensation.ts';
import { advanceLoop } from './nodes/loop.ts';
import { contentsByScope, type DirectContents, nodeAt } from './scopes.ts';
import type { Scope, Token } from './state.ts';
import { type Firing, isStop, type Stop, type View } from './work.ts';

/** A scope ends when nothing in it can go on; what repeats may begin its next run, and what is compensated its next activity. The innermost first. */
export function endScope(view: View): Firing | Stop | null {
	const contents = contentsByScope(view.state);
	for (const scope of Object.values(view.state.scopes).reverse()) {
		const next = advance(view, scope, contents(scope.id));
		if (next !== null) return next;
	}
	return null;
}

/** All that could end or begin its next run now. */
export function endScopes(view: View): readonly (Firing | Stop)[] {
	const contents = contentsByScope(view.state);
	return Object.values(view.state.scopes).flatMap((scope) => advance(view, scope, contents(scope.id)) ?? []);
}

function advance(view: View, scope: Scope, contents: DirectContents): Firing | Stop | null {
	if (scope.kind === 'run') return null;
	if (scope.kind === 'compensation') return advanceCompensation(view, scope, contents);
	return scope.kind === 'loop' ? advanceLoop(view, scope, contents) : finish(view, scope, contents);
}

function finish(view: View, scope: Scope, { tokens }: DirectContents): Firing | Stop | null {
	if (!tokens.every((token) => isOver(view, token))) return null;
	if (scope.host === null) {
		return { kind: 'finish', node: view.model.id, scope: 0, consume: tokens, produce: [] };
	}
	const host = required(view.state.tokens, scope.host);
	const node = nodeAt(view, host);
	const firing: Firing = { kind: 'finish', node: node.id, scope: host.scope, ...endOfActivity(view, host) };
	if (node.kind !== 'callActivity') return firing;
	const outputs = outputsOf(view, node, scope.id);
	return isStop(outputs) ? outputs : { ...firing, write: outputs.variables };
}

/** It reached an end event; it is a completed activity; or it only waits to start an event subprocess, which ends with the scope. */
function isOver(view: View, token: Token): boolean {
	if (token.place.startsWith('sink:') || token.done !== undefined) return true;
	return token.place.startsWith('wait:') && nodeAt(view, token).kind === 'startEvent';
}
