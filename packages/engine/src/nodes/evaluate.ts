import type { VariableRead } from '../events.ts';
import { evaluateTree } from '../expressions/evaluate-tree.ts';
import type { Expression } from '../expressions/expression.ts';
import { readsOf } from '../expressions/reads-of.ts';
import { required } from '../lookup.ts';
import { reject } from '../rejections.ts';
import type { Scope } from '../state.ts';
import type { ScopeId, Value } from '../terms.ts';
import { ask, refused, type Stop, scopeOf, unanswered, type View } from '../work.ts';

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

function visibleValue(view: View, scope: ScopeId, name: string): Value | undefined {
	const owner = scopeOf(view.state, scope, name);
	if (owner !== null) return required(required(view.state.scopes, owner).variables, name).value;
	return name === 'initiator' ? view.state.initiator : undefined;
}

function readOf(view: View, scope: ScopeId, name: string): VariableRead {
	const owner = scopeOf(view.state, scope, name);
	if (owner === null) return { scope: 0, name, seq: 0 };
	return { scope: owner, name, seq: required(required(view.state.scopes, owner).variables, name).seq };
}

function visibleNames(view: View, from: ScopeId): string[] {
	const names: string[] = [];
	for (let id: ScopeId | null = from; id !== null; ) {
		const scope: Scope = required(view.state.scopes, id);
		names.push(...Object.keys(scope.variables));
		id = scope.parent;
	}
	return [...new Set(names)];
}
