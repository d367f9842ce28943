import type { VariableRead } from '../events.ts';
import type { Expression } from '../expressions/expression.ts';
import { invariant } from '../invariant.ts';
import { required } from '../lookup.ts';
import type { EventBasedGateway, IntermediateCatchEvent, Node, StartEvent } from '../model/process-model.ts';
import { Products } from '../products.ts';
import { contentsOf, interruptedIn, nodeAt } from '../scopes.ts';
import type { Token } from '../state.ts';
import type { Seq, Variables } from '../terms.ts';
import { type Firing, isStop, type Stop, type View, withWrites } from '../work.ts';
import { endOfActivity } from './activity.ts';
import { armOf, nextArm } from './arms.ts';
import { evaluate, readsBy } from './evaluate.ts';
import { beginEventSubProcess } from './event-sub-process.ts';
import { outFlows } from './places.ts';

/** A token arrives at an intermediate event and waits for it. */
export function enterCatchEvent(view: View, node: IntermediateCatchEvent, token: Token): Firing | Stop {
	const { scope } = token;
	const arm = armOf(view, scope, node);
	if (isStop(arm)) return arm;
	return { kind: 'enter', node: node.id, scope, consume: [token], produce: [{ place: `wait:${node.id}`, scope, arm }] };
}

/** All events behind the gateway are armed on one token, so that the first that comes ends the others. */
export function enterEventBasedGateway(view: View, node: EventBasedGateway, token: Token): Firing | Stop {
	const { scope } = token;
	const products = new Products(view);
	const host = products.token(`active:${node.id}`, scope);
	for (const flow of node.outgoing) {
		const target = behind(view, scope, flow);
		const arm = armOf(view, scope, target);
		if (isStop(arm)) return arm;
		products.token(`wait:${target.id}`, scope, { host, arm });
	}
	return { kind: 'enter', node: node.id, scope, consume: [token], produce: products.tokens };
}

function behind(
	view: View,
	scope: number,
	flow: string,
): Extract<Node, { kind: 'intermediateCatchEvent' | 'receiveTask' }> {
	const target = nodeAt(view, { place: `flow:${flow}`, scope } as Token);
	invariant(
		target.kind === 'intermediateCatchEvent' || target.kind === 'receiveTask',
		'an event-based gateway leads to events',
	);
	return target;
}

/** What a token waited for has come. */
export function catchEvent(view: View, token: Token, write: Variables): Firing | Stop {
	const node = nodeAt(view, token);
	const base = { node: node.id, scope: token.scope, write } as const;
	switch (node.kind) {
		case 'intermediateCatchEvent':
			return { kind: 'catch', ...base, ...endWait(view, token), produce: outFlows(node, token.scope) };
		case 'receiveTask':
			if (token.host !== undefined) {
				return { kind: 'catch', ...base, ...endWait(view, token), produce: outFlows(node, token.scope) };
			}
			return { kind: 'catch', ...base, ...endOfActivity(view, token) };
		case 'boundaryEvent': {
			const produce = outFlows(node, token.scope);
			if (node.interrupting) return { kind: 'interrupt', ...base, ...endWait(view, token), produce };
			return { kind: 'catch', ...base, consume: [token], produce: [...produce, ...armedAgain(view, token)] };
		}
		case 'startEvent':
			return catchInside(view, node, token, write);
		default:
			throw new Error(`bug: ${node.kind} ${node.id} waits for no event`);
	}
}

/** The waiting token, and all that its coming ends: the host, what is inside it and what else waits at it. */
function endWait(view: View, token: Token): Pick<Firing, 'consume' | 'closes'> {
	if (token.host === undefined) return { consume: [token] };
	const { tokens, scopes } = contentsOf(view.state, token.host);
	return { consume: [required(view.state.tokens, token.host), ...tokens], closes: scopes };
}

/** The causal chain of a repeated event: each occurrence follows from the one before, and all from their host. */
function armedAgain(view: View, { place, scope, host, arm }: Token): Firing['produce'] {
	const next = arm === undefined ? null : nextArm(arm, view.now);
	return next === null ? [] : [{ place, scope, arm: next, ...(host === undefined ? {} : { host }) }];
}

function catchInside(view: View, node: StartEvent, token: Token, write: Variables): Firing | Stop {
	const { scope } = token;
	const products = new Products(withWrites(view, scope, write));
	const stop = beginEventSubProcess(products, node, scope);
	if (stop !== null) return stop;
	const { scopes: opens, tasks } = products;
	const base = { node: node.id, scope, write, opens, tasks } as const;
	if (!node.interrupting) {
		return { kind: 'catch', ...base, consume: [token], produce: [...products.tokens, ...armedAgain(view, token)] };
	}
	const { tokens: consume, scopes: closes } = interruptedIn(view.state, scope);
	return { kind: 'interrupt', ...base, consume, produce: products.tokens, closes };
}

/**
 * An armed condition comes true by what others write; it is looked at whenever something has happened.
 * @param newerThan what was written before does not count; null where all does
 */
export function catchCondition(view: View, token: Token, newerThan = newerThanOf(token)): Firing | Stop | null {
	const evaluated = evaluate(view, token.scope, conditionOf(view, token));
	if (isStop(evaluated)) return evaluated;
	if (evaluated.value !== true) return null;
	if (newerThan !== null && evaluated.reads.every(({ seq }) => seq < newerThan)) return null;
	const firing = catchEvent(view, token, {});
	return isStop(firing) ? firing : { ...firing, reads: evaluated.reads };
}

/** The variables that an armed condition would be read from. */
export function readsOfCondition(view: View, token: Token): readonly VariableRead[] {
	return readsBy(view, token.scope, conditionOf(view, token));
}

function conditionOf(view: View, token: Token): Expression {
	const node = nodeAt(view, token);
	const trigger = 'trigger' in node ? node.trigger : null;
	invariant(trigger?.kind === 'condition', 'the node of an armed condition has one');
	return trigger.condition;
}

/** What an armed condition has to read something newer than. */
export function newerThanOf({ arm }: Token): Seq | null {
	return arm?.kind === 'condition' ? (arm.newerThan ?? null) : null;
}
