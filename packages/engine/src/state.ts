import type { DecisionMode } from './model/process-model.ts';
import type { FlowId, NodeId, ScopeId, Seq, TaskId, TimeMs, TokenId, UserId, Value, Variables } from './terms.ts';

/**
 * The live state of one instance: what is open now, and never the history. It is what the log folds to (apply.ts), so
 * losing it loses nothing; it is plain JSON.
 */
export interface InstanceState {
	readonly status: InstanceStatus;
	readonly initiator: UserId;
	readonly nextSeq: Seq;
	readonly nextToken: TokenId;
	/** The marking: the tokens that no live event consumed. */
	readonly tokens: Readonly<Record<TokenId, Token>>;
	/** Open tasks only. Each stands on exactly one token at its node. */
	readonly tasks: Readonly<Record<TaskId, OpenTask>>;
	readonly scopes: Readonly<Record<ScopeId, Scope>>;
}

export type InstanceStatus = 'in_process' | 'agreed' | 'rejected' | 'completed' | 'canceled';

/** `task:` a token in an open task; `flow:` on a sequence flow; `sink:` behind an end event, until its scope ends. */
export type Place = `flow:${FlowId}` | `task:${NodeId}` | `sink:${NodeId}`;

export interface Token {
	readonly id: TokenId;
	readonly place: Place;
	readonly scope: ScopeId;
	/** The firing that produced it. */
	readonly producer: Seq;
	/** The latest completed task of each node that it descends from, newest first, at most PAST_LIMIT (causality/past.ts). */
	readonly past: readonly PastTask[];
	/** Hold rule: the token may not move before this task has ended (causality/roll-back.ts). */
	readonly heldBy?: TaskId;
}

/** A completed task in the past of a token; `seq` is its completion. */
export interface PastTask {
	readonly task: TaskId;
	readonly node: NodeId;
	readonly seq: Seq;
	readonly outcome: 'start' | 'agreed' | 'rejected';
	/** No other task of the same past follows from it: one of the previous tasks of whoever holds the token. */
	readonly nearest: boolean;
}

export interface Scope {
	readonly id: ScopeId;
	readonly parent: ScopeId | null;
	readonly variables: Readonly<Record<string, Version>>;
}

/** A value of a variable and the firing that wrote it. */
export interface Version {
	readonly value: Value;
	readonly seq: Seq;
}

export interface OpenTask {
	readonly id: TaskId;
	readonly node: NodeId;
	readonly scope: ScopeId;
	readonly token: TokenId;
	readonly mode: DecisionMode;
	readonly openedAt: TimeMs;
	readonly assignments: readonly Assignment[];
	/** True for the start of the instance, reopened for the initiator. */
	readonly isStart: boolean;
	/** What was entered when the node was last decided, to start from after a rollback. */
	readonly draft: Variables;
	/** What the deciders entered so far; written when the task completes. */
	readonly entered: Variables;
}

export type AssignmentStatus = 'pending' | 'waiting' | 'agreed' | 'rejected' | 'transferred' | 'closed';

/** One assignee's part in one task. A user has at most one assignment in a task. */
export interface Assignment {
	readonly user: UserId;
	readonly status: AssignmentStatus;
	/** The assignees of the same task who must agree before it is this one's turn. */
	readonly waitsFor: readonly UserId[];
	readonly opinion?: string;
	readonly decidedAt?: TimeMs;
}
