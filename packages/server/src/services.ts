import type { Command } from '@sendback/engine/commands.ts';
import type { ResumeStop } from '@sendback/engine/events.ts';
import type { DecisionModel } from '@sendback/engine/model/decision-model.ts';
import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { InstanceState, InstanceStatus } from '@sendback/engine/state.ts';
import type {
	ElementId,
	FlowId,
	NodeId,
	RollbackId,
	Seq,
	TaskId,
	TimeMs,
	UserId,
	Variables,
} from '@sendback/engine/terms.ts';
import type { Refusal, RefusalCode } from './refusals.ts';

/**
 * What the HTTP layer and the command line may ask of the rest of the server. Every call names its tenant; nothing
 * crosses it. Implemented in server.ts by the command handler (commands/), the readers (storage/) and the directory.
 */
export interface Services {
	readonly clock: Clock;
	readonly commands: CommandService;
	readonly instances: InstanceReader;
	readonly tasks: TaskReader;
	readonly events: EventService;
	readonly jobs: JobService;
	readonly flows: FlowService;
	readonly decisions: DecisionService;
	readonly directory: DirectoryService;
	readonly apps: AppService;
	/** Null when the database answers and its migrations are those of this binary; otherwise why not. */
	readonly notReady: () => Promise<string | null>;
}

/** Name of a tenant, `[a-z0-9][a-z0-9_-]{0,62}`. */
export type TenantId = string;
/** A decimal string of 16 digits. */
export type InstanceId = string;

/** Real time, or the test clock of SENDBACK_TEST_CLOCK. */
export interface Clock {
	now(): TimeMs;
	/** Test clock only: moves time; answers when all that came due has run, or why it cannot. Null when time is real. */
	readonly advance: ((ms: number) => Promise<Refusal | null>) | null;
}

/** What a call may answer instead of its result: a refusal is a value, only bugs throw. */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

// ---------------------------------------------------------------- commands

/** The only way anything about an instance changes. */
export interface CommandService {
	/** Why a command that comes now, and that nobody has looked at, is to be turned away at once; null where there is room. */
	whyNotNow(): Refusal | null;
	/** Takes note that a command was turned away for it: from then on it is crowded. */
	turnedAway(): void;
	/** Keeps room during this turn of the event loop for a command that is being read. */
	expect(): void;
	/** Answers after the commit. */
	start(request: StartRequest): Promise<Answered<CommandResult>>;
	submit(request: SubmitRequest): Promise<Answered<CommandResult>>;
	/** Say exactly what a rollback or a migration would do, and change nothing. */
	previewRollback(request: SubmitRequest): Promise<Answered<RollbackPlan>>;
	previewMigration(request: SubmitRequest): Promise<Answered<MigratedInstance>>;
	/** Stops taking commands and waits until what was accepted is committed. */
	drain(): Promise<void>;
}

export interface Idempotency {
	/** Chosen by the caller, at most 255 characters; unique per tenant and app. */
	readonly key: string;
	/** Says whether a repeat is the same request: a hash of method, path and body. */
	readonly fingerprint: string;
}

export interface StartRequest {
	readonly tenant: TenantId;
	readonly namespace: string;
	readonly flowId: string;
	readonly initiator: UserId;
	readonly variables: Variables;
	readonly businessKey: string | null;
	readonly idempotency: Idempotency | null;
	/** The start event that happened, in the version that waited for it; absent: the latest version, by hand. */
	readonly start?: { readonly node: NodeId; readonly version: number };
}

export interface SubmitRequest {
	readonly tenant: TenantId;
	/** The instance itself, or a task of it, or a rollback in it. */
	readonly target: { readonly instance: InstanceId } | { readonly task: TaskId } | { readonly rollback: RollbackId };
	readonly command: SubmittedCommand;
	readonly idempotency: Idempotency | null;
}

