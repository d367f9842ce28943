import { required } from '../lookup.ts';
import { boundaryEventsAt, eventStartsIn } from '../model/contents.ts';
import type { BoundaryEvent, StartEvent, Throw, Trigger } from '../model/process-model.ts';
import type { NewToken } from '../products.ts';
import { Products } from '../products.ts';
import { contentsOf, elementOf, interruptedIn, modelOf } from '../scopes.ts';
import type { Scope, Token } from '../state.ts';
import type { NodeId, ScopeId } from '../terms.ts';
import { type Firing, isStop, type Output, type Stop, type View, withWrites } from '../work.ts';
import { outputsBetween } from './call-activity.ts';
import { evaluateName } from './evaluate-name.ts';
import { beginEventSubProcess } from './event-sub-process.ts';
import { outFlows } from './places.ts';

/** Who catches an error or an escalation: an event subprocess of a scope around it, or an event at an activity's boundary. */
type Catcher =
	| { readonly kind: 'inside'; readonly scope: ScopeId; readonly start: StartEvent }
	| { readonly kind: 'boundary'; readonly host: Token; readonly event: BoundaryEvent };

const HAVE_NODES: ReadonlySet<Scope['kind']> = new Set(['process', 'sub', 'call']);

/** The nearest catcher, from a scope outwards; `activity` is the token of an activity that throws by itself. */
function findCatcher(
	view: View,
	kind: 'error' | 'escalation',
	code: string,
	from: ScopeId,
	activity?: Token,
): Catcher | null {
	let host = activity;
	let inside: NodeId | null = null;
	for (let id: ScopeId | null = from; ; ) {
		if (host === undefined && id !== null) {
			const scope: Scope = required(view.state.scopes, id);
			const start = HAVE_NODES.has(scope.kind) ? caughtInside(view, scope, kind, code, inside) : undefined;
			if (start !== undefined) return { kind: 'inside', scope: id, start };
			if (scope.host !== null) host = required(view.state.tokens, scope.host);
			id = scope.parent;
			if (host === undefined) {
				if (id === null) return null;
				continue;
			}
		}
		if (host === undefined) return null;
		const event = caughtAtBoundary(view, host, kind, code);
		if (event !== undefined) return { kind: 'boundary', host, event };
		inside = elementOf(host);
		id = host.scope;
		host = undefined;
	}
}

/** @param thrower what it comes from in this scope: an event subprocess does not catch what it throws itself */
function caughtInside(
	view: View,
	scope: Scope,
	kind: Trigger['kind'],
	code: string,
	thrower: NodeId | null,
): StartEvent | undefined {
	return eventStartsIn(modelOf(view, scope.id), scope.element)
		.filter(({ parent, trigger }) => parent !== thrower && catches(trigger, kind, code))
		.sort(exactFirst)[0];
}

function caughtAtBoundary(view: View, host: Token, kind: Trigger['kind'], code: string): BoundaryEvent | undefined {
	// A run of a repeated activity has no boundary of its own; the whole activity has, while it is not compensated.
	const scope = required(view.state.scopes, host.scope);
	const node = elementOf(host);
	if (scope.kind === 'compensation' || (scope.kind === 'run' && scope.element === node)) return undefined;
	return boundaryEventsAt(modelOf(view, host.scope), node)
		.filter((event) => catches(event.trigger, kind, code))
		.sort(exactFirst)[0];
}

function catches(trigger: Trigger | null, kind: Trigger['kind'], code: string): boolean {
	if (trigger?.kind !== kind || (trigger.kind !== 'error' && trigger.kind !== 'escalation')) return false;
	return trigger.code === null || trigger.code === code;
}

/** One that names the code goes before one that catches all. */
function exactFirst(a: { readonly trigger: Trigger | null }, b: { readonly trigger: Trigger | null }): number {
	const rank = (trigger: Trigger | null) => (trigger !== null && 'code' in trigger && trigger.code !== null ? 0 : 1);
	return rank(a.trigger) - rank(b.trigger);
}

