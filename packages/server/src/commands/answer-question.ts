import type { DecisionOutcome } from '@sendback/engine/dmn/evaluate-decision.ts';
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { EvaluateAnswer } from '@sendback/engine/questions.ts';
import { ADMIN_GROUP, MAX_ASSIGNEES } from '@sendback/engine/tasks/assignments.ts';
import type { Seq, UserId, Variables } from '@sendback/engine/terms.ts';
import { type Refusal, refuse, TOO_BUSY } from '../refusals.ts';
import type { DecisionService, DirectoryService, FlowService, TenantId } from '../services.ts';
import type { LiveInstance } from './live-instance.ts';
import { logFrom, type ReadLog, type Unreadable } from './log-from.ts';
import type { LongLogTurn } from './long-logs.ts';
import type { AnswerQuestion } from './step-command.ts';

export interface AnswerDependencies {
	readonly userExists: (tenant: TenantId, user: UserId) => Promise<boolean>;
	readonly findGroup: DirectoryService['findGroup'];
	/** Evaluates FEEL under a time limit; null where too many expressions wait. */
	readonly evaluate: (
		tenant: TenantId,
		source: string,
		variables: Variables,
	) => Promise<EvaluateAnswer['result'] | null>;
	/** The same for a decision. */
	readonly decide: (tenant: TenantId, model: DecisionModel, variables: Variables) => Promise<DecisionOutcome | null>;
	readonly findFlow: FlowService['find'];
	readonly findDecision: DecisionService['find'];
	/** The committed log of an instance from the completion of a task up to the instance's version (log-from.ts). */
	readonly readLog: ReadLog;
	/** The committed log of an instance from an event on up to the instance's version. */
	readonly readLogSince: (
		instance: LiveInstance,
		seq: Seq,
		turn: LongLogTurn,
	) => Promise<readonly EngineEvent[] | Unreadable>;
}

/** The core asks; the directory, the expression worker and the log answer. */
export function createAnswers(deps: AnswerDependencies): AnswerQuestion {
	const { userExists, findGroup, evaluate, decide, findFlow, findDecision } = deps;
	return async (question, subject, turn) => {
		const { committed, flowVersion, uncommitted } = subject;
		const { tenant, namespace, flowId } = committed.facts;
		switch (question.kind) {
			case 'user':
				return { kind: 'user', exists: await userExists(tenant, question.user) };
			case 'group': {
				// For a task one too many are refused as all would be, and it may ask for a thousand groups of ten thousand. Each of
				// the administrators counts.
				const most = question.group === ADMIN_GROUP ? null : MAX_ASSIGNEES + 1;
				const group = await findGroup(tenant, question.group, most);
				return { kind: 'group', members: group?.members ?? null };
			}
			case 'evaluate': {
				const result = await evaluate(tenant, question.source, question.variables);
				return result === null ? refused('too-busy') : { kind: 'evaluate', result };
			}
			case 'log-from': {
				const log = await logFrom(deps.readLog, subject, question.task, turn);
				return typeof log === 'string' ? refused(log) : { kind: 'log-from', log };
			}
			case 'log-since': {
				const { seq } = question;
				const isCommitted = seq < (committed.state?.nextSeq ?? 1);
				const events = isCommitted ? await deps.readLogSince(committed, seq, turn) : [];
				if (typeof events === 'string') return refused(events);
				return { kind: 'log-since', events: [...events, ...uncommitted.filter((event) => event.seq >= seq)] };
			}
			case 'decision': {
				const found = await findDecision(tenant, namespace, question.decisionId, question.version);
				const decision = found === null ? null : { version: found.version, model: found.model };
				return { kind: 'decision', decision };
			}
			case 'decide': {
				const decision = await findDecision(tenant, namespace, question.decisionId, question.version);
				if (decision === null) throw new Error('bug: the version of a decision is gone');
				const outcome = await decide(tenant, decision.model, question.variables);
				return outcome === null ? refused('too-busy') : { kind: 'decide', outcome };
			}
			case 'own-flow': {
				const flow = await findFlow(tenant, namespace, flowId, question.version);
				return { kind: 'own-flow', current: flowVersion, flow };
			}
			case 'flow': {
				const flow = await findFlow(tenant, namespace, question.flowId, question.version);
				return { kind: 'flow', flow: flow === null ? null : { version: flow.version, model: flow.model } };
			}
		}
	};
}

function refused(code: Unreadable): { readonly kind: 'refused'; readonly refusal: Refusal } {
	return { kind: 'refused', refusal: code === 'too-busy' ? TOO_BUSY : refuse(code) };
}