/** A command without what the server adds to it: new ids. */
export type SubmittedCommand = DistributiveOmit<Exclude<Command, { type: 'start-instance' }>, 'rollback'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What was committed. Stored with the idempotency key, so that a repeat gets the same answer. */
export interface CommandResult {
	readonly instance: InstanceId;
	readonly status: InstanceStatus;
	/** True where this answer was given before, to the same idempotency key. */
	readonly repeated: boolean;
	/** Tasks that this command opened. */
	readonly opened: readonly { readonly id: TaskId; readonly node: NodeId }[];
	/** A rollback only. */
	readonly rollback: RollbackPlan | null;
	/** A decision that a direct return followed from; absent or null otherwise. */
	readonly resumed?: Resumption | null;
	/** A migration only; absent or null otherwise. */
	readonly migration?: MigrationPlan | null;
}

/** A command that moved an instance to another version, or would. */
export interface MigratedInstance extends Omit<CommandResult, 'opened'> {
	/** Opened because the instance could go on at once; without ids in a preview. */
	readonly opened: readonly { readonly id: TaskId | null; readonly node: NodeId }[];
	readonly migration: MigrationPlan;
}

export interface MigrationPlan {
	readonly from: number;
	readonly to: number;
	/** Elements where the instance is, and what they are in the other version. */
	readonly moved: readonly { readonly from: ElementId; readonly to: ElementId }[];
	/** Open tasks, with the nodes that they are at from then on. */
	readonly tasks: readonly { readonly id: TaskId; readonly node: NodeId; readonly name: string }[];
	/** Events that are new, and waited for from then on. */
	readonly armed: readonly NodeId[];
	/** Of the version before: events that are waited for no more, and what is compensated no more. */
	readonly canceled: readonly NodeId[];
}

/** How far a direct return got. */
export interface Resumption {
	/** Decisions carried over: the undone task, and the one that carries its decision now. */
	readonly kept: readonly { readonly from: TaskId; readonly to: TaskId; readonly node: NodeId }[];
	/** Where it ended, and why; null where it got back to the task that had sent back. */
	readonly stopped: { readonly node: NodeId; readonly reason: ResumeStop } | null;
}

export interface RollbackPlan {
	/** Null in a preview. */
	readonly rollback: RollbackId | null;
	/** Opens again, as a new task (id null in a preview). */
	readonly reopened: readonly PlannedTask[];
	/** Open tasks that close. */
	readonly closed: readonly PlannedTask[];
	/** Completed tasks whose result is undone. */
	readonly undone: readonly PlannedTask[];
	/** Open or completed work since the target that stays as it is. */
	readonly kept: readonly PlannedTask[];
	/** Effects that cannot be undone and stand in the way; always empty when the rollback is possible. */
	readonly barriers: readonly { readonly node: NodeId; readonly name: string }[];
	/** Work that undoes the effects of what was undone, the latest first. */
	readonly compensations: readonly { readonly node: NodeId; readonly topic: string }[];
}

export interface PlannedTask {
	readonly id: TaskId | null;
	readonly node: NodeId;
	readonly name: string;
	readonly users: readonly UserId[];
}

// ---------------------------------------------------------------- instances and tasks

export interface InstanceReader {
	find(tenant: TenantId, instance: InstanceId): Promise<InstanceView | null>;
	/** The log, oldest first; `cursor` is the last position already seen (0: from the start). */
	history(tenant: TenantId, instance: InstanceId, cursor: number, limit: number): Promise<HistoryPage | null>;
}

export interface HistoryPage {
	/** Fewer than were asked for where they are large, but one at least where there is one. */
	readonly entries: readonly HistoryEntry[];
	readonly hasMore: boolean;
}

export interface InstanceView {
	readonly id: InstanceId;
	readonly namespace: string;
	readonly flowId: string;
	readonly version: number;
	readonly model: ProcessModel;
	readonly state: InstanceState;
	readonly businessKey: string | null;
	readonly startedAt: TimeMs;
	readonly endedAt: TimeMs | null;
}

