import type { VariableRead } from '../events.ts';
import { required } from '../lookup.ts';
import type { ExclusiveGateway, InclusiveGateway } from '../model/process-model.ts';
import type { NewToken } from '../products.ts';
import { reject } from '../rejections.ts';
import { modelOf } from '../scopes.ts';
import type { FlowId, ScopeId } from '../terms.ts';
import { isStop, refused, type Stop, type View } from '../work.ts';
import { evaluate } from './evaluate.ts';
import { flowTokens } from './places.ts';

/** The out-flows a gateway gives a token to, and the versions of the variables that this depends on. */
export function chooseFlows(
	view: View,
	node: ExclusiveGateway | InclusiveGateway,
	scope: ScopeId,
	how: 'first' | 'every',
): { readonly produce: readonly NewToken[]; readonly reads: readonly VariableRead[] } | Stop {
	const chosen: FlowId[] = [];
	const reads: VariableRead[] = [];
	for (const flow of node.outgoing) {
		if (flow === node.defaultFlow) continue;
		const { condition } = required(modelOf(view, scope).flows, flow);
		if (condition !== null) {
			const evaluated = evaluate(view, scope, condition);
			if (isStop(evaluated)) return evaluated;
			reads.push(...evaluated.reads);
			if (evaluated.value !== true) continue;
		}
		chosen.push(flow);
		if (how === 'first') break;
	}
	if (chosen.length === 0 && node.defaultFlow !== null) chosen.push(node.defaultFlow);
	if (chosen.length === 0) return refused(reject('no-flow-selected', { node: node.id }));
	return { produce: flowTokens(chosen, scope), reads };
}
