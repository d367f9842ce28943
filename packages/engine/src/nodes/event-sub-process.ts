import type { StartEvent } from '../model/process-model.ts';
import type { Products } from '../products.ts';
import { modelOf } from '../scopes.ts';
import type { ScopeId } from '../terms.ts';
import type { Stop } from '../work.ts';
import { beginScope, dataOf } from './activity.ts';

/** The event of an event subprocess came: it runs as a scope inside the one that contains it. */
export function beginEventSubProcess(products: Products, start: StartEvent, scope: ScopeId): Stop | null {
	const host = products.token(`active:${start.parent}`, scope);
	const model = modelOf(products.view, scope);
	const inside = products.scope(
		{ parent: scope, element: start.parent, kind: 'sub', host },
		dataOf(model, start.parent),
	);
	return beginScope(products, model, start.parent, inside);
}
