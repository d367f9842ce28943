import type { FiringKind, NodeFired, RolledBack } from '../events.ts';
import { required } from '../lookup.ts';
import type { ProcessModel } from '../model/process-model.ts';
import { rearm } from '../nodes/arms.ts';
import { takesNoTime } from '../nodes/automatic-tasks.ts';
import { heirOf, isOneWith } from '../open-tasks.ts';
import { elementOf } from '../scopes.ts';
import type { Arm, InstanceState, OpenTask, Scope, Token } from '../state.ts';
import type { NodeId, TaskId, TokenId } from '../terms.ts';
import type { Work } from '../work.ts';
import { modelAt, type Scopes } from './known-scopes.ts';
import type { LiveLog } from './live-log.ts';
import type { UndoSet } from './undo-set.ts';
import { zone } from './zone.ts';

/** Tokens that a rollback brings back, by the firing that had consumed them. */
type Restored = UndoSet['restored'];

/**
 * What waits at an activity comes back only where the activity is open after the rollback; and with an activity that comes
 * back, what earlier rollbacks would have brought back while it was over.
 */
export function splitRestored(
	state: InstanceState,
	{ seqs, restored }: UndoSet,
	log: LiveLog,
): { readonly attached: Restored; readonly detached: readonly Token[] } {
	// What ended with its activity may be the product of an event that an earlier rollback undid.
	const back = restored.filter(({ token }) => !log.undone.has(token.producer));
	const consumers = new Map(back.map(({ token, consumer }) => [token.id, consumer]));
	const isLive = (id: TokenId): boolean => {
		const token = state.tokens[id];
		return consumers.has(id) || (token !== undefined && !seqs.has(token.producer));
	};
	const earlier = new Map(log.rollbacks.flatMap(({ detached }) => detached ?? []).map((token) => [token.id, token]));
	// One may have come back with an earlier return already, and what it waited for may have come since.
	const used = new Set(earlier.size === 0 ? [] : log.firings.flatMap(({ consumed }) => consumed.map(({ id }) => id)));
	const withHost = [...earlier.values()].flatMap((token) => {
		const consumer = consumers.get(token.host ?? 0);
		const isThere = isLive(token.id) || used.has(token.id);
		const isUndone = seqs.has(token.producer) || log.undone.has(token.producer);
		return consumer === undefined || isThere || isUndone ? [] : [{ token, consumer }];
	});
	const isAttached = ({ token: { host } }: Restored[number]) => host === undefined || isLive(host);
	return {
		attached: [...back.filter(isAttached), ...withHost],
		detached: back.filter((each) => !isAttached(each)).map(({ token }) => token),
	};
}

/**
 * Hold rule: what brought about a firing may still be there when the firing is undone, and would bring it about again at
 * once: a decision on the old value, an error that ends the reopened task, a compensation with nothing to compensate. It
 * waits until the target is decided anew.
 */
export function restoredTokens(
	work: Work,
	undo: UndoSet,
	restored: Restored,
	scopes: Scopes,
	holders: Holders,
): readonly Token[] {
	const held = new Set(restored.flatMap(({ token }) => token.heldBy ?? []));
	const now = new Map([...held].map((id) => [id, holderNow(holders, id)]));
	return restored.map(({ token, consumer }): Token => {
		const { heldBy, ...free } = token;
		const before = heldBy === undefined ? undefined : now.get(heldBy);
		const awaits =
			consumer.swept !== undefined && token.place.startsWith('flow:') ? compensatedIn(undo, consumer) : null;
		const isByData = undo.undoneByData.has(consumer.seq);
		const isHeldAnew =
			awaits !== null ||
			(isByData && !ENDS.has(consumer.kind)) ||
			(before === undefined && goesOnToEnd(work, scopes, token, consumer, isByData));
		const holder = isHeldAnew ? holders.reopened : before;
		return {
			...free,
			...(token.arm === undefined ? {} : { arm: armedAgain(work, scopes, { ...token, arm: token.arm }, holder) }),
			...(holder === undefined ? {} : { heldBy: holder }),
			...(awaits === null ? {} : { awaits }),
		};
	});
}

