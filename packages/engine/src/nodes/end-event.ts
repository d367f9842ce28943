import type { EndEvent, TerminateEndEvent } from '../model/process-model.ts';
import { contentsOfScope } from '../scopes.ts';
import type { Token } from '../state.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { throwCompensation } from './compensation.ts';
import { throwError, throwEscalation, thrownBy } from './throw.ts';

/** The token stays as a sink until its scope ends: a rollback inside the scope finds it there (causal edge 2). */
export function fireEnd(view: View, node: EndEvent, token: Token): Firing | Stop {
	const { scope } = token;
	const { throws } = node;
	const end: Firing = {
		kind: 'end',
		node: node.id,
		scope,
		consume: [token],
		produce: [{ place: `sink:${node.id}`, scope }],
	};
	if (throws === null) return end;
	switch (throws.kind) {
		case 'error':
			return throwError(view, node.id, token, throws.code) ?? terminate(view, node.id, 0, token);
		case 'escalation':
			return throwEscalation(view, end, throws.code);
		case 'compensation':
			return throwCompensation(view, node, throws, end);
		case 'message':
		case 'signal': {
			const thrown = thrownBy(view, throws, scope, node.id);
			return isStop(thrown) ? thrown : { ...end, ...thrown };
		}
	}
}

export function fireTerminateEnd(view: View, node: TerminateEndEvent, token: Token): Firing {
	return terminate(view, node.id, node.all ? 0 : token.scope, token);
}

/** Everything in the scope ends, and with it the scope: only this token is left, as its sink. An uncaught error ends the process. */
function terminate(view: View, node: string, ended: number, token: Token): Firing {
	const { tokens, scopes } = contentsOfScope(view.state, ended);
	const consume = [token, ...tokens.filter(({ id }) => id !== token.id)];
	const produce = ended === 0 ? [] : [{ place: `sink:${node}`, scope: ended } as const];
	return { kind: 'terminate', node, scope: ended, consume, produce, closes: scopes };
}
