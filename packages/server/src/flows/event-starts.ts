import type { Text } from '@sendback/engine/expressions/expression.ts';
import type { ProcessModel, StartEvent, Trigger } from '@sendback/engine/model/process-model.ts';
import { armTimer } from '@sendback/engine/nodes/arms.ts';
import type { NodeId, TimeMs } from '@sendback/engine/terms.ts';

/** An event that starts a flow. */
export interface EventStart {
	readonly node: NodeId;
	readonly kind: 'timer' | 'message' | 'signal';
	/** Null for a timer. */
	readonly name: string | null;
	readonly due: TimeMs | null;
	/** Times after the first; null: without end. */
	readonly remaining: number | null;
}

/** The events that start instances of a model. A timer counts from the deployment; a date that has passed starts nothing. */
export function eventStarts(model: ProcessModel, now: TimeMs): readonly EventStart[] {
	return Object.values(model.nodes).flatMap((node) => {
		if (node.kind !== 'startEvent' || node.parent !== model.id || node.trigger === null) return [];
		const start = startOf(node, node.trigger, now);
		return start.due !== null && start.due < now ? [] : [start];
	});
}

function startOf({ id: node }: StartEvent, trigger: Trigger, now: TimeMs): EventStart {
	switch (trigger.kind) {
		case 'timer': {
			const arm = armTimer(now, trigger.timer, plainText(trigger.when));
			if (arm === null) throw new Error(`bug: the reader let the timer of ${node} pass`);
			return { node, kind: 'timer', name: null, due: arm.due, remaining: arm.left };
		}
		case 'message':
		case 'signal':
			return { node, kind: trigger.kind, name: plainText(trigger.name), due: null, remaining: null };
		default:
			throw new Error(`bug: the reader let ${trigger.kind} start a process`);
	}
}

/** There are no variables before an instance, so the reader takes nothing else here. */
export function plainText(text: Text): string {
	if (text.kind !== 'literal') throw new Error('bug: the reader let an expression start a process');
	return text.text;
}
