import { cutText } from '../cut-text.ts';
import { invariant } from '../invariant.ts';
import type { Node, Trigger } from '../model/process-model.ts';
import { reject } from '../rejections.ts';
import type { Arm } from '../state.ts';
import type { NodeId, ScopeId, TimeMs } from '../terms.ts';
import { isStop, refused, type Stop, type View } from '../work.ts';
import { asText, evaluateKey, evaluateName } from './evaluate-name.ts';
import { evaluateText } from './evaluate-text.ts';
import { isOutdated } from './iso-8601.ts';
import { readArmedSchedule, readSchedule, type Schedule } from './schedule.ts';

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
		const topic = evaluateName(view, scope, node.topic, { node: node.id, what: 'topic' });
		return isStop(topic) ? topic : { kind: 'job', topic: topic.name, retries: node.retries };
	}
	return node.trigger === null ? null : armTrigger(view, scope, node.id, node.trigger);
}

function armTrigger(view: View, scope: ScopeId, node: NodeId, trigger: Trigger): Arm | Stop | null {
	switch (trigger.kind) {
		case 'timer': {
			const when = evaluateText(view, scope, trigger.when);
			if (isStop(when)) return when;
			const text = asText(when.value);
			return (
				armTimer(view.now, trigger.timer, text) ?? refused(reject('timer-invalid', { node, value: cutText(text, 100) }))
			);
		}
		case 'message': {
			const message = evaluateName(view, scope, trigger.name, { node, what: 'name' });
			if (isStop(message)) return message;
			const { name } = message;
			if (trigger.key === null) return { kind: 'message', name, key: null };
			const key = evaluateKey(view, scope, trigger.key, node);
			return isStop(key) ? key : { kind: 'message', name, key: key.name };
		}
		case 'signal': {
			const signal = evaluateName(view, scope, trigger.name, { node, what: 'name' });
			return isStop(signal) ? signal : { kind: 'signal', name: signal.name };
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
	return { kind: 'timer', ...schedule.next(now), full: schedule.fixed ? null : schedule.armed };
}

/** A timer that is armed anew, in full: for its next repetition, or because a rollback revived it. */
export function rearm<T extends Arm>(arm: T, now: TimeMs): T {
	if (arm.kind !== 'timer' || arm.full === null) return arm;
	const { due, left } = timesOf(arm.full).next(now);
	return { ...arm, due, left: fewer(arm.left, left) };
}

function timesOf(full: string | number): Pick<Schedule, 'next'> {
	if (typeof full === 'number') return { next: (now) => ({ due: now + full, left: null }) };
	const schedule = readArmedSchedule(full);
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
