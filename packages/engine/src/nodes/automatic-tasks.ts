import { toValue } from '../expressions/to-value.ts';
import type { BusinessRuleTask, IntermediateThrowEvent, Node, ScriptTask, SendTask } from '../model/process-model.ts';
import type { Scope, Token } from '../state.ts';
import { type Firing, isStop, type Stop, type View } from '../work.ts';
import { endOfActivity } from './activity.ts';
import { fireBusinessRuleTask } from './business-rule-task.ts';
import { throwCompensation } from './compensation.ts';
import { evaluate, orRefused } from './evaluate.ts';
import { outFlows } from './places.ts';
import { throwError, throwEscalation, thrownBy } from './throw.ts';

type AutomaticTask = ScriptTask | BusinessRuleTask | SendTask;

/** Whether an activity in a scope goes on by itself; of a repeated one, only its runs. */
export function takesNoTime(node: Node, scope: Pick<Scope, 'kind' | 'element'> | undefined): node is AutomaticTask {
	if (node.kind !== 'scriptTask' && node.kind !== 'businessRuleTask' && node.kind !== 'sendTask') return false;
	return node.loop === null || (scope?.kind === 'run' && scope.element === node.id);
}

/** One run of a task that takes no time: its token has arrived, or stands in a run of a repeated one. */
export function runAutomaticTask(view: View, node: AutomaticTask, token: Token): Firing | Stop {
	switch (node.kind) {
		case 'scriptTask':
			return fireScriptTask(view, node, token);
		case 'businessRuleTask':
			return fireBusinessRuleTask(view, node, token);
		case 'sendTask':
			return fireSendTask(view, node, token);
	}
}

/** Its result follows from what it read, as a decision does: undoing the one undoes the other. */
function fireScriptTask(view: View, node: ScriptTask, token: Token): Firing | Stop {
	const { scope } = token;
	const evaluated = evaluate(view, scope, node.script);
	if (isStop(evaluated)) return evaluated;
	const { value, reads } = evaluated;
	const result = orRefused(node.script.source, () => ({ value: toValue(value) }));
	if (isStop(result)) return result;
	const write = node.resultVariable === null ? {} : { [node.resultVariable]: result.value };
	return { kind: 'pass', node: node.id, scope, ...endOfActivity(view, token), reads, write };
}

function fireSendTask(view: View, node: SendTask, token: Token): Firing | Stop {
	const { scope } = token;
	const thrown = thrownBy(view, { kind: 'message', name: node.message }, scope, node.id);
	if (isStop(thrown)) return thrown;
	return { kind: 'throw', node: node.id, scope, ...endOfActivity(view, token), ...thrown };
}

export function fireThrowEvent(view: View, node: IntermediateThrowEvent, token: Token): Firing | Stop {
	const { scope } = token;
	const { throws } = node;
	const goingOn: Firing = { kind: 'throw', node: node.id, scope, consume: [token], produce: outFlows(node, scope) };
	switch (throws.kind) {
		case 'error':
			return throwError(view, node.id, token, throws.code) ?? goingOn;
		case 'escalation':
			return throwEscalation(view, goingOn, throws.code);
		case 'compensation':
			return throwCompensation(view, node, throws, goingOn);
		case 'message':
		case 'signal': {
			const thrown = thrownBy(view, throws, scope, node.id);
			return isStop(thrown) ? thrown : { ...goingOn, ...thrown };
		}
	}
}
