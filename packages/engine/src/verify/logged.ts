import type { NodeFired } from '../events.ts';
import type { ScopeId } from '../terms.ts';
import { grow, isActivity, knownCount, type Product } from './growth.ts';
import { type Completed, type Marking, type Scope, scopeKey, type Token, withTokens } from './marking.ts';
import { netAt, type World } from './world.ts';

/** What is read of a token, and of a scope, in a log or in a live state. */
export type LoggedToken = Pick<NodeFired['consumed'][number], 'id' | 'place' | 'scope' | 'host' | 'done'>;
export type LoggedScope = Pick<
	NonNullable<NodeFired['opened']>[number],
	'id' | 'parent' | 'element' | 'kind' | 'host' | 'flow' | 'runs'
>;

export function tokenFrom({ id, place, scope, host, done }: LoggedToken): Token {
	return { id, place, scope, host: host ?? null, done: done === undefined ? null : completedFrom(done) };
}

function completedFrom({ node, inside, batch }: NonNullable<LoggedToken['done']>): Completed {
	return { activity: node, inside: inside.map(completedFrom), together: batch ?? null };
}

/** An empty scope. */
export function scopeFrom({ id, parent, kind, host, flow }: LoggedScope, count: number | null): Scope {
	return { id, parent, kind, host, flow: flow ?? null, count, tokens: [] };
}

/**
 * How many runs there are to be, as far as the interpreter knows it too: not where an activity repeats by a condition.
 * @param marking one that has the scope around it
 */
export function loggedCount(world: World, marking: Marking, { parent, element, runs }: LoggedScope): number | null {
	const around = marking.scopes.get(parent ?? -1);
	const node = around === undefined ? undefined : netAt(world, marking, around)?.nodes.get(element);
	if (runs === undefined || node === undefined || !isActivity(node) || node.loop === null) return null;
	return knownCount(node.loop, runs.count);
}

/** The tokens and scopes of a live state of the engine. */
export interface LiveState {
	readonly tokens: Readonly<Record<number, LoggedToken>>;
	readonly scopes: Readonly<Record<ScopeId, LoggedScope>>;
}

/** The marking of a live state, with its ids. */
export function markingOfState(world: World, { tokens, scopes }: LiveState): Marking {
	const empty = new Map(Object.values(scopes).map((scope) => [scope.id, scopeFrom(scope, null)]));
	const marking = withTokens({ scopes: empty, nextToken: 1, nextScope: Math.max(0, ...empty.keys()) + 1 }, [
		...Object.values(tokens).map(tokenFrom),
	]);
	const counted = Object.values(scopes).map((scope) => {
		const count = loggedCount(world, marking, scope);
		return [scope.id, { ...(marking.scopes.get(scope.id) ?? scopeFrom(scope, null)), count }] as const;
	});
	return { ...marking, scopes: new Map(counted) };
}

/** What a firing produced, scope by scope, whatever the ids of what is new. */
export function loggedText(produced: readonly Token[], opened: readonly Scope[]): string {
	const isNew = new Set(opened.map(({ id }) => id));
	const around = opened.flatMap(({ parent }) => (parent === null ? [] : [parent]));
	const targets = [...produced.map(({ scope }) => scope), ...around].filter((id) => !isNew.has(id));
	return targetsText(withTokens(standIns(targets), produced, opened), targets);
}

/** The same of what it was to produce. */
export function plannedText(products: readonly Product[]): string {
	const targets = products.map(({ scope }) => scope);
	const marking = { ...standIns(targets), nextToken: PLANNED, nextScope: PLANNED };
	return targetsText(grow(marking, products), targets);
}

/** Above every id of a log, so that an event armed anew keeps the token that it belongs to apart from those planned. */
const PLANNED = 2 ** 40;

function standIns(targets: readonly ScopeId[]): Marking {
	const scopes = targets.map((id): [ScopeId, Scope] => [
		id,
		{ id, parent: null, kind: 'process', host: null, flow: null, count: null, tokens: [] },
	]);
	return { scopes: new Map(scopes), nextToken: 1, nextScope: 1 };
}

function targetsText(marking: Marking, targets: readonly ScopeId[]): string {
	return [...new Set(targets)]
		.sort((a, b) => a - b)
		.map((target) => `${target}: ${scopeKey(marking, target)}`)
		.join('; ');
}
