import { required } from './lookup.ts';
import type { InstanceState, Scope } from './state.ts';
import type { ScopeId } from './terms.ts';

/** The scopes whose variables are visible in a scope, the nearest first; a called flow does not see its caller's. */
export function visibleScopes(state: InstanceState, from: ScopeId): readonly Scope[] {
	const visible: Scope[] = [];
	for (let id: ScopeId | null = from; id !== null; ) {
		const scope: Scope = required(state.scopes, id);
		visible.push(scope);
		id = scope.kind === 'call' ? null : scope.parent;
	}
	return visible;
}

/** The scope that a name is visible from, the nearest first; null where there is no such variable. */
export function scopeOf(state: InstanceState, from: ScopeId, name: string): ScopeId | null {
	return visibleScopes(state, from).find(({ variables }) => Object.hasOwn(variables, name))?.id ?? null;
}

/** The scope of the process, or of the called flow, that a scope belongs to. */
export function flowScopeOf(state: InstanceState, from: ScopeId): ScopeId {
	return visibleScopes(state, from).at(-1)?.id ?? 0;
}
