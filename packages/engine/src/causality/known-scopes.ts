import type { ProcessModel } from '../model/process-model.ts';
import { questionKey } from '../questions.ts';
import type { InstanceState, Scope } from '../state.ts';
import type { ScopeId } from '../terms.ts';
import { ask, type Stop, unanswered, type View } from '../work.ts';
import type { LiveLog } from './live-log.ts';

/** The live scopes, and those that a part of the log opened or closed. */
export type Scopes = ReadonlyMap<ScopeId, Scope>;

export function knownScopes(state: InstanceState, log: LiveLog): Scopes {
	const logged = log.firings.flatMap(({ opened, closed }) => [...(opened ?? []), ...(closed ?? [])]);
	return new Map([...logged, ...Object.values(state.scopes)].map((scope) => [scope.id, scope]));
}

/** Null when the models of all called flows are known. */
export function missingModels(view: Pick<View, 'answers'>, scopes: Iterable<Scope>): Stop | null {
	const questions = [...scopes]
		.flatMap(({ flow }) => (flow === undefined ? [] : [{ kind: 'flow', ...flow } as const]))
		.filter((question) => ask<'flow'>(view, question) === undefined);
	return questions.length > 0 ? unanswered(...questions) : null;
}

/** The model that the nodes of a scope are of, live or closed. */
export function modelAt(view: Pick<View, 'model' | 'answers'>, scopes: Scopes, from: ScopeId): ProcessModel {
	for (const { flow } of outwards(scopes, from)) {
		const answer = flow === undefined ? undefined : view.answers.get(questionKey({ kind: 'flow', ...flow }));
		if (answer?.kind === 'flow' && answer.flow !== null) return answer.flow.model;
	}
	return view.model;
}

export function isInside(scopes: Scopes, scope: ScopeId, outer: ScopeId): boolean {
	for (const { id } of outwards(scopes, scope)) if (id === outer) return true;
	return false;
}

/** The scopes whose variables are visible in a scope, live or closed, the nearest first; a called flow does not see its caller's. */
export function* visibleFrom(scopes: Scopes, from: ScopeId): Generator<Scope> {
	for (const scope of outwards(scopes, from)) {
		yield scope;
		if (scope.kind === 'call') return;
	}
}

/** A scope and those around it, live or closed, the nearest first. */
export function* outwards(scopes: Scopes, from: ScopeId): Generator<Scope> {
	for (let scope = scopes.get(from); scope !== undefined; ) {
		yield scope;
		scope = scope.parent === null ? undefined : scopes.get(scope.parent);
	}
}