/** The tasks that tokens can wait for. */
export interface Holders {
	/** After this rollback. */
	readonly open: readonly OpenTask[];
	/** The rollbacks since the target, this one included. */
	readonly returns: readonly Pick<RolledBack, 'closed' | 'reopened'>[];
	/** By this rollback. */
	readonly reopened: TaskId;
}

/** While the token that it held was gone, a hold passed on and ended as it would have with the token there. */
function holderNow({ open, returns }: Holders, before: TaskId): TaskId | undefined {
	const holder = returns.reduce(
		(holder, { closed, reopened }) =>
			// Where it had ended by then, one of those reopened with it held on.
			closed.some((task) => task.id === holder || isOneWith(task, holder)) ? required(reopened, 0).id : holder,
		before,
	);
	return open.some(({ id }) => id === holder) ? holder : heirOf(open, holder);
}

/**
 * A condition that nothing holds may be true already, by what is not undone, and a date beside an activity may have passed: then
 * nothing new has come.
 */
function armedAgain(work: Work, scopes: Scopes, token: Token & { readonly arm: Arm }, holder: TaskId | undefined): Arm {
	const { arm } = token;
	if (arm.kind === 'condition' && holder === undefined) return { kind: 'condition', newerThan: work.state.nextSeq };
	const again = rearm(arm, work.now);
	const hasPassed = again.kind === 'timer' && again.due !== null && again.due <= work.now;
	return hasPassed && isBesideWork(modelAt(work, scopes, token.scope), token) ? { ...again, due: null } : again;
}

/** An event that could end the work that has just come back. */
function isBesideWork({ nodes }: ProcessModel, token: Token): boolean {
	const { kind } = required(nodes, elementOf(token));
	return kind === 'boundaryEvent' || kind === 'startEvent';
}

/** The activities that a compensation event took and that are not completed any more. */
function compensatedIn({ seqs }: UndoSet, { consumed }: NodeFired): readonly NodeId[] {
	return consumed.flatMap(({ done, producer }) => (done !== undefined && seqs.has(producer) ? [done.node] : []));
}

const ENDS: ReadonlySet<FiringKind> = new Set(['interrupt', 'terminate', 'finish']);

/**
 * Whether its consumer ended other work, and the token would now bring that about again: an error, a terminate, a condition,
 * a run of several; or would go on, as it was moving when the end overtook it, maybe to another end. What was at rest goes on
 * with kept work, whatever the end was undone for.
 */
function goesOnToEnd(work: Work, scopes: Scopes, token: Token, consumer: NodeFired, isByData: boolean): boolean {
	if (!ENDS.has(consumer.kind)) return false;
	if (token.arm !== undefined) return token.arm.kind === 'condition' && elementOf(token) === consumer.node;
	const model = modelAt(work, scopes, token.scope);
	if (token.place.startsWith('flow:')) return wasMoving(model, token, consumer.consumed);
	const scope = scopes.get(token.scope);
	if (scope?.kind === 'loop') return token.done === undefined && wasLookedAt(token, scope, consumer, isByData);
	return token.place.startsWith('active:') && takesNoTime(required(model.nodes, elementOf(token)), scope);
}

/** A run that is over, and that the completion condition was looked at for, or was about to be; or which the next run follows. */
function wasLookedAt({ place }: Token, loop: Scope, { kind, consumed, closed }: NodeFired, isByData: boolean): boolean {
	if (place.startsWith('active:')) return true;
	// Where it is not its condition that is undone, one of its runs comes back.
	const isOver = kind === 'finish' && consumed[0]?.id === loop.host && !isByData;
	return !isOver && closed?.every(({ parent }) => parent !== loop.id) === true;
}

/** A token on a flow that nothing holds moves, unless others are missing at a join. */
function wasMoving(model: ProcessModel, token: Token, marking: readonly Token[]): boolean {
	const target = required(model.nodes, required(model.flows, elementOf(token)).target);
	if (target.kind !== 'parallelGateway' && target.kind !== 'inclusiveGateway') return true;
	const places = new Set(marking.filter(({ scope }) => scope === token.scope).map(({ place }) => place));
	const marked = target.incoming.filter((flow) => places.has(`flow:${flow}`));
	if (target.kind === 'parallelGateway') return marked.length === target.incoming.length;
	const awaited = zone(model, target.id, marked);
	return ![...places].some((place) => awaited.has(place));
}
