import type { InstanceState } from '@sendback/engine/state.ts';
import type { ScopeId, Variables } from '@sendback/engine/terms.ts';
import { visibleScopes } from '@sendback/engine/visible-scopes.ts';

/** The visible variables; the nearest of a name counts. */
export function variablesAt(state: InstanceState, scope: ScopeId): Variables {
	const entries = [...visibleScopes(state, scope)]
		.reverse()
		.flatMap(({ variables }) => Object.entries(variables).map(([name, { value }]) => [name, value] as const));
	return Object.fromEntries(entries);
}
