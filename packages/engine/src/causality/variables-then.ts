import type { EngineEvent, UndoneVersion } from '../events.ts';
import type { InstanceState, Version } from '../state.ts';
import type { ScopeId, Seq, Variables } from '../terms.ts';
import { knownScopes, type Scopes, visibleFrom } from './known-scopes.ts';
import { readLog } from './live-log.ts';

/** The version of each variable at a moment, where it was another one; null where it did not exist. */
type Versions = Map<ScopeId, Map<string, Version | null>>;

/**
 * The variables that firings saw, and what they wrote: whatever was written later, or went back, is looked through.
 *
 * @param state the one that the log leads to
 * @param events of the log, from the first of the firings on or earlier
 */
export function variablesThen(
	state: InstanceState,
	events: readonly EngineEvent[],
	seqs: ReadonlySet<Seq>,
): ReadonlyMap<Seq, Variables> {
	const scopes = knownScopes(state, readLog(events));
	const then: Versions = new Map();
	const found = new Map<Seq, Variables>();
	for (const event of events.toReversed()) {
		if (event.type === 'NodeFired' && seqs.has(event.seq)) found.set(event.seq, visible(scopes, event.scope, then));
		takeBack(event, then);
	}
	return found;
}

/** What an event changed is as it was before it. */
function takeBack(event: EngineEvent, then: Versions): void {
	const set = (scope: ScopeId, name: string, version: Version | null) => {
		const names = then.get(scope) ?? new Map<string, Version | null>();
		then.set(scope, names.set(name, version));
	};
	const wentBack = (versions: readonly UndoneVersion[]) => versions.filter(({ live }) => live !== undefined);
	switch (event.type) {
		case 'NodeFired':
			for (const { scope, name, prior } of event.writes) set(scope, name, prior);
			break;
		case 'RolledBack':
			for (const { scope, name, live } of wentBack(event.versions)) set(scope, name, live ?? null);
			break;
		case 'RollbackUndone':
			for (const { scope, name, kept } of wentBack(event.rollback.versions)) set(scope, name, kept);
			break;
	}
}

/** The nearest of a name counts. */
function visible(scopes: Scopes, from: ScopeId, then: Versions): Variables {
	const seen = new Map<string, Version['value']>();
	for (const { id, variables } of visibleFrom(scopes, from)) {
		const names = then.get(id) ?? new Map<string, Version | null>();
		for (const name of new Set([...Object.keys(variables), ...names.keys()])) {
			const version = names.has(name) ? names.get(name) : variables[name];
			if (version && !seen.has(name)) seen.set(name, version.value);
		}
	}
	return Object.fromEntries(seen);
}
