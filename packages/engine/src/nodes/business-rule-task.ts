import { type DecisionOutcome, evaluateDecision } from '../dmn/evaluate-decision.ts';
import { mapDecided } from '../dmn/map-decided.ts';
import { expressionsIn, isPlain, readsOfDecision } from '../dmn/parts-of-decision.ts';
import { EVALUATION } from '../effort.ts';
import { Budget } from '../expressions/budget.ts';
import type { DecisionModel } from '../model/decision-model.ts';
import type { BusinessRuleTask } from '../model/process-model.ts';
import type { Question } from '../questions.ts';
import { reject } from '../rejections.ts';
import type { Token } from '../state.ts';
import { ask, type Firing, isStop, refused, type Stop, unanswered, type View } from '../work.ts';
import { endOfActivity } from './activity.ts';
import { readsAt, visibleNames, visibleValue } from './evaluate.ts';
import { evaluateText } from './evaluate-text.ts';
import { versionOf } from './version-of.ts';

/** Its result follows from what it read, as that of a script task does; which version decided is part of the record. */
export function fireBusinessRuleTask(view: View, node: BusinessRuleTask, token: Token): Firing | Stop {
	const { scope } = token;
	const named = evaluateText(view, scope, node.decision);
	if (isStop(named)) return named;
	const bound = versionOf(view, scope, node.version);
	if (isStop(bound)) return bound;
	const decisionId = String(named.value);
	const question = { kind: 'decision', decisionId, version: bound.version } as const;
	const answer = ask<'decision'>(view, question);
	if (answer === undefined) return unanswered(question);
	if (answer.decision === null) return refused(reject('decision-not-found', { node: node.id, decision: decisionId }));

	const { version, model } = answer.decision;
	const names = readsOfDecision(model, visibleNames(view, scope));
	const variables = Object.fromEntries(names.map((name) => [name, visibleValue(view, scope, name) ?? null]));
	const outcome = decide(view, model, { decisionId, version, variables });
	if (isStop(outcome)) return outcome;
	const write = outcome.ok ? mapDecided(node.result, decisionId, outcome.decided) : outcome.message;
	if (typeof write === 'string')
		return refused(reject('decision-failed', { node: node.id, decision: decisionId, reason: write }));
	const reads = [...named.reads, ...bound.reads, ...readsAt(view, scope, names)];
	const decided = { decision: decisionId, version };
	return {
		kind: 'pass',
		node: node.id,
		scope,
		...endOfActivity(view, token),
		reads,
		write,
		decided,
	};
}

/** Plain decisions take bounded time; what needs the whole of FEEL is asked. */
function decide(
	view: View,
	model: DecisionModel,
	asked: Omit<Extract<Question, { kind: 'decide' }>, 'kind'>,
): DecisionOutcome | Stop {
	const tooMuch = view.effort.whyTooMuch();
	if (tooMuch !== null) return tooMuch;
	view.effort.spend(EVALUATION * expressionsIn(model));
	if (isPlain(model)) return evaluateDecision(model, asked.variables, new Budget(view.effort));
	const question = { kind: 'decide', ...asked } as const;
	return ask<'decide'>(view, question)?.outcome ?? unanswered(question);
}
