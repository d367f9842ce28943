import type { VariableRead } from '../events.ts';
import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import type { CallActivity, Mapping, ProcessModel } from '../model/process-model.ts';
import type { Products } from '../products.ts';
import { reject } from '../rejections.ts';
import { nodeAt } from '../scopes.ts';
import type { InstanceState } from '../state.ts';
import type { ScopeId, TokenId, Value, Variables } from '../terms.ts';
import { scopeOf } from '../visible-scopes.ts';
import { ask, isStop, type Output, refused, type Stop, unanswered, type View, withWrites } from '../work.ts';
import { beginScope, dataOf } from './activity.ts';
import { evaluate, readsAt, visibleNames, visibleValue } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';
import { versionOf } from './version-of.ts';

const MAX_DEPTH = 16;

/** The called flow runs as a scope of this instance, in the version that it has now. */
export function beginCall(products: Products, node: CallActivity, scope: ScopeId): TokenId | Stop {
	const { view } = products;
	if (callDepth(view.state, scope) >= MAX_DEPTH) return refused(reject('calls-too-deep', { node: node.id }));
	const flowId = evaluateText(view, scope, node.flowId);
	if (isStop(flowId)) return flowId;
	const bound = versionOf(view, scope, node.version);
	if (isStop(bound)) return bound;
	const question = { kind: 'flow', flowId: String(flowId.value), version: bound.version } as const;
	const answer = ask<'flow'>(view, question);
	if (answer === undefined) return unanswered(question);
	if (answer.flow === null) return refused(reject('flow-not-found', { node: node.id, flow: question.flowId }));
	if (!isCallable(answer.flow.model))
		return refused(reject('flow-not-callable', { node: node.id, flow: question.flowId }));
	// Whatever is the latest tomorrow, this call goes on with the version of now.
	const pinned = { ...question, version: answer.flow.version };
	if (ask<'flow'>(view, pinned) === undefined) return unanswered(pinned);

	const inputs = mapVariables(view, scope, node.inputs, () => allVisible(view, scope));
	if (isStop(inputs)) return inputs;
	products.reads.push(...flowId.reads, ...bound.reads, ...inputs.reads);
	const { version, model } = answer.flow;
	const host = products.token(`active:${node.id}`, scope);
	const flow = { flowId: question.flowId, version };
	const variables = { ...dataOf(model, model.id), ...inputs.variables };
	const inside = products.scope({ parent: scope, element: model.id, kind: 'call', host, flow }, variables);
	return beginScope(products, model, model.id, inside) ?? host;
}

/** BPMN 2.0, 10.5.2: a call is no event that a start event could wait for, so it begins at the one that waits for none. */
function isCallable({ id, nodes }: ProcessModel): boolean {
	return Object.values(nodes).some((node) => node.kind === 'startEvent' && node.parent === id && node.trigger === null);
}

/** What the called flow gives back: when it has ended, or something thrown in it is caught outside. */
export function outputsOf(view: View, node: CallActivity, inside: ScopeId): Mapped | Stop {
	return mapVariables(view, inside, node.outputs, () => Object.keys(required(view.state.scopes, inside).variables));
}

/** What all called flows give back that something goes out of, from one scope to another one around it. */
export function outputsBetween(view: View, from: ScopeId, to: ScopeId): readonly Output[] | Stop {
	const outputs: Output[] = [];
	let known = view;
	for (let id = from; id !== to; ) {
		const { kind, host, parent } = required(view.state.scopes, id);
		if (kind === 'call' && host !== null) {
			const token = required(view.state.tokens, host);
			const node = nodeAt(view, token);
			invariant(node.kind === 'callActivity', 'a called flow has a call');
			const given = outputsOf(known, node, id);
			if (isStop(given)) return given;
			outputs.push({ scope: token.scope, ...given });
			known = withWrites(known, token.scope, given.variables);
		}
		invariant(parent !== null, 'the scope is around');
		id = parent;
	}
	return outputs;
}

/** What goes in or out by the mappings of a call, and what was read for it. */
interface Mapped {
	readonly variables: Variables;
	readonly reads: readonly VariableRead[];
}

function mapVariables(
	view: View,
	scope: ScopeId,
	mappings: readonly Mapping[] | 'all',
	all: () => readonly string[],
): Mapped | Stop {
	const variables: (readonly [string, Value])[] = [];
	const reads: VariableRead[] = [];
	for (const mapping of mappings === 'all' ? [mappings] : mappings) {
		if (mapping === 'all') {
			const names = all();
			for (const name of names) variables.push([name, visibleValue(view, scope, name) ?? null]);
			reads.push(...readsAt(view, scope, names));
			continue;
		}
		const evaluated =
			'text' in mapping ? evaluateText(view, scope, mapping.text) : evaluate(view, scope, mapping.source);
		if (isStop(evaluated)) return evaluated;
		variables.push([mapping.target, evaluated.value]);
		reads.push(...evaluated.reads);
	}
	return { variables: Object.fromEntries(variables), reads };
}

function allVisible(view: View, scope: ScopeId): readonly string[] {
	return visibleNames(view, scope).filter((name) => scopeOf(view.state, scope, name) !== null);
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
