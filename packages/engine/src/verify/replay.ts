import type { EngineEvent, NodeFired, RolledBack } from '../events.ts';
import type { Node, ProcessModel } from '../model/process-model.ts';
import type { FlowId, Seq } from '../terms.ts';
import { isPossibleDecision } from './decisions.ts';
import { completion, inputs, onlySinksLeft, output } from './firings.ts';
import { holds, type Marking, markingKey, markingOf, move, type Place } from './marking.ts';
import { isDecision, type Net, netOf } from './net.ts';

export type Replay =
	| { readonly kind: 'legal'; readonly marking: Marking }
	/** The first firing that may not happen, and the marking it was to happen in. */
	| { readonly kind: 'illegal'; readonly seq: Seq; readonly reason: string; readonly marking: Marking };

/** What is read of a firing of the engine. Its token ids, pasts and masks are not trusted. */
export interface LoggedFiring extends Pick<NodeFired, 'seq' | 'kind' | 'node' | 'scope'> {
	readonly consumed: readonly PlacedToken[];
	readonly produced: readonly PlacedToken[];
}

type PlacedToken = Pick<NodeFired['consumed'][number], 'place' | 'scope'>;

/**
 * Plays firings of the engine, in their order, on the interpreter. A decision may take any flows that its gateway could ever take,
 * because the variables of that moment are not known here.
 */
export function replay(model: ProcessModel, firings: readonly LoggedFiring[]): Replay {
	const net = netOf(model);
	let marking: Marking = new Map();
	for (const [position, firing] of firings.entries()) {
		const reason = objection(net, marking, firing, position === 0);
		if (reason !== null) return { kind: 'illegal', seq: firing.seq, reason, marking };
		marking = move(marking, places(firing.consumed), places(firing.produced));
	}
	return { kind: 'legal', marking };
}

/** Any event; of a rollback only what it undid is read. */
export type LoggedEvent = Exclude<EngineEvent, RolledBack> | Pick<RolledBack, 'type' | 'undone'>;

/** The firings of a log that no rollback undid, in their order. */
export function keptFirings(log: readonly LoggedEvent[]): readonly NodeFired[] {
	const undone = new Set(log.flatMap((event) => (event.type === 'RolledBack' ? event.undone : [])));
	return log.filter((event): event is NodeFired => event.type === 'NodeFired' && !undone.has(event.seq));
}

/** Why the firing may not happen now; null if it may. */
function objection(net: Net, marking: Marking, firing: LoggedFiring, isFirst: boolean): string | null {
	const strange = [...firing.consumed, ...firing.produced].find(({ scope }) => scope !== 0);
	if (firing.scope !== 0 || strange !== undefined) return 'the model has no scope but the process';
	const consumed = places(firing.consumed);
	const produced = places(firing.produced);
	const missing = consumed.find((place) => !holds(marking, [place]));
	if (missing !== undefined) return `there is no token at ${missing}`;
	if (!holds(marking, consumed)) return 'it consumes more tokens than a place holds';

	switch (firing.kind) {
		case 'finish':
			if (!onlySinksLeft(marking)) return 'the process has more than sinks left';
			return objectionToClearing(marking, consumed, produced);
		case 'reject':
		case 'cancel':
			return objectionToClearing(marking, consumed, produced);
		default:
			return objectionToNode(net, marking, firing, isFirst);
	}
}

function objectionToClearing(marking: Marking, consumed: readonly Place[], produced: readonly Place[]): string | null {
	if (!sameTokens(consumed, marking)) return 'it leaves tokens behind';
	return produced.length > 0 ? 'it produces tokens' : null;
}

function objectionToNode(net: Net, marking: Marking, firing: LoggedFiring, isFirst: boolean): string | null {
	const node = net.nodes.get(firing.node);
	if (node === undefined) return `there is no node ${firing.node}`;
	if (!kindsOf(node).includes(firing.kind)) return `a ${node.kind} does not fire as ${firing.kind}`;
	const consumed = places(firing.consumed);
	const produced = places(firing.produced);

	if (firing.kind === 'complete') {
		const expected = completion(node);
		if (!sameTokens(consumed, markingOf(expected.consumed))) return 'it completes without a token in its task';
		return sameTokens(produced, markingOf(expected.produced)) ? null : 'it produces the wrong tokens';
	}
	if (node.kind === 'startEvent') {
		if (!isFirst || consumed.length > 0) return 'the process starts only once, from nothing';
		return sameTokens(produced, markingOf([`task:${node.id}`])) ? null : 'it produces the wrong tokens';
	}
	const allowed = [...inputs(net, node, marking)];
	if (allowed.length === 0) return 'it is not enabled';
	if (!allowed.some((input) => sameTokens(consumed, markingOf(input)))) return 'it consumes the wrong tokens';
	return mayProduce(node, produced) ? null : 'it produces the wrong tokens';
}

function mayProduce(node: Node, produced: readonly Place[]): boolean {
	if (!isDecision(node)) return sameTokens(produced, markingOf(output(node)));
	if (!produced.every((place) => place.startsWith('flow:'))) return false;
	const flows: readonly FlowId[] = produced.map((place) => place.slice('flow:'.length));
	return isPossibleDecision(node, flows);
}

/** A gateway with one way in and one way out may be seen as either. */
function kindsOf(node: Node): readonly LoggedFiring['kind'][] {
	switch (node.kind) {
		case 'startEvent':
		case 'userTask':
			return ['enter', 'complete'];
		case 'endEvent':
			return ['end'];
		case 'terminateEndEvent':
			return ['terminate'];
		case 'passThrough':
			return ['pass'];
		case 'exclusiveGateway':
			return node.outgoing.length > 1 ? ['choose'] : ['pass', 'choose'];
		case 'parallelGateway':
			return node.incoming.length > 1 ? ['join'] : node.outgoing.length > 1 ? ['fork'] : ['pass', 'fork', 'join'];
		case 'inclusiveGateway':
			return node.incoming.length > 1 ? ['join'] : node.outgoing.length > 1 ? ['choose'] : ['pass', 'choose', 'join'];
	}
}

function places(tokens: readonly PlacedToken[]): readonly Place[] {
	return tokens.map(({ place }) => place);
}

function sameTokens(found: readonly Place[], expected: Marking): boolean {
	return markingKey(markingOf(found)) === markingKey(expected);
}
