import type { PassThrough } from '../model/process-model.ts';
import type { Token } from '../state.ts';
import type { Firing } from '../work.ts';
import { outFlows } from './places.ts';

export function firePassThrough(node: PassThrough, token: Token): Firing {
	return { kind: 'pass', node: node.id, scope: token.scope, consume: [token], produce: outFlows(node, token.scope) };
}
