import type { Resumed, RollbackUndone, RolledBack } from './causality/rollback-events.ts';
import type { InstanceMigrated } from './migration/instance-migrated.ts';
import type { Effect } from './model/process-model.ts';
import type { Assignment, InstanceStatus, OpenTask, Scope, Token, Version } from './state.ts';
import type { ElementId, FlowId, NodeId, ScopeId, Seq, TaskId, TimeMs, UserId, Variables } from './terms.ts';

export type {
	Compensation,
	Hold,
	Resumed,
	ResumeStop,
	RollbackUndone,
	RolledBack,
	UndoneVersion,
} from './causality/rollback-events.ts';

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
	| InstanceMigrated
	| RolledBack
	| RollbackUndone
	| Resumed;

export type EventType = EngineEvent['type'];

export interface EventBase {
	readonly seq: Seq;
}

export interface InstanceStarted extends EventBase {
	readonly type: 'InstanceStarted';
	readonly initiator: UserId;
	/** The process element of the model. */
	readonly process: ElementId;
}

/**
 * enter: an activity begins, or an event is armed · catch: an event that was waited for came, and nothing else ended ·
 * interrupt: it came, and ended the activity or scope around it · throw: an event that others may catch ·
 * compensate: the latest of completed activities that are left to compensate begins to be ·
 * repeat: the next run of a sequential activity · enter of a user task: an open task comes to be · complete: a task was decided · pass · choose: an exclusive or inclusive split ·
 * fork: a parallel split · join: a parallel or inclusive join (and fork, if it has several outgoing flows) ·
 * end: a token reaches an end event and becomes a sink · finish: a scope has only sinks left ·
 * terminate, reject, cancel: everything in the scope is consumed at once.
 */
export type FiringKind =
	| 'enter'
	| 'complete'
	| 'pass'
	| 'throw'
	| 'catch'
	| 'interrupt'
	| 'repeat'
	| 'compensate'
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
	/** Compensation event only: the scopes whose completed activities it compensated, all that it saw. */
	readonly swept?: readonly ScopeId[];
	/** The firing that threw the signal which it caught; absent where the event came from outside. */
	readonly cause?: Seq;
	/** kind `complete` only. */
	readonly completion?: Completion;
	readonly opened?: readonly Scope[];
	/** Scopes that ended with it, as they were. */
	readonly closed?: readonly Scope[];
	/** Tasks that closed because it consumed their tokens, as they were; `completion` is not among them. */
	readonly canceled?: readonly OpenTask[];
	/** What it asks of the world outside, to be done after the commit. */
	readonly effects?: readonly EventEffect[];
	/** Done again by a direct return: what it threw when it was done first, and nobody is told anew. */
	readonly alreadyThrown?: readonly EventEffect[];
	/** A business rule task only: which version of which decision was taken. */
	readonly decided?: { readonly decision: string; readonly version: number };
	/** kind `complete` of a service task: what a rollback may do about it. */
	readonly effect?: Effect;
}

export type EventEffect =
	| { readonly kind: 'throw-signal'; readonly name: string }
	| { readonly kind: 'throw-message'; readonly name: string };

export interface Completion {
	readonly task: TaskId;
	/** The repeated task that it is one run of. */
	readonly loop?: TaskId;
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

/** A command as it is stored and read back: who did it, when, and the events it caused. */
export interface Step {
	readonly at: TimeMs;
	readonly events: readonly EngineEvent[];
}
