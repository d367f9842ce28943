import type { EngineEvent } from '@sendback/engine/events.ts';
import type { Assignment, AssignmentStatus, InstanceStatus, PastTask } from '@sendback/engine/state.ts';
import type { NodeId, RollbackId, Seq, TaskId, TimeMs, TokenId, UserId } from '@sendback/engine/terms.ts';
import type { InstanceId, TaskStatus, TenantId } from '../services.ts';

/** Counts the commands of an instance, from 1. */
export type Position = number;

/** What an instance is, besides its state. Only a migration changes any of it: the version. */
export interface InstanceFacts {
	readonly tenant: TenantId;
	readonly id: InstanceId;
	readonly namespace: string;
	readonly flowId: string;
	readonly flowVersion: number;
	readonly initiator: UserId;
	readonly businessKey: string | null;
	readonly startedAt: TimeMs;
}

/** One instance as one or more commands left it, and everything they caused: written whole or not at all. */
export interface InstanceWrite {
	readonly facts: InstanceFacts;
	/** The version it was read at; 0: it is new. */
	readonly expected: Position;
	readonly version: Position;
	readonly status: InstanceStatus;
	/** The InstanceState as it is stored (documents.ts). */
	readonly state: string;
	readonly endedAt: TimeMs | null;
	readonly steps: readonly StepRow[];
	readonly rows: ProjectedRows;
	readonly waits: WaitRows;
	readonly keys: readonly KeyRow[];
}

export interface StepRow {
	readonly position: Position;
	readonly at: TimeMs;
	readonly actor: UserId;
	readonly command: string;
	readonly undoneFrom: Seq | null;
	readonly events: readonly EngineEvent[];
}

/** What readers look at instead of the log. Each task and each assignment is in one list only, and there once. */
export interface ProjectedRows {
	readonly newTasks: readonly TaskRow[];
	readonly changedTasks: readonly TaskChange[];
	readonly newAssignments: readonly AssignmentRow[];
	readonly changedAssignments: readonly AssignmentChange[];
	readonly copies: readonly CopyRow[];
	readonly changedCopies: readonly CopyChange[];
	readonly chats: readonly ChatRow[];
	readonly notices: readonly NoticeRow[];
	readonly rollbacks: readonly RollbackRow[];
	/** Rollbacks that were taken back: what was to compensate for them is withdrawn. */
	readonly withdrawn: readonly RollbackId[];
}

/** Stands for no rollback: no id is 0, and null would leave the column as it is. */
export const NOT_UNDONE: RollbackId = '0';

/** The part of a task's row that changes; null leaves it as it is. A task that is open again has no closedAt either. */
export interface TaskChange {
	readonly id: TaskId;
	readonly status: TaskStatus | null;
	readonly closedAt: TimeMs | null;
	readonly completedBy: UserId | null;
	readonly completedSeq: Seq | null;
	readonly completedPosition: Position | null;
	/** NOT_UNDONE where its completion counts again. */
	readonly undoneBy: RollbackId | null;
	readonly assignments: readonly Assignment[] | null;
	/** Its node, and the version of the flow that the node is of: another one after a migration. */
	readonly node: NodeId | null;
	readonly version: number | null;
}

export interface TaskRow extends TaskChange {
	readonly status: TaskStatus;
	readonly node: NodeId;
	readonly version: number;
	readonly isStart: boolean;
	readonly loop: TaskId | null;
	/** The called flow that its node is of; null: the instance's own. */
	readonly called: string | null;
	readonly openedAt: TimeMs;
	readonly past: readonly PastTask[];
	readonly assignments: readonly Assignment[];
}

export interface AssignmentChange {
	readonly task: TaskId;
	readonly user: UserId;
	readonly status: AssignmentStatus;
}

export interface AssignmentRow extends AssignmentChange {
	readonly openedAt: TimeMs;
}

export interface CopyRow {
	readonly task: TaskId;
	readonly user: UserId;
	readonly openedAt: TimeMs;
	readonly copiedAt: TimeMs;
}

/** Of all copies of a task. */
export interface CopyChange {
	readonly task: TaskId;
	readonly isOpen: boolean;
}

export interface ChatRow {
	readonly task: TaskId;
	readonly chat: string;
	readonly name: string;
	readonly members: readonly UserId[];
}

export interface NoticeRow {
	readonly seq: Seq;
	readonly kind: string;
	readonly payload: object;
	readonly createdAt: TimeMs;
	/** When it is to be delivered; null where it is only noted. */
	readonly tryAt: TimeMs | null;
}

export interface RollbackRow {
	readonly id: RollbackId;
	/** JSON of the variables of the process before it; null where nothing is to be compensated. */
	readonly variables: string | null;
	readonly position: Position;
}

/** What an instance waits for from outside: how it differs from before. */
export interface WaitRows {
	readonly newWaits: readonly WaitRow[];
	readonly endedWaits: readonly TokenId[];
	/** Signals that go on being waited for by another token, as their event was armed again. */
	readonly movedWaits: readonly { readonly token: TokenId; readonly later: TokenId }[];
	readonly newJobs: readonly JobRow[];
	readonly endedJobs: readonly TokenId[];
	/** Work whose service task has another id now. */
	readonly movedJobs: readonly { readonly token: TokenId; readonly node: NodeId }[];
	readonly movedCompensations: readonly MovedCompensation[];
}

/** A compensation that holds up work at other places than before (compensation-places.ts). */
export interface MovedCompensation {
	readonly rollback: RollbackId;
	readonly compensates: Seq;
	readonly places: readonly string[];
}

export interface WaitRow {
	readonly token: TokenId;
	readonly kind: 'timer' | 'message' | 'signal';
	/** Null for a timer, and for a name or key that nobody can send. */
	readonly name: string | null;
	readonly key: string | null;
	readonly due: TimeMs | null;
}

export interface JobRow {
	/** A decimal string of 16 digits. */
	readonly id: string;
	readonly node: NodeId;
	readonly topic: string;
	readonly retries: number;
	readonly createdAt: TimeMs;
	/** Where it is done (job-places.ts): work waits for the compensation that has one of its places. */
	readonly places: readonly string[];
	/** The service task that waits for it, or the effect to compensate. */
	readonly cause: { readonly token: TokenId } | Compensation;
}

interface Compensation {
	readonly rollback: RollbackId;
	readonly compensates: Seq;
	/** The compensation that has to be done first. */
	readonly blockedBy: Seq | null;
	/** What the work saw and wrote that is to be undone (compensated-variables.ts); null where it is too much to be kept. */
	readonly variables: string | null;
}

export interface KeyRow {
	readonly key: string;
	readonly fingerprint: string;
	readonly result: object;
	readonly createdAt: TimeMs;
}
