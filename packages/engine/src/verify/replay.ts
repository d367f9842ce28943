import type { EngineEvent, NodeFired, RolledBack } from '../events.ts';
import type { ProcessModel } from '../model/process-model.ts';
import type { Seq } from '../terms.ts';
import { fixedCount } from './counts.ts';
import { isPossibleDecision } from './decisions.ts';
import type { Firing, Freedom } from './firing.ts';
import { firings } from './firings.ts';
import {
	type LoggedScope,
	type LoggedToken,
	loggedCount,
	loggedText,
	markingOfState,
	plannedText,
	scopeFrom,
	tokenFrom,
} from './logged.ts';
import {
	allTokens,
	EMPTY,
	elementOf,
	isEmpty,
	type Marking,
	markingKey,
	type Scope,
	scopeOf,
	without,
	withTokens,
} from './marking.ts';
import { type ModelOf, netAt, type World, worldOf } from './world.ts';

export type Replay =
	| { readonly kind: 'legal'; readonly marking: Marking }
	/** The first firing that may not happen, and the marking it was to happen in. */
	| { readonly kind: 'illegal'; readonly seq: Seq; readonly reason: string; readonly marking: Marking };

/** What is read of a firing of the engine. Its pasts, masks and reads are not trusted. */
export interface LoggedFiring extends Pick<NodeFired, 'seq' | 'kind' | 'node' | 'scope'> {
	readonly consumed: readonly LoggedToken[];
	readonly produced: readonly LoggedToken[];
	readonly opened?: readonly LoggedScope[];
	readonly closed?: readonly Pick<LoggedScope, 'id'>[];
}

/**
 * Plays firings of the engine, in their order, on the interpreter. A decision may take any flows that its gateway could
 * ever take, and an activity be repeated as often as it likes, because the variables of that moment are not known here.
 * @param modelOf the models of called flows; every one that was called has to be known
 * @param from the marking that the first firing was to happen in; absent: it is the start
 */
export function replay(
	model: ProcessModel,
	firings: readonly LoggedFiring[],
	modelOf?: ModelOf,
	from: Marking | null = null,
): Replay {
	const world = worldOf(model, modelOf);
	let marking = from ?? EMPTY;
	for (const [position, firing] of firings.entries()) {
		const next = position === 0 && from === null ? begin(world, firing) : play(world, marking, firing);
		if (typeof next === 'string') return { kind: 'illegal', seq: firing.seq, reason: next, marking };
		marking = next;
	}
	return { kind: 'legal', marking };
}

/** Any event; of a rollback only what it undid is read. */
export type LoggedEvent = Exclude<EngineEvent, RolledBack> | Pick<RolledBack, 'type' | 'seq' | 'undone'>;

/** The firings that no rollback undid, in their order: of the whole log, or since its last migration. */
export function keptFirings(whole: readonly LoggedEvent[]): readonly NodeFired[] {
	const log = whole.slice(1 + whole.findLastIndex(({ type }) => type === 'InstanceMigrated'));
	const takenBack = new Set(log.flatMap((event) => (event.type === 'RollbackUndone' ? [event.rollback.seq] : [])));
	const undone = new Set(
		log.flatMap((event) => (event.type === 'RolledBack' && !takenBack.has(event.seq) ? event.undone : [])),
	);
	return keptOf(
		log.filter((event) => event.type === 'NodeFired'),
		undone,
	);
}

/**
 * These firings without some of them, as they would have happened. An event beside an activity may be among those that go;
 * then it still waited when the activity ended, and ended with it.
 */
export function keptOf(firings: readonly NodeFired[], undone: ReadonlySet<Seq>): readonly NodeFired[] {
	const kept = firings.filter(({ seq }) => !undone.has(seq));
	const used = new Set(kept.flatMap(({ consumed }) => consumed.map(({ id }) => id)));
	const waiting = new Map(
		firings
			.filter(({ seq }) => undone.has(seq))
			.flatMap(({ consumed }) => consumed)
			.filter(({ id, host, producer }) => host !== undefined && !undone.has(producer) && !used.has(id))
			.map((token) => [token.id, token]),
	);
	return kept.map((firing) => {
		const ended = new Set(firing.consumed.map(({ id }) => id));
		const isWait = ({ host }: LoggedToken) => host !== undefined && ended.has(host);
		const consumed = firing.consumed.filter((token) => !isWait(token) || !undone.has(token.producer));
		const left = [...waiting.values()].filter(isWait);
		return left.length === 0 && consumed.length === firing.consumed.length
			? firing
			: { ...firing, consumed: [...consumed, ...left] };
	});
}

/** The marking that the last migration of a log led to, in the model that it led to; null where there is none. */
export function migratedMarking(model: ProcessModel, log: readonly LoggedEvent[], modelOf?: ModelOf): Marking | null {
	const migration = log.findLast((event) => event.type === 'InstanceMigrated');
	return migration === undefined ? null : markingOfState(worldOf(model, modelOf), migration);
}

/** The marking after the first firing; a text that says why it may not happen. */
function begin(world: World, firing: LoggedFiring): Marking | string {
	const { start } = world.net;
	if (firing.kind !== 'enter' || firing.node !== start || firing.consumed.length > 0) {
		return 'the process begins at its start, from nothing';
	}
	const after = moved(world, EMPTY, firing);
	if (typeof after === 'string') return after;
	return markingKey(after) === `task:${start}` ? after : 'it produces the wrong tokens';
}

