/** What the log says of going back. */
import type { EventBase } from '../events.ts';
import type { OpenTask, PastTask, Scope, Token, Version } from '../state.ts';
import type { NodeId, RollbackId, ScopeId, Seq, TaskId, TokenId, UserId } from '../terms.ts';

type ReturnedTask = Omit<PastTask, 'calls' | 'repeated'>;

/** Everything needed to apply a rollback, and to take it back, without the log. */
export interface RolledBack extends EventBase {
	readonly type: 'RolledBack';
	readonly rollback: RollbackId;
	/** The open task that sent back, and who did. */
	readonly from: TaskId;
	readonly user: UserId;
	readonly opinion: string;
	/** The completed task that was returned to. */
	readonly to: ReturnedTask;
	/** direct: when the target is decided again, what followed is done again as it had been. */
	readonly resume: 'replay' | 'direct';
	/** The firings undone, ascending. */
	readonly undone: readonly Seq[];
	/** Live tokens that the undone firings had produced. */
	readonly voided: readonly Token[];
	/** Tokens that undone firings had consumed and no undone firing had produced; live again, some held. */
	readonly restored: readonly Token[];
	/**
	 * Tokens like those restored, which waited at an activity that has ended since and stays ended: they come back with it,
	 * if ever it does. Absent where there is none.
	 */
	readonly detached?: readonly Token[];
	/** Tasks that were open on voided tokens, as they were. */
	readonly closed: readonly OpenTask[];
	/** Completed tasks whose completion was undone, `to` included. */
	readonly undoneTasks: readonly ReturnedTask[];
	/** The target's node, open again as a new task: one, or one for each parallel run where the target is the whole node. */
	readonly reopened: readonly OpenTask[];
	/** Tasks that an undone firing had canceled, open again as they were. */
	readonly revived: readonly OpenTask[];
	/** Live scopes that undone firings had opened, as they were. */
	readonly voidedScopes: readonly Scope[];
	/** Scopes that undone firings had closed, live again as they were when they closed. */
	readonly restoredScopes: readonly Scope[];
	/** Effects to compensate, the latest first. */
	readonly compensations: readonly Compensation[];
	/** Each undone write, and the last kept version below it. */
	readonly versions: readonly UndoneVersion[];
	/** Tokens kept as they are but held, or released, from now on. */
	readonly holds: readonly Hold[];
	/** Armed conditions kept as they are, which read what goes back: from now on newer than this. Absent where there is none. */
	readonly rearmed?: readonly Rearmed[];
}

/** A mistaken rollback was taken back: everything is as it was before it. */
export interface RollbackUndone extends EventBase {
	readonly type: 'RollbackUndone';
	readonly user: UserId;
	readonly opinion: string;
	/** The rollback, whole, so that taking it back needs nothing of the log. */
	readonly rollback: RolledBack;
}

/** Direct return: what followed from the target was done again as it had been, as far as that was right. */
export interface Resumed extends EventBase {
	readonly type: 'Resumed';
	/** The rollback that had undone it. */
	readonly rollback: RollbackId;
	/** Decisions that were carried over: the task they were taken in, and the one that carries them now. */
	readonly kept: readonly { readonly from: TaskId; readonly to: TaskId; readonly node: NodeId }[];
	/** The first firing that could not be done again, and why; null where it got back to the task that sent back. */
	readonly stopped: { readonly node: NodeId; readonly reason: ResumeStop } | null;
}

/** changed-choice: it would decide otherwise now, or be for others to decide · changed-variable: what it read has another value · token-used: a token it needs was used meanwhile · more-to-come: an inclusive join has to wait, or work outside that ended in an error is to be done again · compensated: its effect outside was taken back · migrated: the instance has come to another version since the rollback. */
export type ResumeStop =
	| 'changed-choice'
	| 'changed-variable'
	| 'token-used'
	| 'more-to-come'
	| 'compensated'
	| 'migrated';

export interface Compensation {
	readonly node: NodeId;
	readonly topic: string;
	/** The firing whose effect is undone; with the instance, the key of the compensation. */
	readonly seq: Seq;
}

export interface UndoneVersion {
	readonly scope: ScopeId;
	readonly name: string;
	readonly undone: Seq;
	readonly kept: Version | null;
	/** The undone version, where it was the live one. */
	readonly live?: Version;
}

export interface Rearmed {
	readonly token: TokenId;
	/** Its `newerThan` before. */
	readonly before: Seq | null;
}

export interface Hold {
	readonly token: TokenId;
	readonly heldBy: TaskId;
	readonly before: TaskId | null;
}
