import type { Assignment, InstanceStatus, OpenTask, PastTask, Token, Version } from './state.ts';
import type { FlowId, NodeId, RollbackId, ScopeId, Seq, TaskId, TimeMs, TokenId, UserId, Variables } from './terms.ts';

/**
 * What happened. Events are appended and never changed; folding them gives the live state. Only firings move tokens and
 * take part in causality; the others are a task's own records, or the record of a rollback.
 */
export type EngineEvent =
	| InstanceStarted
	| NodeFired
	| TaskOpened
	| TaskDecided
	| TaskTransferred
	| AssigneesAdded
	| TaskCopied
	| TaskUrged
	| ChatGroupLinked
	| InstanceEnded
	| RolledBack;

export type EventType = EngineEvent['type'];

interface EventBase {
	readonly seq: Seq;
}

export interface InstanceStarted extends EventBase {
	readonly type: 'InstanceStarted';
	readonly initiator: UserId;
}

/**
 * enter: an open task comes to be · complete: a task was decided · pass · choose: an exclusive or inclusive split ·
 * fork: a parallel split · join: a parallel or inclusive join (and fork, if it has several outgoing flows) ·
 * end: a token reaches an end event and becomes a sink · finish: a scope has only sinks left ·
 * terminate, reject, cancel: everything in the scope is consumed at once.
 */
export type FiringKind =
	| 'enter'
	| 'complete'
	| 'pass'
	| 'choose'
	| 'fork'
	| 'join'
	| 'end'
	| 'finish'
	| 'terminate'
	| 'reject'
	| 'cancel';

export interface NodeFired extends EventBase {
	readonly type: 'NodeFired';
	readonly kind: FiringKind;
	readonly node: NodeId;
	readonly scope: ScopeId;
	/** Whole tokens, so that a rollback can put them back without reading the log before its target. */
	readonly consumed: readonly Token[];
	readonly produced: readonly Token[];
	/** The versions a decision was taken on. */
	readonly reads: readonly VariableRead[];
	readonly writes: readonly VariableWrite[];
	/** Inclusive join only: its in-flows that held a token when it fired. */
	readonly mask?: readonly FlowId[];
	/** kind `complete` only. */
	readonly completion?: Completion;
}

export interface Completion {
	readonly task: TaskId;
	readonly decision: 'agree' | 'reject';
	/** Whose vote completed it. */
	readonly by: UserId;
	/** Who had which part in it at the end: the votes, kept for audit and for reopening. */
	readonly assignments: readonly Assignment[];
	readonly mode: OpenTask['mode'];
	readonly isStart: boolean;
	/** What the deciders entered. */
	readonly entered: Variables;
}

export interface VariableRead {
	readonly scope: ScopeId;
	readonly name: string;
	/** The firing that wrote the version read; 0 where the variable did not exist. */
	readonly seq: Seq;
}

export interface VariableWrite {
	readonly scope: ScopeId;
	readonly name: string;
	readonly value: Version['value'];
	/** The version that it replaced; null where the variable did not exist. */
	readonly prior: Version | null;
}

export interface TaskOpened extends EventBase {
	readonly type: 'TaskOpened';
	readonly task: OpenTask;
}

export interface TaskDecided extends EventBase {
	readonly type: 'TaskDecided';
	readonly task: TaskId;
	readonly user: UserId;
	readonly decision: 'agree' | 'reject';
	readonly opinion: string;
	readonly entered: Variables;
	/** The task's assignments after it. */
	readonly assignments: readonly Assignment[];
}

export interface TaskTransferred extends EventBase {
	readonly type: 'TaskTransferred';
	readonly task: TaskId;
	readonly user: UserId;
	readonly from: readonly UserId[];
	readonly to: readonly UserId[];
	readonly opinion: string;
	readonly assignments: readonly Assignment[];
}

export interface AssigneesAdded extends EventBase {
	readonly type: 'AssigneesAdded';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
	readonly position: 'beside' | 'after';
	readonly opinion: string;
	readonly assignments: readonly Assignment[];
}

export interface TaskCopied extends EventBase {
	readonly type: 'TaskCopied';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
}

export interface TaskUrged extends EventBase {
	readonly type: 'TaskUrged';
	readonly task: TaskId;
	readonly user: UserId;
	readonly users: readonly UserId[];
	readonly opinion: string;
}

export interface ChatGroupLinked extends EventBase {
	readonly type: 'ChatGroupLinked';
	readonly task: TaskId;
	readonly user: UserId;
	readonly chat: string;
	readonly name: string;
	readonly users: readonly UserId[];
}

export interface InstanceEnded extends EventBase {
	readonly type: 'InstanceEnded';
	readonly status: Exclude<InstanceStatus, 'in_process'>;
	/** Who canceled or rejected it; null where it ran to its end. */
	readonly user: UserId | null;
	readonly opinion: string;
}

/** Everything needed to apply a rollback, and to take it back, without the log. */
export interface RolledBack extends EventBase {
	readonly type: 'RolledBack';
	readonly rollback: RollbackId;
	/** The open task that sent back, and who did. */
	readonly from: TaskId;
	readonly user: UserId;
	readonly opinion: string;
	/** The completed task that was returned to. */
	readonly to: PastTask;
	/** The firings undone, ascending. */
	readonly undone: readonly Seq[];
	/** Live tokens that the undone firings had produced. */
	readonly voided: readonly Token[];
	/** Tokens that undone firings had consumed and no undone firing had produced; live again, some held. */
	readonly restored: readonly Token[];
	/** Tasks that were open on voided tokens, as they were. */
	readonly closed: readonly OpenTask[];
	/** Completed tasks whose completion was undone, `to` included. */
	readonly undoneTasks: readonly PastTask[];
	/** The target's node, open again as a new task. */
	readonly reopened: OpenTask;
	/** Each undone write, and the last kept version below it. */
	readonly versions: readonly UndoneVersion[];
	/** Tokens kept as they are but held, or released, from now on. */
	readonly holds: readonly Hold[];
}

export interface UndoneVersion {
	readonly scope: ScopeId;
	readonly name: string;
	readonly undone: Seq;
	readonly kept: Version | null;
}

export interface Hold {
	readonly token: TokenId;
	readonly heldBy: TaskId;
	readonly before: TaskId | null;
}

/** A command as it is stored and read back: who did it, when, and the events it caused. */
export interface Step {
	readonly at: TimeMs;
	readonly events: readonly EngineEvent[];
}
