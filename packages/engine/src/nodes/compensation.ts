import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import type { Activity, Node, Throw } from '../model/process-model.ts';
import { Products } from '../products.ts';
import { type DirectContents, elementOf, nodeAt, nodeOf } from '../scopes.ts';
import type { Done, InstanceState, Scope, Token } from '../state.ts';
import type { ScopeId } from '../terms.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { beginRun, endOfActivity } from './activity.ts';
import { beginLoop } from './loop.ts';

type Compensation = Extract<Throw, { kind: 'compensation' }>;

/**
 * A compensation event takes the completed activities that it sees, each once and for all, into a scope of its own, where
 * they are compensated one after the other; `goingOn` is what it does when there are none.
 */
export function throwCompensation(view: View, node: Node, { activity, waits }: Compensation, goingOn: Firing): Firing {
	const { scope } = goingOn;
	const swept = sightOf(view, scope);
	const done = Object.values(view.state.tokens).filter((token) => isSwept(token, swept, activity));
	if (done.length === 0) return { ...goingOn, swept };
	const products = new Products(view);
	const host = products.token(`active:${node.id}`, scope);
	putInside(
		products,
		done.flatMap((token) => token.done ?? []),
		{ parent: scope, element: node.id, host },
	);
	const produce = waits ? products.tokens : [...products.tokens, ...goingOn.produce];
	return { ...goingOn, consume: [...goingOn.consume, ...done], produce, opens: products.scopes, swept };
}

/** Whether a compensation event that looks at these scopes, for one activity or for all, compensates what a token stands for. */
export function isSwept(
	{ done, scope }: Pick<Token, 'done' | 'scope'>,
	swept: readonly ScopeId[],
	activity: Compensation['activity'],
): boolean {
	return done !== undefined && swept.includes(scope) && (activity === null || done.node === activity);
}

/** Whether something runs again that a compensation event had compensated before it was undone. */
export function runsAgain(view: View, { awaits = [], scope }: Token): boolean {
	if (awaits.length === 0) return false;
	const sight = sightOf(view, scope);
	const running = new Set<string>(awaits.flatMap((node) => [`task:${node}`, `active:${node}`]));
	return Object.values(view.state.tokens).some((token) => running.has(token.place) && sight.includes(token.scope));
}

/** Its own scope, and the one around it where that is an event subprocess, which acts for the scope that contains it. */
function sightOf(view: View, scope: ScopeId): readonly ScopeId[] {
	const { host } = required(view.state.scopes, scope);
	const token = host === null ? undefined : required(view.state.tokens, host);
	if (token === undefined || nodeAt(view, token).kind !== 'eventSubProcess') return [scope];
	return [scope, ...sightOf(view, token.scope)];
}

function putInside(
	products: Products,
	done: readonly Done[],
	scope: Pick<Scope, 'parent' | 'element' | 'host'>,
	variables: Done['variables'] = {},
): ScopeId {
	const inside = products.scope({ ...scope, kind: 'compensation' }, variables);
	for (const each of done) products.token(`done:${each.node}`, inside, { done: each });
	return inside;
}

/** The latest that was completed goes first; null while something is being compensated. */
export function advanceCompensation(view: View, scope: Scope, { tokens }: DirectContents): Firing | Stop | null {
	const over = tokens.filter(({ place }) => place.startsWith('sink:'));
	const left = tokens.filter(({ done }) => done !== undefined);
	if (tokens.some(({ heldBy }) => heldBy !== undefined)) return null;
	if (over.length + left.length < tokens.length) return null;
	const latest = left.at(-1)?.done;
	if (latest === undefined) {
		invariant(scope.host !== null, 'a compensation has a host');
		const host = required(view.state.tokens, scope.host);
		return { kind: 'finish', node: elementOf(host), scope: host.scope, ...endOfActivity(view, host) };
	}
	const isNext = ({ done }: Token) => done === latest || (latest.batch !== undefined && done?.batch === latest.batch);
	const next = left.filter(isNext).reverse();
	const products = new Products(view);
	for (const { done } of next) {
		const stop = done === undefined ? null : beginCompensation(products, done, scope.id);
		if (stop !== null) return stop;
	}
	// What follows from what was compensated before it, so that undoing that undoes it too.
	const { tokens: produce, scopes: opens, tasks, reads } = products;
	const consume = [...next, ...over];
	return { kind: 'compensate', node: latest.node, scope: scope.id, consume, produce, opens, tasks, reads };
}

/** Its handler runs, or what was completed in it is compensated, in a scope with the variables that there were. */
function beginCompensation(products: Products, { node, variables, inside }: Done, scope: ScopeId): Stop | null {
	const host = products.token(`done:${node}`, scope);
	const own = putInside(products, inside, { parent: scope, element: node, host }, variables);
	const { compensation } = nodeOf(products.view, scope, node) as Activity;
	if (compensation === undefined) return null;
	const handler = nodeOf(products.view, scope, compensation) as Activity;
	const begun =
		handler.loop === null ? beginRun(products, handler, own) : beginLoop(products, handler, handler.loop, own);
	return isStop(begun) ? begun : null;
}

/**
 * What an activity leaves for a compensation when the one run, or all runs, that a token hosts are completed: itself,
 * where a handler compensates it, or else what was completed in it.
 */
export function doneBy(state: InstanceState, node: Node, token: Token): readonly Done[] {
	const hosted = Object.values(state.scopes).find(({ host }) => host === token.id);
	const inside: Done[] = [];
	if (hosted !== undefined) {
		for (const { scope, done } of Object.values(state.tokens))
			if (done !== undefined && scope === hosted.id) inside.push(done);
	}
	if (hosted?.kind === 'loop') return inside;
	const isHandled = 'compensation' in node && node.compensation !== undefined;
	const left = isHandled || hosted?.kind !== 'sub' ? [] : inside;
	if (!isHandled && left.length === 0) return [];
	const run = required(state.scopes, token.scope);
	const ofRun = run.kind === 'run' ? run : undefined;
	const isParallel = ofRun !== undefined && 'loop' in node && node.loop?.kind === 'parallel';
	const variables = { ...valuesOf(ofRun), ...(isHandled ? {} : valuesOf(hosted)) };
	return [
		{ node: node.id, variables, inside: left, ...(isParallel && run.parent !== null ? { batch: run.parent } : {}) },
	];
}

function valuesOf(scope: Scope | undefined): Done['variables'] {
	return Object.fromEntries(Object.entries(scope?.variables ?? {}).map(([name, { value }]) => [name, value]));
}
