import { required } from '../lookup.ts';
import type { CallActivity, Mapping } from '../model/process-model.ts';
import type { Products } from '../products.ts';
import { reject } from '../rejections.ts';
import type { InstanceState } from '../state.ts';
import type { ScopeId, TokenId, Variables } from '../terms.ts';
import { ask, isStop, refused, type Stop, scopeOf, unanswered, type View } from '../work.ts';
import { beginScope, dataOf } from './activity.ts';
import { evaluate, visibleNames, visibleValue } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';

const MAX_DEPTH = 16;

/** The called flow runs as a scope of this instance, in the version that it has now. */
export function beginCall(products: Products, node: CallActivity, scope: ScopeId): TokenId | Stop {
	const { view } = products;
	if (callDepth(view.state, scope) >= MAX_DEPTH) return refused(reject('calls-too-deep', { node: node.id }));
	const flowId = evaluateText(view, scope, node.flowId);
	if (isStop(flowId)) return flowId;
	const question = { kind: 'flow', flowId: String(flowId.value), version: node.version } as const;
	const answer = ask<'flow'>(view, question);
	if (answer === undefined) return unanswered(question);
	if (answer.flow === null) return refused(reject('flow-not-found', { node: node.id, flow: question.flowId }));
	// Whatever is the latest tomorrow, this call goes on with the version of now.
	const pinned = { ...question, version: answer.flow.version };
	if (ask<'flow'>(view, pinned) === undefined) return unanswered(pinned);

	const inputs = node.inputs === 'all' ? allVisible(view, scope) : mapVariables(view, scope, node.inputs);
	if (isStop(inputs)) return inputs;
	const { version, model } = answer.flow;
	const host = products.token(`active:${node.id}`, scope);
	const flow = { flowId: question.flowId, version };
	const variables = { ...dataOf(model, model.id), ...inputs.variables };
	const inside = products.scope({ parent: scope, element: model.id, kind: 'call', host, flow }, variables);
	return beginScope(products, model, model.id, inside) ?? host;
}

/** What the called flow gives back when it has ended. */
export function outputsOf(view: View, node: CallActivity, inside: ScopeId): { readonly variables: Variables } | Stop {
	if (node.outputs !== 'all') return mapVariables(view, inside, node.outputs);
	const { variables } = required(view.state.scopes, inside);
	return { variables: Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value])) };
}

function mapVariables(
	view: View,
	scope: ScopeId,
	mappings: readonly Mapping[],
): { readonly variables: Variables } | Stop {
	const variables: Record<string, Variables[string]> = {};
	for (const { source, target } of mappings) {
		const evaluated = evaluate(view, scope, source);
		if (isStop(evaluated)) return evaluated;
		variables[target] = evaluated.value;
	}
	return { variables };
}

function allVisible(view: View, scope: ScopeId): { readonly variables: Variables } {
	const names = visibleNames(view, scope).filter((name) => scopeOf(view.state, scope, name) !== null);
	return { variables: Object.fromEntries(names.map((name) => [name, visibleValue(view, scope, name) ?? null])) };
}

function callDepth(state: InstanceState, from: ScopeId): number {
	let depth = 0;
	for (let id: ScopeId | null = from; id !== null; ) {
		const scope: InstanceState['scopes'][number] = required(state.scopes, id);
		if (scope.kind === 'call') depth += 1;
		id = scope.parent;
	}
	return depth;
}
