import type { Activity, Loop, Node } from '../model/process-model.ts';
import type { ElementId, NodeId, ScopeId, TokenId } from '../terms.ts';
import {
	type CalledFlow,
	type Completed,
	type Marking,
	type Place,
	type Scope,
	type Token,
	withTokens,
} from './marking.ts';
import { isArmed, type Net, netOf } from './net.ts';
import type { ModelOf } from './world.ts';

/** A token to be produced, with what comes to be inside it. */
export interface TokenPlan {
	readonly place: Place;
	/** Of an event that waits anew: the token that it belonged to. */
	readonly host: TokenId | null;
	readonly done: Completed | null;
	/** Events that wait while it is there. */
	readonly waits: readonly Place[];
	readonly inside: ScopePlan | null;
}

export interface ScopePlan extends Pick<Scope, 'kind' | 'flow' | 'count'> {
	readonly tokens: readonly TokenPlan[];
	/** kind loop: the runs that begin. */
	readonly runs: readonly ScopePlan[];
}

/** What a firing produces in one scope. */
export interface Product {
	readonly scope: ScopeId;
	readonly tokens: readonly TokenPlan[];
	readonly runs: readonly ScopePlan[];
}

export function plain(place: Place): TokenPlan {
	return { place, host: null, done: null, waits: [], inside: null };
}

/** It can be compensated from now on. */
export function completed(done: Completed): TokenPlan {
	return { ...plain(`done:${done.activity}`), done };
}

/** What follows a node that is done. One without outgoing flow ends its path as an end event does: no token may vanish. */
export function followers(node: Node): readonly TokenPlan[] {
	return node.outgoing.length === 0 ? [plain(`sink:${node.id}`)] : node.outgoing.map((flow) => plain(`flow:${flow}`));
}

/** What a process, a subprocess or an event subprocess begins with: behind its start, and its own events armed. */
export function beginning(net: Net, element: ElementId): readonly TokenPlan[] {
	const start = net.starts.get(element);
	const events = (net.handlers.get(element) ?? []).filter((handler) => isArmed(handler.start.trigger));
	return [...(start === undefined ? [] : followers(start)), ...events.map(({ start: { id } }) => plain(`wait:${id}`))];
}

export function isActivity(node: Node): node is Activity {
	return 'loop' in node;
}

/** A running event subprocess. */
export function handling(net: Net, process: NodeId): TokenPlan {
	return { ...plain(`active:${process}`), inside: scopePlan('sub', beginning(net, process)) };
}

/** An event-based gateway that waits, with every event behind it. */
export function waiting(net: Net, gateway: Node): TokenPlan {
	const targets = gateway.outgoing.flatMap((flow) => net.flows.get(flow)?.target ?? []);
	return { ...plain(`active:${gateway.id}`), waits: targets.map((target): Place => `wait:${target}`) };
}

/** One activity, entered once: with its boundary events, and all of its runs that begin at once. */
export function entry(
	net: Net,
	activity: Activity,
	count: number,
	called: CalledFlow | null,
	modelOf: ModelOf,
): TokenPlan {
	const waits = (net.boundaries.get(activity.id) ?? [])
		.filter(({ trigger }) => isArmed(trigger))
		.map(({ id }): Place => `wait:${id}`);
	if (activity.loop === null) return { ...oneRun(net, activity, called, modelOf), waits };
	const runs = activity.loop.kind === 'parallel' ? count : Math.min(count, 1);
	return {
		...plain(`active:${activity.id}`),
		waits,
		inside: {
			...scopePlan('loop', []),
			count: knownCount(activity.loop, count),
			runs: Array.from({ length: runs }, () => run(net, activity, called, modelOf)),
		},
	};
}

/** A loop with a condition shows only as it repeats how often it does. */
export function knownCount(loop: Loop, count: number): number | null {
	return loop.kind === 'standard' ? null : count;
}

export function run(net: Net, activity: Activity, called: CalledFlow | null, modelOf: ModelOf): ScopePlan {
	return scopePlan('run', [oneRun(net, activity, called, modelOf)]);
}

function oneRun(net: Net, activity: Activity, called: CalledFlow | null, modelOf: ModelOf): TokenPlan {
	if (activity.kind === 'userTask') return plain(`task:${activity.id}`);
	const active = plain(`active:${activity.id}`);
	if (activity.kind === 'subProcess') {
		return { ...active, inside: scopePlan('sub', beginning(net, activity.id)) };
	}
	const model = activity.kind === 'callActivity' && called !== null ? modelOf(called) : null;
	if (model === null) return active;
	return { ...active, inside: { ...scopePlan('call', beginning(netOf(model), model.id)), flow: called } };
}

export function scopePlan(kind: Scope['kind'], tokens: readonly TokenPlan[]): ScopePlan {
	return { kind, flow: null, count: null, tokens, runs: [] };
}

/** The marking after these products, with new ids. */
export function grow(marking: Marking, products: readonly Product[]): Marking {
	let { nextToken, nextScope } = marking;
	const tokens: Token[] = [];
	const scopes: Scope[] = [];
	const openScope = (plan: ScopePlan, parent: ScopeId, host: TokenId | null): void => {
		const id = nextScope++;
		scopes.push({ id, parent, kind: plan.kind, host, flow: plan.flow, count: plan.count, tokens: [] });
		addAll(plan, id);
	};
	const addAll = (plan: Pick<ScopePlan, 'tokens' | 'runs'>, scope: ScopeId): void => {
		for (const { place, host, done, waits, inside } of plan.tokens) {
			const id = nextToken++;
			tokens.push({ id, place, scope, host, done });
			for (const wait of waits) tokens.push({ id: nextToken++, place: wait, scope, host: id, done: null });
			if (inside !== null) openScope(inside, scope, id);
		}
		for (const run of plan.runs) openScope(run, scope, null);
	};
	for (const product of products) addAll(product, product.scope);
	return withTokens(marking, tokens, scopes);
}