/** One command of the log, as it is stored. */
export interface HistoryEntry {
	readonly step: import('@sendback/engine/events.ts').Step;
	/** Counts the commands of the instance, from 1; the cursor. */
	readonly position: number;
	/** Position of the rollback that undid firings of this entry, with their seqs. */
	readonly undoneBy: readonly { readonly rollback: RollbackId; readonly seqs: readonly Seq[] }[];
}

export type TaskStatus = 'in_process' | 'agreed' | 'rejected' | 'completed' | 'rollback' | 'canceled';

export interface TaskRecord {
	readonly id: TaskId;
	readonly instance: InstanceId;
	readonly node: NodeId;
	readonly nodeName: string;
	readonly status: TaskStatus;
	readonly isStart: boolean;
	/** The repeated task that it is one run of; absent or null where it is none. */
	readonly loop?: TaskId | null;
	readonly openedAt: TimeMs;
	readonly closedAt: TimeMs | null;
	/** Whose vote completed it. */
	readonly completedBy: UserId | null;
	readonly undoneBy: RollbackId | null;
	readonly assignments: readonly {
		readonly user: UserId;
		readonly status: string;
		readonly opinion: string;
		readonly decidedAt: TimeMs | null;
	}[];
}

export interface TaskReader {
	/** All tasks of an instance, oldest first. */
	ofInstance(tenant: TenantId, instance: InstanceId): Promise<readonly TaskRecord[]>;
	find(tenant: TenantId, task: TaskId): Promise<TaskRecord | null>;
	/** Newest first. @param atMost so many of the newest; absent: every one */
	rollbackPoints(
		tenant: TenantId,
		task: TaskId,
		user: UserId,
		occurrences: 'latest' | 'all',
		atMost?: number,
	): Promise<Answered<readonly RollbackPoint[]>>;
	/** A page of somebody's tasks and the total, exact up to COUNT_LIMIT. */
	query(
		tenant: TenantId,
		query: TaskQuery,
	): Promise<{ readonly count: number; readonly tasks: readonly QueriedTask[] }>;
}

export interface RollbackPoint {
	readonly id: TaskId;
	readonly node: NodeId;
	readonly nodeName: string;
	readonly isStart: boolean;
	readonly completedBy: UserId;
	readonly completedAt: TimeMs;
}

export interface TaskQuery {
	readonly user: UserId;
	/** pending: waiting for the user; archived: done. */
	readonly type: 'pending' | 'archived' | null;
	/** fromMe: instances the user started; assignMe: tasks assigned to the user; CCMe: copied to the user. Null: assignMe. */
	readonly source: 'fromMe' | 'assignMe' | 'CCMe' | null;
	readonly limit: number;
	readonly offset: number;
	/** Bounds on when the task was opened, inclusive. */
	readonly startTime: TimeMs | null;
	readonly endTime: TimeMs | null;
	/** Flow ids; null: all. */
	readonly flowIds: readonly string[] | null;
}

export interface QueriedTask {
	readonly id: TaskId;
	readonly openedAt: TimeMs;
	readonly instance: InstanceId;
	readonly instanceStatus: InstanceStatus;
	readonly flowName: string;
	readonly nodeName: string;
	readonly initiator: { readonly id: UserId; readonly name: string };
	/**
	 * Variables to show beside the task, at most 20, in the order they were first written: as texts, those that are no texts
	 * as JSON, and each cut to 1,000 characters.
	 */
	readonly summary: Readonly<Record<string, string>>;
}

// ---------------------------------------------------------------- events and jobs

export interface EventService {
	/**
	 * A message reaches whatever waits for its name: in one instance, in those of a business key, or those whose
	 * correlation key it has; flows with a message start event of the name start an instance where nothing waited.
	 */
	correlate(message: {
		readonly tenant: TenantId;
		readonly name: string;
		readonly instance: InstanceId | null;
		readonly businessKey: string | null;
		readonly key: string | null;
		readonly variables: Variables;
		/** A repeat gets the first answer and reaches nobody whom the first did not. */
		readonly idempotency?: Idempotency | null;
	}): Promise<Answered<Delivery>>;
	/** A signal reaches everything that waits for it, in every instance of the tenant; signal start events start instances. */
	broadcast(signal: {
		readonly tenant: TenantId;
		readonly name: string;
		readonly variables: Variables;
		readonly idempotency?: Idempotency | null;
	}): Promise<Answered<Delivery>>;
	/** Fires the timers that are due now, in every tenant; answers when they have run. Also called by the timer loop. */
	runDueTimers(): Promise<void>;
}

