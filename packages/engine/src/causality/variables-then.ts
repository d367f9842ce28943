import type { EngineEvent } from '../events.ts';
import type { InstanceState, Version } from '../state.ts';
import type { ScopeId, Seq, Variables } from '../terms.ts';
import { knownScopes, type Scopes, visibleFrom } from './known-scopes.ts';
import { readLog } from './live-log.ts';

/** What later writes replaced: the version of each variable at a moment; null where it did not exist yet. */
type Replaced = ReadonlyMap<ScopeId, ReadonlyMap<string, Version | null>>;

/**
 * The variables that firings saw, and what they wrote: what was written later is looked through.
 *
 * @param state the one that the log leads to
 * @param events of the log, from the first of the firings on or earlier
 */
export function variablesThen(
	state: InstanceState,
	events: readonly EngineEvent[],
	seqs: ReadonlySet<Seq>,
): ReadonlyMap<Seq, Variables> {
	const log = readLog(events);
	const scopes = knownScopes(state, log);
	const replaced = new Map<ScopeId, Map<string, Version | null>>();
	const found = new Map<Seq, Variables>();
	for (const firing of log.firings.toReversed()) {
		if (seqs.has(firing.seq)) found.set(firing.seq, visible(scopes, firing.scope, replaced));
		for (const { scope, name, prior } of firing.writes) {
			const names = replaced.get(scope) ?? new Map<string, Version | null>();
			replaced.set(scope, names.set(name, prior));
		}
	}
	return found;
}

/** The nearest of a name counts. */
function visible(scopes: Scopes, from: ScopeId, replaced: Replaced): Variables {
	const seen = new Map<string, Version['value']>();
	for (const { id, variables } of visibleFrom(scopes, from)) {
		for (const [name, live] of Object.entries(variables)) {
			const names = replaced.get(id);
			const then = names?.has(name) ? names.get(name) : live;
			if (then !== null && then !== undefined && !seen.has(name)) seen.set(name, then.value);
		}
	}
	return Object.fromEntries(seen);
}
