import { required } from '../lookup.ts';
import type { Node } from '../model/process-model.ts';
import type { InstanceState, Scope, Token } from '../state.ts';
import type { NodeId, ScopeId } from '../terms.ts';
import { type ElementMap, isProblem } from './element-map.ts';

/**
 * Whether what is open compensates the same activity in both versions, or none in either. No path goes on behind a
 * compensation, and one does behind all else: it would be lost, or doubled.
 */
export function compensatesTheSame(state: InstanceState, map: ElementMap, { scope }: Token, after: Node): boolean {
	const { kind, element } = scopeAround(state, scope);
	if (kind !== 'compensation') return !Object.values(map.to.nodes).some((node) => compensationOf(node) === after.id);
	const activity = map.node(element);
	// Where that is not mapped, it is said of itself.
	return isProblem(activity) || compensationOf(activity) === after.id;
}

/** The one that an activity is in as a whole, which several runs of it are in too. */
function scopeAround({ scopes }: InstanceState, from: ScopeId): Scope {
	let scope = required(scopes, from);
	while ((scope.kind === 'run' || scope.kind === 'loop') && scope.parent !== null)
		scope = required(scopes, scope.parent);
	return scope;
}

function compensationOf(node: Node): NodeId | undefined {
	return 'compensation' in node ? node.compensation : undefined;
}
