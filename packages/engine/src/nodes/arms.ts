import { cutText } from '../cut-text.ts';
import { invariant } from '../invariant.ts';
import type { Node, Trigger } from '../model/process-model.ts';
import { reject } from '../rejections.ts';
import type { Arm } from '../state.ts';
import type { NodeId, ScopeId, TimeMs } from '../terms.ts';
import { isStop, refused, type Stop, type View } from '../work.ts';
import { evaluate } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';
import { isOutdated } from './iso-8601.ts';
import { readSchedule, type Schedule } from './schedule.ts';

type Timer = Extract<Arm, { kind: 'timer' }>;

type Armed = Extract<
	Node,
	{ kind: 'boundaryEvent' | 'intermediateCatchEvent' | 'startEvent' | 'receiveTask' | 'serviceTask' }
>;

/** What a token at this node waits for from outside; null where it is caught inside the process (errors, escalations). */
export function armOf(
	view: View,
	scope: ScopeId,
	node: Extract<Armed, { kind: 'serviceTask' | 'receiveTask' | 'intermediateCatchEvent' }>,
): Arm | Stop;
export function armOf(view: View, scope: ScopeId, node: Armed): Arm | Stop | null;
export function armOf(view: View, scope: ScopeId, node: Armed): Arm | Stop | null {
	if (node.kind === 'serviceTask') {
		const topic = textOf(view, scope, node.topic);
		return isStop(topic) ? topic : { kind: 'job', topic: topic.text, retries: node.retries };
	}
	return node.trigger === null ? null : armTrigger(view, scope, node.id, node.trigger);
}

function armTrigger(view: View, scope: ScopeId, node: NodeId, trigger: Trigger): Arm | Stop | null {
	switch (trigger.kind) {
		case 'timer': {
			const when = textOf(view, scope, trigger.when);
			if (isStop(when)) return when;
			return (
				armTimer(view.now, trigger.timer, when.text) ??
				refused(reject('timer-invalid', { node, value: cutText(when.text, 100) }))
			);
		}
		case 'message': {
			const name = textOf(view, scope, trigger.name);
			if (isStop(name)) return name;
			if (trigger.key === null) return { kind: 'message', name: name.text, key: null };
			const key = evaluate(view, scope, trigger.key);
			return isStop(key) ? key : { kind: 'message', name: name.text, key: asText(key.value) };
		}
		case 'signal': {
			const name = textOf(view, scope, trigger.name);
			return isStop(name) ? name : { kind: 'signal', name: name.text };
		}
		case 'condition':
			return { kind: 'condition' };
		case 'error':
		case 'escalation':
			return null;
	}
}

/** Null where the text is neither a date, a duration nor, of a cycle, a repetition. One that was armed before goes on. */
export function armTimer(now: TimeMs, kind: Extract<Trigger, { kind: 'timer' }>['timer'], text: string): Timer | null {
	const schedule = readSchedule(kind, text);
	if (schedule === null || isOutdated(text)) return null;
	return { kind: 'timer', ...schedule.next(now), full: schedule.fixed ? null : text };
}

/** A timer that is armed anew, in full: for its next repetition, or because a rollback revived it. */
export function rearm<T extends Arm>(arm: T, now: TimeMs): T {
	if (arm.kind !== 'timer' || arm.full === null) return arm;
	const { due, left } = timesOf(arm.full).next(now);
	return { ...arm, due, left: fewer(arm.left, left) };
}

function timesOf(full: string | number): Schedule {
	if (typeof full === 'number') return { fixed: false, next: (now) => ({ due: now + full, left: null }) };
	const schedule = readSchedule('cycle', full);
	invariant(schedule !== null, 'a timer was armed by a text that can be read');
	return schedule;
}

function fewer(a: number | null, b: number | null): number | null {
	return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** What stays armed after it was triggered once without ending anything; null when that was the last time. */
export function nextArm(arm: Arm, now: TimeMs): Arm | null {
	switch (arm.kind) {
		case 'timer':
			if (arm.left === 0) return null;
			return rearm({ ...arm, left: arm.left === null ? null : arm.left - 1 }, now);
		case 'message':
		case 'signal':
			return arm;
		case 'condition':
		case 'job':
			return null;
	}
}

function textOf(
	view: View,
	scope: ScopeId,
	text: Parameters<typeof evaluateText>[2],
): { readonly text: string } | Stop {
	const evaluated = evaluateText(view, scope, text);
	return isStop(evaluated) ? evaluated : { text: asText(evaluated.value) };
}

function asText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
