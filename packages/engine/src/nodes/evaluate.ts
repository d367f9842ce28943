import type { VariableRead } from '../events.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { readsOf } from '../expressions/reads-of.ts';
import { required } from '../lookup.ts';
import { reject } from '../rejections.ts';
import { finishedRuns, openRuns } from '../scopes.ts';
import type { ScopeId, Value } from '../terms.ts';
import { ask, refused, type Stop, scopeOf, unanswered, type View, visibleScopes } from '../work.ts';

/** The value of an expression on the variables visible in a scope, and the versions it read. */
export function evaluate(
	view: View,
	scope: ScopeId,
	expression: Expression,
): { readonly value: Value; readonly reads: readonly VariableRead[] } | Stop {
	const names = readsOf(expression, visibleNames(view, scope));
	const reads = names.map((name) => readOf(view, scope, name));
	if (expression.tree !== null) {
		return { value: evaluateTree(expression.tree, (name: string) => visibleValue(view, scope, name)), reads };
	}
	const variables = Object.fromEntries(names.map((name) => [name, visibleValue(view, scope, name) ?? null]));
	const question = { kind: 'evaluate', language: 'feel', source: expression.source, variables } as const;
	const answer = ask<'evaluate'>(view, question);
	if (answer === undefined) return unanswered(question);
	if (answer.result.ok) return { value: answer.result.value, reads };
	return refused(reject('condition-failed', { expression: expression.source, reason: answer.result.message }));
}

export function visibleValue(view: View, scope: ScopeId, name: string): Value | undefined {
	// Before any variable: nobody becomes the initiator by writing that they are, nor ends the votes of others by a number.
	if (name === 'initiator') return view.state.initiator;
	const count = loopCount(view, scope, name);
	if (count !== undefined) return count;
	const owner = scopeOf(view.state, scope, name);
	return owner === null ? undefined : required(required(view.state.scopes, owner).variables, name).value;
}

/** The counters of the innermost repeated activity. They follow from its tokens, so nothing writes them. */
function loopCount(view: View, from: ScopeId, name: string): number | undefined {
	if (!LOOP_COUNTERS.has(name)) return undefined;
	const loop = visibleScopes(view.state, from).find(({ kind }) => kind === 'loop');
	if (loop === undefined) return undefined;
	if (name === 'nrOfInstances') return loop.runs?.count;
	return name === 'nrOfActiveInstances' ? openRuns(view.state, loop.id) : finishedRuns(view.state, loop.id).length;
}

const LOOP_COUNTERS = new Set(['nrOfInstances', 'nrOfActiveInstances', 'nrOfCompletedInstances']);

export function readOf(view: View, scope: ScopeId, name: string): VariableRead {
	const owner = scopeOf(view.state, scope, name);
	if (owner === null) return { scope: 0, name, seq: 0 };
	return { scope: owner, name, seq: required(required(view.state.scopes, owner).variables, name).seq };
}

export function visibleNames(view: View, from: ScopeId): string[] {
	const scopes = visibleScopes(view.state, from);
	const counters = scopes.some(({ kind }) => kind === 'loop') ? LOOP_COUNTERS : [];
	return [...new Set(['initiator', ...counters, ...scopes.flatMap(({ variables }) => Object.keys(variables))])];
}