/** The marking after a firing; a text that says why it may not happen. */
function play(world: World, marking: Marking, firing: LoggedFiring): Marking | string {
	const missing = firing.consumed.find((token) => !isThere(marking, token));
	if (missing !== undefined) return `there is no token at ${missing.place}`;
	const used = new Set(firing.consumed.map(({ id }) => id));
	if (used.size < firing.consumed.length) return 'it consumes a token twice';
	const after = moved(world, marking, firing);
	if (typeof after === 'string') return after;
	if (firing.kind === 'reject' || firing.kind === 'cancel') {
		if (isEmpty(after)) return after;
		return firing.produced.length > 0 ? 'it produces tokens' : 'it leaves tokens behind';
	}
	return objection(world, marking, firing) ?? after;
}

function isThere(marking: Marking, { id, place, scope }: LoggedToken): boolean {
	return marking.scopes.get(scope)?.tokens.some((token) => token.id === id && token.place === place) === true;
}

/** The marking with the tokens of a firing moved, right or wrong; a text where they cannot be moved at all. */
function moved(world: World, marking: Marking, firing: LoggedFiring): Marking | string {
	const { consumed, produced, opened = [], closed = [] } = firing;
	const isOpen = new Set([...marking.scopes.keys(), ...opened.map(({ id }) => id)]);
	const named = [firing.scope, ...produced.map(({ scope }) => scope), ...closed.map(({ id }) => id)];
	const strange = named.find((scope) => !isOpen.has(scope));
	if (strange !== undefined) return `there is no scope ${strange}`;
	if (isOpen.size < marking.scopes.size + opened.length) return 'it opens a scope that is open';
	const hasHost = ({ host, parent }: LoggedScope): boolean =>
		host === null ? isOpen.has(parent ?? -1) : produced.some(({ id, scope }) => id === host && scope === parent);
	if (!opened.every(hasHost)) return 'it opens a scope in nothing';

	const gone = closed.map(({ id }) => id);
	const left = without(marking, consumed.map(tokenFrom), gone);
	const ids = new Set([...allTokens(left), ...produced].map(({ id }) => id));
	if (ids.size < allTokens(left).length + produced.length) return 'it produces a token that is there';
	return withTokens(left, produced.map(tokenFrom), scopesOf(world, marking, opened));
}

/** Why the firing may not happen now; null if it may. */
function objection(world: World, marking: Marking, firing: LoggedFiring): string | null {
	const used = new Set(firing.consumed.map(({ id }) => id));
	const possible = candidates(world, marking, firing, ({ id }) => used.has(id));
	const consuming = possible.filter(
		(each) =>
			isCalled(world, marking, each, firing.kind) &&
			each.consumed.length === used.size &&
			each.consumed.every(({ id }) => used.has(id)),
	);
	if (consuming.length === 0) return objectionToConsumed(world, marking, firing);

	const text = loggedText(firing.produced.map(tokenFrom), scopesOf(world, marking, firing.opened ?? []));
	const producing = consuming.filter(({ produced }) => plannedText(produced) === text);
	if (producing.length === 0) return 'it produces the wrong tokens';

	const closed = new Set(firing.closed?.map(({ id }) => id));
	const isRight = (each: Firing): boolean =>
		each.closed.length === closed.size && each.closed.every((id) => closed.has(id));
	return producing.some(isRight) ? null : 'it ends the wrong scopes';
}

function objectionToConsumed(world: World, marking: Marking, firing: LoggedFiring): string {
	const node = netAt(world, marking, scopeOf(marking, firing.scope))?.nodes.get(firing.node);
	if (node === undefined && firing.node !== world.net.model.id) return `there is no node ${firing.node}`;
	const possible = candidates(world, marking, firing, () => true);
	if (possible.length === 0) return 'it is not enabled';
	if (possible.some((each) => isCalled(world, marking, each, firing.kind))) return 'it consumes the wrong tokens';
	return `${node?.kind ?? 'process'} does not fire as ${firing.kind} now`;
}

/** What its node may do now in its scope, where that is left open as the firing says. */
function candidates(world: World, marking: Marking, firing: LoggedFiring, uses: Freedom['uses']): readonly Firing[] {
	const freedom = freedomOf(firing, uses);
	return [...firings(world, marking, freedom)].filter(
		({ node, scope }) => (node ?? world.net.model.id) === firing.node && scope === firing.scope,
	);
}

function freedomOf({ produced, opened = [] }: LoggedFiring, uses: Freedom['uses']): Freedom {
	const taken = produced.flatMap(({ place }) => (place.startsWith('flow:') ? [elementOf(place)] : []));
	const loop = opened.find(({ kind }) => kind === 'loop');
	const call = opened.find(({ kind }) => kind === 'call');
	return {
		// Where it took flows that it never could, it is compared with those that it could.
		flows: (gateway) => [isPossibleDecision(gateway, taken) ? taken : gateway.outgoing.slice(0, 1)],
		counts: ({ loop: repeated }) => [fixedCount(repeated) ?? loop?.runs?.count ?? 1],
		called: () => call?.flow ?? null,
		rearms: () => [true, false],
		comes: () => true,
		uses,
	};
}

/** A gateway with one way in and one way out may be seen as either. */
function isCalled(world: World, marking: Marking, firing: Firing, kind: LoggedFiring['kind']): boolean {
	if (firing.kind === kind) return true;
	if (firing.kind !== 'pass' || firing.node === null) return false;
	const node = netAt(world, marking, scopeOf(marking, firing.scope))?.nodes.get(firing.node);
	switch (node?.kind) {
		case 'exclusiveGateway':
			return kind === 'choose';
		case 'parallelGateway':
			return kind === 'fork' || kind === 'join';
		case 'inclusiveGateway':
			return kind === 'choose' || kind === 'join';
		default:
			return false;
	}
}

function scopesOf(world: World, marking: Marking, opened: readonly LoggedScope[]): readonly Scope[] {
	return opened.map((scope) => scopeFrom(scope, loggedCount(world, marking, scope)));
}
