import type { Activity, EndEvent, IntermediateThrowEvent, Node } from '../model/process-model.ts';
import type { FlowId } from '../terms.ts';
import { catches, thrownBy } from './catching.ts';
import { compensating } from './compensation.ts';
import { contentsOf } from './contents.ts';
import type { Firing } from './firing.ts';
import { completed, entry, followers, isActivity, plain, waiting } from './growth.ts';
import { inclusiveJoinInput } from './inclusive-join.ts';
import { PROCESS_SCOPE, scopeOf, type Token } from './marking.ts';
import { isDecision } from './net.ts';
import { compensable, firingAt, products, type Site } from './site.ts';

/** What a node may do with the tokens on its in-flows. */
export function* arrivals(site: Site, node: Node): Generator<Firing> {
	for (const tokens of inputs(site, node)) yield* arrival(site, node, tokens);
}

/** Each set of tokens on its in-flows that the node may take now. */
function* inputs({ net, scope, freedom }: Site, node: Node): Generator<readonly Token[]> {
	const take = (flows: readonly FlowId[]): readonly Token[] =>
		flows.flatMap((flow) => scope.tokens.find((token) => token.place === `flow:${flow}` && freedom.uses(token)) ?? []);
	switch (node.kind) {
		case 'parallelGateway': {
			const tokens = take(node.incoming);
			if (tokens.length === node.incoming.length) yield tokens;
			return;
		}
		case 'inclusiveGateway': {
			const flows = inclusiveJoinInput(net, node, scope);
			const tokens = take(flows ?? []);
			if (flows !== null && tokens.length === flows.length) yield tokens;
			return;
		}
		case 'terminateEndEvent':
			yield take(node.incoming).slice(0, 1);
			return;
		default:
			for (const token of take(node.incoming)) yield [token];
	}
}

function* arrival(site: Site, node: Node, tokens: readonly Token[]): Generator<Firing> {
	if (tokens.length === 0) return;
	const { net, scope } = site;
	const simple = (kind: Firing['kind'], produced = followers(node)): Firing =>
		firingAt(site, node, { kind, consumed: tokens, produced: [products(scope.id, produced)] });
	switch (node.kind) {
		case 'exclusiveGateway':
		case 'inclusiveGateway':
		case 'parallelGateway':
			if (!isDecision(node)) yield simple(gatewayKind(node));
			else {
				for (const chosen of site.freedom.flows(node)) {
					const taken = chosen.map((flow) => plain(`flow:${flow}`));
					yield { ...simple(gatewayKind(node), taken), chosen };
				}
			}
			return;
		case 'terminateEndEvent': {
			if (node.all) yield endOfInstance(site, node);
			else {
				const ends = contentsOf(site.marking, scope);
				const produced = scope.kind === 'process' ? [] : [products(scope.id, followers(node))];
				yield firingAt(site, node, { kind: 'terminate', consumed: ends.tokens, closed: ends.scopes, produced });
			}
			return;
		}
		case 'endEvent':
		case 'intermediateThrowEvent':
			yield* throwing(site, node, tokens);
			return;
		case 'intermediateCatchEvent':
			yield simple('enter', [plain(`wait:${node.id}`)]);
			return;
		case 'eventBasedGateway':
			yield simple('enter', [waiting(net, node)]);
			return;
		default:
			if (isActivity(node)) yield* entering(site, node, tokens);
			else yield simple('pass');
	}
}

function* entering(site: Site, node: Activity, tokens: readonly Token[]): Generator<Firing> {
	const { net, scope, world, freedom } = site;
	if (node.loop === null && takesNoTime(node)) {
		const kind = node.kind === 'sendTask' ? 'throw' : 'pass';
		const [token] = tokens;
		const left = token === undefined ? [] : compensable(site, node, token).map(completed);
		yield firingAt(site, node, {
			kind,
			consumed: tokens,
			produced: [products(scope.id, [...followers(node), ...left])],
		});
		return;
	}
	const called = node.kind === 'callActivity' ? freedom.called(node) : null;
	for (const count of node.loop === null ? [1] : freedom.counts(node)) {
		const produced = [products(scope.id, [entry(net, node, count, called, world.modelOf)])];
		const entered = firingAt(site, node, { kind: 'enter', consumed: tokens, produced });
		yield node.loop === null ? entered : { ...entered, count };
	}
}

function takesNoTime({ kind }: Activity): boolean {
	return kind === 'scriptTask' || kind === 'businessRuleTask' || kind === 'sendTask';
}

/** What reaches an end event or an event that throws, and what of it is caught. */
function* throwing(site: Site, node: EndEvent | IntermediateThrowEvent, tokens: readonly Token[]): Generator<Firing> {
	const { world, marking, scope, freedom } = site;
	const kind = node.kind === 'endEvent' ? 'end' : 'throw';
	if (node.throws?.kind === 'compensation') {
		yield compensating(site, node, node.throws, tokens, kind);
		return;
	}
	const own = products(scope.id, followers(node));
	const thrown = thrownBy(node);
	const caught = thrown === null ? [] : catches(world, marking, scope, thrown, null);
	for (const { event, interrupting, scope: at, ends, product, host } of caught) {
		if (interrupting) {
			const consumed = ends.tokens;
			yield firingAt(site, node, { kind: 'interrupt', consumed, closed: ends.scopes, produced: [product] });
		} else {
			const produced = freedom.comes(at, event, host) ? [own, product] : [own];
			yield firingAt(site, node, { kind, consumed: tokens, produced });
		}
	}
	if (caught.length > 0) return;
	// An error that nobody catches ends the instance.
	if (thrown?.kind === 'error') yield endOfInstance(site, node);
	else yield firingAt(site, node, { kind, consumed: tokens, produced: [own] });
}

function endOfInstance(site: Site, node: Node): Firing {
	const { tokens, scopes } = contentsOf(site.marking, scopeOf(site.marking, PROCESS_SCOPE));
	const ends = { consumed: tokens, closed: scopes, produced: [] };
	return firingAt(site, node, { kind: 'terminate', scope: PROCESS_SCOPE, ...ends });
}

function gatewayKind(node: Node): Firing['kind'] {
	const { kind, incoming, outgoing } = node;
	if (kind !== 'exclusiveGateway' && incoming.length > 1) return 'join';
	if (outgoing.length < 2) return 'pass';
	return kind === 'parallelGateway' ? 'fork' : 'choose';
}
