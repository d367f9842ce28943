import type { ProcessModel } from '../model/process-model.ts';
import type { ElementId } from '../terms.ts';
import { type CalledFlow, elementOf, type Marking, type Scope, scopeOf, type Token } from './marking.ts';
import { type Net, netOf, nodeOf } from './net.ts';

/** Finds the model of a called flow; null where it is not known, and a call is then seen from outside only. */
export type ModelOf = (flow: CalledFlow) => ProcessModel | null;

/** The models that an instance runs. */
export interface World {
	readonly net: Net;
	readonly modelOf: ModelOf;
}

export function worldOf(model: ProcessModel, modelOf: ModelOf = () => null): World {
	return { net: netOf(model), modelOf };
}

/** The net that the nodes of a scope are of; null inside a call of a flow that is not known. */
export function netAt(world: World, marking: Marking, scope: Scope): Net | null {
	let at = scope;
	while (at.kind !== 'call' && at.parent !== null) at = scopeOf(marking, at.parent);
	if (at.flow === null) return world.net;
	const model = world.modelOf(at.flow);
	return model === null ? null : netOf(model);
}

/** The token of the activity that a scope, or a run in it, is the inside of; null for the process. */
export function hostOf(marking: Marking, scope: Scope): Token | null {
	if (scope.parent === null) return null;
	const parent = scopeOf(marking, scope.parent);
	if (scope.kind === 'run') return hostOf(marking, parent);
	const host = parent.tokens.find(({ id }) => id === scope.host);
	if (host === undefined) throw new Error(`scope ${scope.id} has lost its activity`);
	return host;
}

/** The element whose nodes run in a scope; null where that is a repeated activity. */
export function containerOf(world: World, marking: Marking, scope: Scope): ElementId | null {
	switch (scope.kind) {
		case 'process':
			return world.net.model.id;
		case 'call':
			return netAt(world, marking, scope)?.model.id ?? null;
		case 'sub': {
			const host = hostOf(marking, scope);
			return host === null ? null : elementOf(host.place);
		}
		default:
			return null;
	}
}

/** The node of the activity that a token stands in. */
export function nodeAt(net: Net, token: Token) {
	return nodeOf(net, elementOf(token.place));
}
