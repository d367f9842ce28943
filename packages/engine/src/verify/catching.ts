import type { Activity, Node } from '../model/process-model.ts';
import { type Contents, interruptedIn, withContents } from './contents.ts';
import { followers, handling, type Product } from './growth.ts';
import { elementOf, type Marking, type Scope, scopeOf, type Token } from './marking.ts';
import type { Net } from './net.ts';
import { containerOf, hostOf, netAt, type World } from './world.ts';

/** An event that catches what was thrown. */
export interface Catch {
	readonly event: Node;
	readonly interrupting: boolean;
	readonly scope: Scope;
	/** The token of the activity that it is attached to; null for an event subprocess. */
	readonly host: Token | null;
	/** What it ends, where it interrupts. */
	readonly ends: Contents;
	readonly product: Product;
}

export interface Thrown {
	readonly kind: 'error' | 'escalation';
	/** Null: any, as of work done outside. */
	readonly code: string | null;
}

/**
 * The events that may catch something thrown in a scope: those of the nearest scope around it that has one for this code,
 * one that names the code before one for all codes (BPMN 2.0.2, 10.5.1 and 10.5.6). Several where the code is not known.
 * @param thrower the token that throws, where it is an activity, whose own boundary events are the nearest then
 */
export function catches(
	world: World,
	marking: Marking,
	scope: Scope,
	thrown: Thrown,
	thrower: Token | null,
): readonly Catch[] {
	const found: Catch[] = [];
	let at = scope;
	let from: Token | null = thrower;
	for (;;) {
		const net = netAt(world, marking, at);
		if (net !== null) {
			const nearest = mostSpecific(thrown, atBoundary(net, marking, at, from));
			const further = nearest.some(endsSearch) ? [] : mostSpecific(thrown, inScope(world, net, marking, at, from));
			found.push(...nearest, ...further);
			if (found.some(endsSearch)) return found;
		}
		if (at.parent === null) return found;
		from = at.kind === 'run' ? null : hostOf(marking, at);
		at = scopeOf(marking, at.parent);
	}

	/** A known code is caught by the nearest event, an unknown one for certain only by one for all codes. */
	function endsSearch({ event }: Catch): boolean {
		return thrown.code !== null || codeOf(event) === null;
	}
}

/** What a node throws that is caught inside the instance; null where that is nothing. */
export function thrownBy(node: Node): Thrown | null {
	if (node.kind !== 'endEvent' && node.kind !== 'intermediateThrowEvent') return null;
	return node.throws !== null && 'code' in node.throws ? node.throws : null;
}

/** Activities whose work is done where the interpreter does not see it, and that can end in an error. */
export function mayFail(activity: Activity): boolean {
	return activity.kind === 'serviceTask' || activity.kind === 'callActivity';
}

function mostSpecific({ kind, code }: Thrown, all: readonly Catch[]): readonly Catch[] {
	const ofKind = all.filter(({ event }) => triggerOf(event)?.kind === kind);
	if (code === null) return ofKind;
	const named = ofKind.filter(({ event }) => codeOf(event) === code);
	return named.length > 0 ? named : ofKind.filter(({ event }) => codeOf(event) === null);
}

function atBoundary(net: Net, marking: Marking, scope: Scope, host: Token | null): readonly Catch[] {
	// The boundary events of a repeated activity belong to all of its runs together; one that is compensated has none.
	if (host === null || scope.kind === 'run' || scope.kind === 'compensation') return [];
	return (net.boundaries.get(elementOf(host.place)) ?? []).map((event) => ({
		event,
		interrupting: event.interrupting,
		scope,
		host,
		ends: withContents(marking, host),
		product: { scope: scope.id, tokens: followers(event), runs: [] },
	}));
}

function inScope(world: World, net: Net, marking: Marking, scope: Scope, from: Token | null): readonly Catch[] {
	const container = containerOf(world, marking, scope);
	const handlers = container === null ? [] : (net.handlers.get(container) ?? []);
	return handlers
		.filter(({ process }) => from === null || from.place !== `active:${process.id}`)
		.map(({ process, start }) => ({
			event: start,
			interrupting: start.interrupting,
			scope,
			host: null,
			ends: interruptedIn(marking, scope),
			product: { scope: scope.id, tokens: [handling(net, process.id)], runs: [] },
		}));
}

function triggerOf(event: Node) {
	return event.kind === 'boundaryEvent' || event.kind === 'startEvent' ? event.trigger : null;
}

function codeOf(event: Node): string | null {
	const trigger = triggerOf(event);
	return trigger?.kind === 'error' || trigger?.kind === 'escalation' ? trigger.code : null;
}
