import type { Node } from '../model/process-model.ts';
import type { FlowId } from '../terms.ts';
import { exploredCounts } from './counts.ts';
import { decisionsOf } from './decisions.ts';
import type { Freedom } from './firing.ts';
import type { Scope, Token } from './marking.ts';
import type { Net } from './net.ts';

/**
 * All that a model leaves open, kept finite: an activity is repeated at most twice (as often as it likes where that is
 * up to a condition), calls are seen from outside, and a non-interrupting event comes only while nothing that followed
 * from it is left. It may come again then, where its kind can.
 */
export function everything(net: Net, flows?: Freedom['flows']): Freedom {
	return {
		flows: flows ?? ((gateway: Node): Iterable<readonly FlowId[]> => decisionsOf(net, gateway)),
		counts: exploredCounts,
		called: () => null,
		rearms: rearmings,
		comes: (scope, event, host) => comes(net, scope, event, host),
		uses: () => true,
	};
}

function rearmings(event: Node): readonly boolean[] {
	if (event.kind !== 'boundaryEvent' && event.kind !== 'startEvent') return [false];
	if (event.trigger?.kind !== 'timer') return [true];
	return event.trigger.timer === 'cycle' ? [true, false] : [false];
}

function comes(net: Net, scope: Scope, event: Node, host: Token | null): boolean {
	if (event.kind === 'startEvent') return !scope.tokens.some(({ place }) => place === `active:${event.parent}`);
	const following = net.following.get(event.id);
	return !scope.tokens.some(
		(token) => token.id !== host?.id && token.host !== host?.id && following?.has(token.place) === true,
	);
}
