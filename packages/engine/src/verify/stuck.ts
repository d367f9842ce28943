import type { ScopeId } from '../terms.ts';
import type { Firing } from './firing.ts';
import { isSink, type Marking, type Place } from './marking.ts';
import type { Net } from './net.ts';

/** A scope in which tokens wait for others that can never come. */
export interface StuckScope {
	readonly waiting: readonly Place[];
	/** A part of it had already reached an end. */
	readonly hasEnds: boolean;
}

/** The scopes where something can happen by a firing. */
export function* livelyBy(net: Net, { node, scope, consumed, by }: Firing): Generator<ScopeId> {
	const isHandler = node !== null && net.nodes.get(node)?.kind === 'startEvent' && node !== net.start;
	if (!isHandler) yield scope;
	// An error that nobody catches ends everything.
	if (by === 'engine') for (const token of consumed) yield token.scope;
}

/**
 * The scopes where nothing can happen any more by itself, though something may still end them from outside: a boundary
 * event around them, or an event subprocess.
 * @param lively by all the firings that may happen in the marking
 */
export function stuckScopes(marking: Marking, lively: ReadonlySet<ScopeId>): readonly StuckScope[] {
	const hosts = new Set([...marking.scopes.values()].map(({ parent }) => parent));
	const stuck: StuckScope[] = [];
	for (const scope of marking.scopes.values()) {
		if (lively.has(scope.id) || hosts.has(scope.id)) continue;
		const waiting = scope.tokens.map(({ place }) => place).filter((place) => place.startsWith('flow:'));
		const hasEnds = scope.tokens.some(({ place }) => isSink(place));
		if (waiting.length > 0) stuck.push({ waiting: [...waiting].sort(), hasEnds });
	}
	return stuck;
}