/** Both empty: nothing waited for it, and no flow starts with it. */
export interface Delivery {
	/** Instances in which something waited for it. */
	readonly delivered: readonly InstanceId[];
	readonly started: readonly InstanceId[];
	/** Absent where it is nobody. */
	readonly refused?: readonly RefusedEvent[];
}

/** Where an event could not come, and why: what waits in an instance, which waits on, or a flow that was to start. */
export interface RefusedEvent {
	readonly by: EventRecipient;
	readonly code: RefusalCode;
	readonly details: Readonly<Record<string, string>>;
}

export type EventRecipient =
	| { readonly instance: InstanceId }
	| { readonly namespace: string; readonly flowId: string };

/** The work of service tasks, for external workers. A job is locked for one worker at a time; a lock ends by itself. */
export interface JobService {
	/** May hand out fewer than there are. */
	fetch(request: JobRequest): Promise<readonly Job[]>;
	/** All work of an instance that is not done, by id, after this one. */
	ofInstance(tenant: TenantId, instance: InstanceId, page: JobPage): Promise<readonly OpenJob[]>;
	/** All work of a tenant that failed as often as it may, by id, after this one. */
	atRest(tenant: TenantId, page: JobPage): Promise<readonly OpenJob[]>;
	complete(request: JobReport & { readonly variables: Variables }): Promise<Answered<null>>;
	/** `retries` null: one less than before. At 0 the job rests until somebody sets its retries. */
	fail(
		request: JobReport & { readonly message: string; readonly retries: number | null; readonly retryAfterMs: number },
	): Promise<Answered<null>>;
	throwError(request: JobReport & { readonly code: string; readonly variables: Variables }): Promise<Answered<null>>;
	setRetries(tenant: TenantId, job: string, retries: number): Promise<Answered<null>>;
}

export interface JobRequest {
	readonly tenant: TenantId;
	readonly worker: string;
	readonly topics: readonly string[];
	readonly lockMs: number;
	readonly limit: number;
}

export interface JobPage {
	/** The last id of the page before; 0: the first page. */
	readonly after: number;
	readonly limit: number;
}

export interface JobReport {
	readonly tenant: TenantId;
	readonly job: string;
	readonly worker: string;
}

export interface JobFacts {
	/** A decimal string of 16 digits. */
	readonly id: string;
	readonly instance: InstanceId;
	readonly node: NodeId;
	readonly topic: string;
	/** For a compensation: the firing whose effect is to be undone; null for work to be done. */
	readonly compensates: Seq | null;
	readonly retries: number;
}

/** As a worker gets it. */
export interface Job extends JobFacts {
	/** For a compensation those of the work that it undoes, with what that wrote. */
	readonly variables: Variables;
	readonly lockedUntil: TimeMs;
}

/** As an operator sees it. */
export interface OpenJob extends JobFacts {
	/** What the worker said who failed last; null: nobody has. */
	readonly failure: string | null;
	readonly createdAt: TimeMs;
	readonly lock: { readonly worker: string; readonly until: TimeMs } | null;
}

// ---------------------------------------------------------------- flows, directory, apps

export interface FlowService {
	/**
	 * Parses, verifies and stores a new version; a model that cannot run is refused whole. The same XML again is the same
	 * version. What the verifier finds is a warning; with `strict` it refuses the model.
	 */
	deploy(
		tenant: TenantId,
		namespace: string,
		flowId: string,
		xml: string,
		options?: { readonly strict: boolean },
	): Promise<Deployment>;
	find(tenant: TenantId, namespace: string, flowId: string, version: number | null): Promise<FlowVersion | null>;
}

