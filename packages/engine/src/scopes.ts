import { required } from './lookup.ts';
import type { Node, ProcessModel } from './model/process-model.ts';
import { type Answers, questionKey } from './questions.ts';
import type { InstanceState, Scope, Token } from './state.ts';
import type { NodeId, ScopeId, TaskId, TokenId } from './terms.ts';

type Where = { readonly model: ProcessModel; readonly state: InstanceState; readonly answers: Answers };

/** The model that the nodes of a scope are of: the process's own, or that of the flow which a call activity runs. */
export function modelOf(view: Where, scope: ScopeId): ProcessModel {
	for (let at: Scope | null = required(view.state.scopes, scope); at !== null; ) {
		if (at.flow !== undefined) {
			const answer = view.answers.get(questionKey({ kind: 'flow', ...at.flow }));
			if (answer?.kind === 'flow' && answer.flow !== null) return answer.flow.model;
			throw new Error(`bug: the model of ${at.flow.flowId} was not asked for`);
		}
		at = at.parent === null ? null : required(view.state.scopes, at.parent);
	}
	return view.model;
}

export function nodeOf(view: Where, scope: ScopeId, node: NodeId): Node {
	return required(modelOf(view, scope).nodes, node);
}

/** The node whose place a token is at; that of a flow is its target. */
export function nodeAt(view: Where, token: Token): Node {
	const model = modelOf(view, token.scope);
	const element = elementOf(token);
	return required(model.nodes, token.place.startsWith('flow:') ? required(model.flows, element).target : element);
}

export function elementOf(token: Pick<Token, 'place'>): string {
	return token.place.slice(token.place.indexOf(':') + 1);
}

export interface Contents {
	readonly tokens: readonly Token[];
	readonly scopes: readonly ScopeId[];
}

/** Everything inside the activity that stands on a token, and the events armed at its boundary; not the token itself. */
export function contentsOf(state: InstanceState, host: TokenId): Contents {
	return within(
		state,
		Object.values(state.scopes).filter((scope) => scope.host === host),
		host,
	);
}

/** Everything in a scope, and the scopes within it; not the scope itself. */
export function contentsOfScope(state: InstanceState, scope: ScopeId): Contents {
	const { tokens, scopes } = within(state, [required(state.scopes, scope)], null);
	return { tokens, scopes: scopes.filter((id) => id !== scope) };
}

/** What an event ends that interrupts a scope from inside: all in it but what is completed, which it may compensate. */
export function interruptedIn(state: InstanceState, scope: ScopeId): Contents {
	const { tokens, scopes } = contentsOfScope(state, scope);
	return { tokens: tokens.filter((token) => token.done === undefined || token.scope !== scope), scopes };
}

function within(state: InstanceState, roots: readonly Scope[], host: TokenId | null): Contents {
	const scopes = new Set(roots.map(({ id }) => id));
	// A scope is younger than its parent, so one pass in the order of ids finds all.
	for (const { id, parent } of Object.values(state.scopes)) if (parent !== null && scopes.has(parent)) scopes.add(id);
	const tokens = Object.values(state.tokens).filter(
		(token) => scopes.has(token.scope) || (host !== null && token.host === host),
	);
	return { tokens, scopes: [...scopes] };
}

export function isWithin(state: InstanceState, scope: ScopeId, outer: ScopeId): boolean {
	for (let id: ScopeId | null = scope; id !== null; id = required(state.scopes, id).parent)
		if (id === outer) return true;
	return false;
}

/** The repeated task that a scope is one run of. */
export function loopTaskOf(state: InstanceState, run: ScopeId): TaskId | undefined {
	const { kind, parent } = required(state.scopes, run);
	return kind === 'run' && parent !== null ? required(state.scopes, parent).task : undefined;
}

/** What is in a scope itself, and not in one within it. */
export interface DirectContents {
	readonly tokens: readonly Token[];
	/** How many scopes are open in it. */
	readonly scopes: number;
}

/** Each scope's, found in one pass, which is less than one for each of a thousand scopes. */
export function contentsByScope({ tokens, scopes }: InstanceState): (scope: ScopeId) => DirectContents {
	const found = new Map<ScopeId, { tokens: Token[]; scopes: number }>();
	const of = (scope: ScopeId) => {
		const known = found.get(scope);
		if (known !== undefined) return known;
		const empty = { tokens: [], scopes: 0 };
		found.set(scope, empty);
		return empty;
	};
	for (const token of Object.values(tokens)) of(token.scope).tokens.push(token);
	for (const { parent } of Object.values(scopes)) if (parent !== null) of(parent).scopes += 1;
	return of;
}

/** Each run of a repeated activity that is over has left a token. */
export function finishedRuns(tokens: readonly Token[]): readonly Token[] {
	return tokens.filter(({ done }) => done === undefined);
}
