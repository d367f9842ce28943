import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState, Token } from '@sendback/engine/state.ts';
import type { ScopeId } from '@sendback/engine/terms.ts';
import Type from 'typebox';

export const MarkSchema = Type.Object({
	element_id: Type.String({ description: 'the node where tokens are, or wait to enter' }),
	scope_id: Type.String(),
	count: Type.Integer(),
	flow_id: Type.Optional(Type.String({ description: 'the sequence flow on which they wait' })),
});

export interface Mark {
	readonly element_id: string;
	readonly scope_id: string;
	readonly count: number;
	readonly flow_id?: string;
}

/** Where the control of the instance is, as a person would count it on the diagram. */
export function markingOf(state: InstanceState, modelOf: (scope: ScopeId) => ProcessModel): readonly Mark[] {
	const marks = new Map<string, Mark>();
	for (const token of Object.values(state.tokens)) {
		const place = placeOf(modelOf(token.scope), token);
		if (place === null) continue;
		const key = `${token.place} ${token.scope}`;
		const count = (marks.get(key)?.count ?? 0) + 1;
		marks.set(key, { ...place, scope_id: String(token.scope), count });
	}
	return [...marks.values()];
}

/** Null for what is not a point of control: a path that is over, and an event that is only armed beside something. */
function placeOf(model: ProcessModel, token: Token): { readonly element_id: string; readonly flow_id?: string } | null {
	const separator = token.place.indexOf(':');
	const id = token.place.slice(separator + 1);
	switch (token.place.slice(0, separator)) {
		case 'task':
		case 'active':
			return { element_id: id };
		case 'flow':
			return { element_id: model.flows[id]?.target ?? id, flow_id: id };
		case 'wait':
			return isBeside(model, token, id) ? null : { element_id: id };
		default:
			return null;
	}
}

/** At a boundary, behind an event-based gateway, at the start of an event subprocess: another token stands for it. */
function isBeside(model: ProcessModel, token: Token, node: string): boolean {
	return token.host !== undefined || model.nodes[node]?.kind === 'startEvent';
}
