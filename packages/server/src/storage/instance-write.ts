import type { EngineEvent } from '@sendback/engine/events.ts';
import type { Assignment, AssignmentStatus, InstanceStatus, PastTask } from '@sendback/engine/state.ts';
import type { NodeId, RollbackId, Seq, TaskId, TimeMs, UserId } from '@sendback/engine/terms.ts';
import type { InstanceId, TaskStatus, TenantId } from '../services.ts';

/** Counts the commands of an instance, from 1. */
export type Position = number;

/** What never changes about an instance. */
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
	readonly chats: readonly ChatRow[];
	readonly notices: readonly NoticeRow[];
}

/** The part of a task's row that changes; null leaves it as it is. */
export interface TaskChange {
	readonly id: TaskId;
	readonly status: TaskStatus | null;
	readonly closedAt: TimeMs | null;
	readonly completedBy: UserId | null;
	readonly completedSeq: Seq | null;
	readonly completedPosition: Position | null;
	readonly undoneBy: RollbackId | null;
	readonly assignments: readonly Assignment[] | null;
}

export interface TaskRow extends TaskChange {
	readonly status: TaskStatus;
	readonly node: NodeId;
	readonly isStart: boolean;
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
}

export interface KeyRow {
	readonly key: string;
	readonly fingerprint: string;
	readonly result: object;
	readonly createdAt: TimeMs;
}