/** An error ends the activity or scope that catches it. Null where nobody does. */
export function throwError(
	view: View,
	node: NodeId,
	token: Token,
	code: string,
	activity?: Token,
): Firing | Stop | null {
	const catcher = findCatcher(view, 'error', code, token.scope, activity);
	return catcher === null ? null : interruptBy(view, node, token, catcher);
}

/** An escalation goes on where it was thrown, unless its catcher interrupts. */
export function throwEscalation(view: View, goingOn: Firing, code: string): Firing | Stop {
	const catcher = findCatcher(view, 'escalation', code, goingOn.scope);
	if (catcher === null) return goingOn;
	const [token] = goingOn.consume;
	const interrupts = catcher.kind === 'inside' ? catcher.start.interrupting : catcher.event.interrupting;
	if (interrupts && token !== undefined) return interruptBy(view, goingOn.node, token, catcher);
	const outputs = outputsBetween(view, goingOn.scope, scopeOfCatcher(catcher));
	if (isStop(outputs)) return outputs;
	if (catcher.kind === 'boundary') {
		return { ...goingOn, produce: [...goingOn.produce, ...outFlows(catcher.event, catcher.host.scope)], outputs };
	}
	const products = new Products(withOutputs(view, outputs));
	for (const { place, scope } of goingOn.produce) products.token(place, scope);
	const stop = beginEventSubProcess(products, catcher.start, catcher.scope);
	return stop ?? { ...goingOn, produce: products.tokens, opens: products.scopes, tasks: products.tasks, outputs };
}

/** The scope that it is caught in. */
function scopeOfCatcher(catcher: Catcher): ScopeId {
	return catcher.kind === 'inside' ? catcher.scope : catcher.host.scope;
}

function withOutputs(view: View, outputs: readonly Output[]): View {
	return outputs.reduce((known, { scope, variables }) => withWrites(known, scope, variables), view);
}

function interruptBy(view: View, node: NodeId, token: Token, catcher: Catcher): Firing | Stop {
	// Of calls within calls only the outermost is left to give to.
	const given = outputsBetween(view, token.scope, scopeOfCatcher(catcher));
	if (isStop(given)) return given;
	const outputs = given.slice(-1);
	if (catcher.kind === 'boundary') {
		const { host, event } = catcher;
		const { tokens, scopes } = contentsOf(view.state, host.id);
		const consume = distinct([token, host, ...tokens]);
		const produce: readonly NewToken[] = outFlows(event, host.scope);
		return { kind: 'interrupt', node, scope: token.scope, consume, produce, closes: scopes, outputs };
	}
	const { tokens, scopes } = interruptedIn(view.state, catcher.scope);
	const products = new Products(withOutputs(view, outputs));
	const stop = beginEventSubProcess(products, catcher.start, catcher.scope);
	if (stop !== null) return stop;
	const { tokens: produce, scopes: opens, tasks } = products;
	const consume = distinct([token, ...tokens]);
	return { kind: 'interrupt', node, scope: token.scope, consume, produce, opens, tasks, closes: scopes, outputs };
}

function distinct(tokens: readonly Token[]): readonly Token[] {
	return [...new Map(tokens.map((token) => [token.id, token])).values()];
}

/** What a thrown message or signal asks of the world outside, and what its name was read from. */
export function thrownBy(
	view: View,
	throws: Extract<Throw, { kind: 'message' | 'signal' }>,
	scope: ScopeId,
	node: NodeId,
): Required<Pick<Firing, 'effects' | 'reads'>> | Stop {
	const event = evaluateName(view, scope, throws.name, { node, what: 'name' });
	if (isStop(event)) return event;
	const kind = throws.kind === 'message' ? 'throw-message' : 'throw-signal';
	return { effects: [{ kind, name: event.name }], reads: event.reads };
}
