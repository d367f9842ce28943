import type { ElementId, NodeId, RollbackId, TaskId, TokenId, UserId, Variables } from './terms.ts';

/** What someone wants. Imperative; step.ts decides whether it happens. One file each under tasks/, instance/ and causality/. */
export type Command =
	| StartInstance
	| DecideTask
	| TransferTask
	| AddAssignees
	| CopyTask
	| UrgeTask
	| LinkChatGroup
	| CancelInstance
	| MigrateInstance
	| RollBack
	| UndoRollback
	| TriggerEvent
	| CompleteJob
	| ThrowJobError;

export interface StartInstance {
	readonly type: 'start-instance';
	readonly initiator: UserId;
	readonly variables: Variables;
	/** The start event of the process that happened; absent: the one without a trigger. */
	readonly start?: NodeId;
}

export interface DecideTask {
	readonly type: 'decide-task';
	readonly task: TaskId;
	readonly user: UserId;
	readonly decision: 'agree' | 'reject';
	readonly opinion: string;
	readonly variables: Variables;
}

export interface TransferTask {
	readonly type: 'transfer-task';
	readonly task: TaskId;
	readonly user: UserId;
	/** Whose assignments move; empty: the user's own. */
	readonly from: readonly UserId[];
	readonly to: readonly UserId[];
	readonly opinion: string;
}

export interface AddAssignees {
	readonly type: 'add-assignees';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
	/** beside 并: they decide together with the user; after 后: once the user has agreed. */
	readonly position: 'beside' | 'after';
	readonly opinion: string;
}

/** cc 抄送 */
export interface CopyTask {
	readonly type: 'copy-task';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
}

/** 催办 */
export interface UrgeTask {
	readonly type: 'urge-task';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
	readonly opinion: string;
}

export interface LinkChatGroup {
	readonly type: 'link-chat-group';
	readonly task: TaskId;
	readonly user: UserId;
	readonly chat: string;
	readonly name: string;
	readonly users: readonly UserId[];
}

export interface CancelInstance {
	readonly type: 'cancel-instance';
	readonly user: UserId;
	readonly opinion: string;
}

/** Moves the instance to another version of its flow. */
export interface MigrateInstance {
	readonly type: 'migrate-instance';
	/** Null: the latest. */
	readonly version: number | null;
	/** Nodes, or sequence flows, of the version it runs now, and what they are called in the other one. */
	readonly map: Readonly<Record<ElementId, ElementId>>;
	/** Who does it; null: an app, without a user. */
	readonly user: UserId | null;
	readonly opinion: string;
}

export interface RollBack {
	readonly type: 'roll-back';
	readonly rollback: RollbackId;
	/** The open task to send back from. */
	readonly task: TaskId;
	readonly user: UserId;
	/** The completed task to return to. */
	readonly to: TaskId;
	readonly opinion: string;
	/** replay: everything after the target is decided anew. direct: go straight back to this task where that is right. */
	readonly resume: 'replay' | 'direct';
}

/** Takes a rollback back, while nothing has happened since. */
export interface UndoRollback {
	readonly type: 'undo-rollback';
	readonly rollback: RollbackId;
	readonly user: UserId;
	readonly opinion: string;
}

/** An event that a token waits for has come: a timer is due, a message or a signal arrived. */
export interface TriggerEvent {
	readonly type: 'trigger-event';
	readonly token: TokenId;
	readonly variables: Variables;
}

/** A worker has done the work that a service task waits for. */
export interface CompleteJob {
	readonly type: 'complete-job';
	readonly token: TokenId;
	readonly variables: Variables;
}

/** The work of a service task ended in a BPMN error. */
export interface ThrowJobError {
	readonly type: 'throw-job-error';
	readonly token: TokenId;
	readonly code: string;
	readonly variables: Variables;
}
