import type { Activity, Node } from '../model/process-model.ts';
import { catches, mayFail } from './catching.ts';
import { interruptedIn, withContents } from './contents.ts';
import type { Firing } from './firing.ts';
import { beginning, followers, handling, isActivity, plain, type TokenPlan } from './growth.ts';
import type { Token } from './marking.ts';
import { firingAt, leave, products, type Site } from './site.ts';
import { netAt } from './world.ts';

/** What may happen to a token in an open task, in an activity that runs, or at an event that waits. */
export function* standing(site: Site, node: Node, token: Token): Generator<Firing> {
	if (token.place.startsWith('wait:')) yield* waitingEvent(site, node, token);
	else if (node.kind === 'startEvent') {
		const produced = [products(site.scope.id, beginning(site.net, node.parent))];
		yield firingAt(site, node, { kind: 'complete', consumed: [token], produced, by: 'person' });
	} else if (isActivity(node)) yield* running(site, node, token);
}

function* running(site: Site, node: Activity, token: Token): Generator<Firing> {
	// The runs of a repeated activity are in scopes inside it.
	if (node.loop !== null && site.scope.kind !== 'run') return;
	switch (node.kind) {
		case 'userTask':
			yield leave(site, node, token, { kind: 'complete', by: 'person' });
			return;
		case 'serviceTask':
			yield leave(site, node, token, { kind: 'complete', by: 'world' });
			break;
		case 'receiveTask':
			yield leave(site, node, token, { kind: 'catch', by: 'world' });
			return;
		case 'scriptTask':
		case 'businessRuleTask':
			yield leave(site, node, token, { kind: 'pass', by: 'engine' });
			return;
		case 'sendTask':
			yield leave(site, node, token, { kind: 'throw', by: 'engine' });
			return;
		case 'callActivity':
			if (isSeenInside(site, token)) return;
			yield leave(site, node, token, { kind: 'finish', by: 'world' });
			break;
		case 'subProcess':
			return;
	}
	if (mayFail(node)) yield* failing(site, node, token);
}

/** Work done outside can end in an error; what a called flow that is not known throws, nobody knows. */
function* failing(site: Site, node: Activity, token: Token): Generator<Firing> {
	const { world, marking, scope, freedom } = site;
	const kinds = node.kind === 'callActivity' ? (['error', 'escalation'] as const) : (['error'] as const);
	for (const kind of kinds) {
		for (const caught of catches(world, marking, scope, { kind, code: null }, token)) {
			const { event, interrupting, ends, product, host } = caught;
			if (interrupting) {
				const details = { consumed: ends.tokens, closed: ends.scopes, produced: [product] };
				yield firingAt(site, node, { kind: 'interrupt', ...details, by: 'world' });
			} else if (freedom.comes(caught.scope, event, host)) {
				yield firingAt(site, node, { kind: 'throw', consumed: [], produced: [product], by: 'world' });
			}
		}
	}
}

function isSeenInside({ world, marking }: Site, token: Token): boolean {
	return [...marking.scopes.values()].some((scope) => scope.host === token.id && netAt(world, marking, scope) !== null);
}

/** An event came that was waited for. */
function* waitingEvent(site: Site, node: Node, token: Token): Generator<Firing> {
	const { marking, net, scope } = site;
	const host = scope.tokens.find(({ id }) => id === token.host) ?? null;
	switch (node.kind) {
		case 'boundaryEvent':
			if (host === null) return;
			if (node.interrupting) {
				const { tokens, scopes } = withContents(marking, host);
				const produced = [products(scope.id, followers(node))];
				yield firingAt(site, node, { kind: 'interrupt', consumed: tokens, closed: scopes, produced, by: 'world' });
			} else yield* coming(site, node, token, host, followers(node));
			return;
		case 'startEvent': {
			const begun = [handling(net, node.parent)];
			if (node.interrupting) {
				const { tokens, scopes } = interruptedIn(marking, scope);
				const produced = [products(scope.id, begun)];
				yield firingAt(site, node, { kind: 'interrupt', consumed: tokens, closed: scopes, produced, by: 'world' });
			} else yield* coming(site, node, token, null, begun);
			return;
		}
		default: {
			// Behind an event-based gateway the other events go with the one that came first.
			const consumed = host === null ? [token] : withContents(marking, host).tokens;
			yield firingAt(site, node, {
				kind: 'catch',
				consumed,
				produced: [products(scope.id, followers(node))],
				by: 'world',
			});
		}
	}
}

/** A non-interrupting event: what follows begins beside everything else, and it may wait for the next. */
function* coming(
	site: Site,
	node: Node,
	token: Token,
	host: Token | null,
	begun: readonly TokenPlan[],
): Generator<Firing> {
	if (!site.freedom.comes(site.scope, node, host)) return;
	for (const again of site.freedom.rearms(node)) {
		const rearmed = again ? [{ ...plain(token.place), host: token.host }] : [];
		const produced = [products(site.scope.id, [...begun, ...rearmed])];
		yield firingAt(site, node, { kind: 'catch', consumed: [token], produced, by: 'world' });
	}
}
