import type { ScopeId } from '../terms.ts';
import { type Marking, type Scope, scopeOf, type Token } from './marking.ts';

/** The scopes inside a scope, at any depth. */
export function scopesWithin(marking: Marking, scope: ScopeId): readonly Scope[] {
	const within = new Set([scope]);
	const found: Scope[] = [];
	for (let size = 0; size < within.size; ) {
		size = within.size;
		for (const each of marking.scopes.values()) {
			if (within.has(each.id) || each.parent === null || !within.has(each.parent)) continue;
			within.add(each.id);
			found.push(each);
		}
	}
	return found;
}

/** What is consumed together. */
export interface Contents {
	readonly tokens: readonly Token[];
	readonly scopes: readonly ScopeId[];
}

/** Everything in a scope and in the scopes inside it; `scopes` are only those inside. */
export function contentsOf(marking: Marking, scope: Scope): Contents {
	const within = scopesWithin(marking, scope.id);
	return {
		tokens: [...scope.tokens, ...within.flatMap(({ tokens }) => tokens)],
		scopes: within.map(({ id }) => id),
	};
}

/** What an event ends that interrupts a scope from inside it: not what is completed, which it may have to compensate. */
export function interruptedIn(marking: Marking, scope: Scope): Contents {
	const { tokens, scopes } = contentsOf(marking, scope);
	return { tokens: tokens.filter((token) => token.done === null || token.scope !== scope.id), scopes };
}

/** A token with the events that wait for it and everything inside it. */
export function withContents(marking: Marking, token: Token): Contents {
	const waits = scopeOf(marking, token.scope).tokens.filter(({ host }) => host === token.id);
	const inside = [...marking.scopes.values()].filter(({ host }) => host === token.id);
	const contents = inside.map((scope) => contentsOf(marking, scope));
	return {
		tokens: [token, ...waits, ...contents.flatMap(({ tokens }) => tokens)],
		scopes: [...inside.map(({ id }) => id), ...contents.flatMap(({ scopes }) => scopes)],
	};
}