export type Deployment =
	| { readonly ok: true; readonly version: number; readonly warnings: readonly ModelProblem[] }
	/** `by` says whether it cannot run, or was not to be taken with what the verifier found. */
	| { readonly ok: false; readonly by: 'reader' | 'verifier'; readonly errors: readonly ModelProblem[] }
	/** Nothing is said about the model: the server had no time for it. */
	| { readonly ok: false; readonly by: 'server'; readonly refusal: Refusal };

/** `line` counts from 1 and is 0 where it is unknown. */
export interface ModelProblem {
	readonly code: string;
	readonly elementId: string | null;
	readonly line: number;
	readonly message: string;
	/** A finding of the verifier: what has to happen for it, in this order. */
	readonly path?: readonly ModelStep[];
}

/** Something that happens in a model. `flows`: those that a gateway takes; `count`: how often an activity is repeated. */
export interface ModelStep {
	readonly kind: string;
	readonly node: NodeId;
	readonly flows?: readonly FlowId[];
	readonly count?: number;
}

export interface FlowVersion {
	readonly namespace: string;
	readonly flowId: string;
	readonly version: number;
	readonly model: ProcessModel;
	readonly xml: string;
	readonly warnings: readonly ModelProblem[];
	readonly deployedAt: TimeMs;
}

export interface DecisionService {
	/**
	 * Parses and stores a new version of a decision and those that it requires; what cannot be decided is refused whole.
	 * The same XML again is the same version.
	 */
	deploy(tenant: TenantId, namespace: string, decisionId: string, xml: string): Promise<Deployment>;
	find(
		tenant: TenantId,
		namespace: string,
		decisionId: string,
		version: number | null,
	): Promise<DecisionVersion | null>;
}

export interface DecisionVersion {
	readonly namespace: string;
	readonly decisionId: string;
	readonly version: number;
	readonly model: DecisionModel;
	readonly xml: string;
	readonly warnings: readonly ModelProblem[];
	readonly deployedAt: TimeMs;
}

export interface User {
	readonly id: UserId;
	readonly name: string;
	readonly email: string | null;
	readonly managerId: UserId | null;
	readonly departments: readonly string[];
	/** Until when, and who stands in. */
	readonly outOfOffice: { readonly until: TimeMs; readonly substituteId: UserId } | null;
}

export interface Group {
	readonly id: string;
	readonly name: string;
	readonly members: readonly UserId[];
}

export interface DirectoryService {
	putUser(tenant: TenantId, user: User): Promise<Answered<User>>;
	putGroup(tenant: TenantId, group: Group): Promise<Answered<Group>>;
	findUser(tenant: TenantId, user: UserId): Promise<User | null>;
	findUserByEmail(tenant: TenantId, email: string): Promise<User | null>;
	/** @param most so many members where there are more; null, and left out: all */
	findGroup(tenant: TenantId, group: string, most?: number | null): Promise<Group | null>;
}

export interface App {
	readonly id: string;
	readonly tenant: TenantId;
	readonly name: string;
	readonly scopes: readonly string[];
	readonly enabled: boolean;
	/** A store app obtains tokens with an app ticket. */
	readonly store: boolean;
	/** Signs the app's tokens; never leaves the server. */
	readonly tokenKey: Uint8Array;
}

export interface AppService {
	/** From a short-lived cache: a disabled app stops within seconds. */
	find(appId: string): Promise<App | null>;
	secretMatches(appId: string, secret: string): Promise<boolean>;
	create(app: {
		readonly tenant: TenantId;
		readonly name: string;
		readonly scopes: readonly string[];
		readonly store: boolean;
	}): Promise<{ readonly id: string; readonly secret: string }>;
	setEnabled(appId: string, enabled: boolean): Promise<boolean>;
	/** A store app's current ticket, made anew each time it is asked to be resent. */
	issueTicket(appId: string): Promise<string | null>;
	ticketMatches(appId: string, ticket: string): Promise<boolean>;
}
