import type { DecisionOutcome } from './dmn/evaluate-decision.ts';
import type { EngineEvent } from './events.ts';
import type { DecisionModel } from './model/decision-model.ts';
import type { ProcessModel } from './model/process-model.ts';
import type { GroupId, Seq, TaskId, UserId, Value, Variables } from './terms.ts';

/**
 * What the core has to know from outside to decide a command. A step that misses an answer returns its questions; the
 * shell answers them and calls the step again with the same command. So the core stays free of I/O, and reads only what
 * a command really needs.
 */
export type Question =
	/** Is there such a user? */
	| { readonly kind: 'user'; readonly user: UserId }
	/** Who is in this group? */
	| { readonly kind: 'group'; readonly group: GroupId }
	/** What is the value of this expression, under a time limit? */
	| { readonly kind: 'evaluate'; readonly language: 'feel'; readonly source: string; readonly variables: Variables }
	/** Which flow does a call activity run? `version` null: the latest. In the namespace of the instance. */
	| { readonly kind: 'flow'; readonly flowId: string; readonly version: number | null }
	/** Which decision does a business rule task take? `version` null: the latest. In the namespace of the instance. */
	| { readonly kind: 'decision'; readonly decisionId: string; readonly version: number | null }
	/** What does it decide on these variables, under a time limit? */
	| { readonly kind: 'decide'; readonly decisionId: string; readonly version: number; readonly variables: Variables }
	/** This version of the instance's own flow; `version` null: the latest. */
	| { readonly kind: 'own-flow'; readonly version: number | null }
	/** The log of this instance from the completion of this task on. */
	| { readonly kind: 'log-from'; readonly task: TaskId }
	/** The log of this instance from this event on. */
	| { readonly kind: 'log-since'; readonly seq: Seq };

export interface UserAnswer {
	readonly kind: 'user';
	readonly exists: boolean;
}
export interface GroupAnswer {
	readonly kind: 'group';
	/** Null: no such group. */
	readonly members: readonly UserId[] | null;
}
export interface EvaluateAnswer {
	readonly kind: 'evaluate';
	readonly result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };
}
export interface FlowAnswer {
	readonly kind: 'flow';
	/** Null: no such flow, or no such version. */
	readonly flow: { readonly version: number; readonly model: ProcessModel } | null;
}
export interface DecisionAnswer {
	readonly kind: 'decision';
	/** Null: no such decision, or no such version. */
	readonly decision: { readonly version: number; readonly model: DecisionModel } | null;
}
export interface DecideAnswer {
	readonly kind: 'decide';
	readonly outcome: DecisionOutcome;
}
export interface OwnFlowAnswer {
	readonly kind: 'own-flow';
	/** The version that the instance runs. */
	readonly current: number;
	/** Null: no such version. */
	readonly flow: { readonly version: number; readonly model: ProcessModel } | null;
}
export interface LogAnswer {
	readonly kind: 'log-from';
	/** Null: the instance has no completed task of this id. */
	readonly log: { readonly completion: Seq; readonly events: readonly EngineEvent[] } | null;
}
export interface LogSinceAnswer {
	readonly kind: 'log-since';
	readonly events: readonly EngineEvent[];
}
export type Answer =
	| UserAnswer
	| GroupAnswer
	| EvaluateAnswer
	| FlowAnswer
	| DecisionAnswer
	| DecideAnswer
	| OwnFlowAnswer
	| LogAnswer
	| LogSinceAnswer;

/** The answers known so far, by questionKey. */
export type Answers = ReadonlyMap<string, Answer>;

/** The same question always has the same key. */
export function questionKey(question: Question): string {
	switch (question.kind) {
		case 'user':
			return `user:${question.user}`;
		case 'group':
			return `group:${question.group}`;
		case 'evaluate':
			return `evaluate:${question.language}:${JSON.stringify([question.source, question.variables])}`;
		case 'flow':
			return `flow:${question.flowId}:${question.version ?? 'latest'}`;
		case 'decision':
			return `decision:${question.decisionId}:${question.version ?? 'latest'}`;
		case 'decide':
			return `decide:${JSON.stringify([question.decisionId, question.version, question.variables])}`;
		case 'own-flow':
			return `own-flow:${question.version ?? 'latest'}`;
		case 'log-from':
			return `log-from:${question.task}`;
		case 'log-since':
			return `log-since:${question.seq}`;
	}
}
