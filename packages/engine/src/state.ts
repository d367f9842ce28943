import type { DecisionMode } from './model/process-model.ts';
import type { ElementId, NodeId, ScopeId, Seq, TaskId, TimeMs, TokenId, UserId, Value, Variables } from './terms.ts';

/**
 * The live state of one instance: what is open now, and never the history. It is what the log folds to (apply.ts), so
 * losing it loses nothing; it is plain JSON.
 */
export interface InstanceState {
	readonly status: InstanceStatus;
	readonly initiator: UserId;
	readonly nextSeq: Seq;
	readonly nextToken: TokenId;
	readonly nextScope: ScopeId;
	/** The marking: the tokens that no live event consumed. */
	readonly tokens: Readonly<Record<TokenId, Token>>;
	/** Open tasks only, by the token at their node that each of them stands on alone. */
	readonly tasks: Readonly<Record<TokenId, OpenTask>>;
	readonly scopes: Readonly<Record<ScopeId, Scope>>;
	/** The last migration to another version; nothing before it can be returned to. */
	readonly migrated?: Seq;
}

export type InstanceStatus = 'in_process' | 'agreed' | 'rejected' | 'completed' | 'canceled';

/**
 * `flow:` on a sequence flow; `task:` in an open task; `active:` in any other activity that runs or waits; `wait:` an
 * event that is armed; `sink:` behind an end event, or one finished run of a repeated activity, until the scope ends;
 * `done:` a completed activity that can be compensated, or is being compensated.
 */
export type Place = `${'flow' | 'task' | 'active' | 'wait' | 'sink' | 'done'}:${ElementId}`;

export interface Token {
	readonly id: TokenId;
	readonly place: Place;
	readonly scope: ScopeId;
	/** The firing that produced it. */
	readonly producer: Seq;
	/**
	 * The latest completed task of each node that it descends from, newest first: PAST_LIMIT of them, the start, and those that
	 * were rejected (causality/past.ts).
	 */
	readonly past: readonly PastTask[];
	/** `wait:` at a boundary event: the token of the activity that it is attached to. */
	readonly host?: TokenId;
	/** `wait:` what it waits for; `active:` at a service task: the work to be done. */
	readonly arm?: Arm;
	/** `active:` one of parallel runs that is over, until the completion condition was looked at: its number. */
	readonly run?: number;
	/** `done:` what a compensation finds; absent while it is being compensated. */
	readonly done?: Done;
	/** Hold rule: the token may not move before this task has ended (causality/roll-back.ts). */
	readonly heldBy?: TaskId;
	/** Likewise, before a compensation event whose compensation was undone: nor while one of these runs again. */
	readonly awaits?: readonly NodeId[];
}

/** A completed activity that can be compensated. */
export interface Done {
	readonly node: NodeId;
	/** The variables of its run, or of the subprocess, as they were. */
	readonly variables: Variables;
	/** Of a subprocess that nothing but this compensates: what was completed in it, in that order. */
	readonly inside: readonly Done[];
	/** The scope of the parallel runs that it is one of: they are compensated together. */
	readonly batch?: ScopeId;
}

/** A completed task in the past of a token; `seq` is its completion. */
export interface PastTask {
	readonly task: TaskId;
	readonly node: NodeId;
	/**
	 * The calls that lead to its node, the outermost first, each as call activity and flow: nodes of two flows can have the
	 * same id, and one flow can be called from two places. Absent in the instance's own flow.
	 */
	readonly calls?: string;
	readonly seq: Seq;
	readonly outcome: 'start' | 'agreed' | 'rejected';
	/** No other task of the same past follows from it: one of the previous tasks of whoever holds the token. */
	readonly nearest: boolean;
	/** Where it was done in a run of a multi-instance activity. */
	readonly repeated?: Repeated;
}

export interface Repeated {
	/** For each such activity around it, the outermost first: the scope of all its runs, and that of the run. */
	readonly within: readonly ScopeId[];
	/**
	 * The node was rejected in another run, which counts beside the outcome in this one: the first position in `within` of a
	 * run that such a no stands beside.
	 */
	readonly rejected?: number;
}

/** What a token waits for from outside, resolved when it was armed. */
export type Arm =
	/**
	 * `full` is the text of its times, to arm it anew for the next one or after a rollback; null for a fixed date. Instances
	 * of earlier versions have the milliseconds instead. `left` counts repetitions still to come; null: without end.
	 */
	| {
			readonly kind: 'timer';
			/** Null: it had passed when a rollback brought back what it is beside, and does not come again. */
			readonly due: TimeMs | null;
			readonly full: string | number | null;
			readonly left: number | null;
	  }
	| { readonly kind: 'message'; readonly name: string; readonly key: string | null }
	| { readonly kind: 'signal'; readonly name: string }
	/** `newerThan`: it was armed anew by this rollback, or read what that put back, and comes true only by what was written after it. */
	| { readonly kind: 'condition'; readonly newerThan?: Seq }
	| { readonly kind: 'job'; readonly topic: string; readonly retries: number };

export interface Scope {
	readonly id: ScopeId;
	readonly parent: ScopeId | null;
	/** The process, or the activity that opened it. */
	readonly element: ElementId;
	/** process; sub: the inside of a subprocess, also an event subprocess; call: of a called flow; loop: all runs of a repeated activity; run: one of them; compensation: what an event, or the compensation of one activity, has still to compensate. */
	readonly kind: 'process' | 'sub' | 'call' | 'loop' | 'run' | 'compensation';
	/** The token of the activity, in the parent scope; null for the process, and for a run. */
	readonly host: TokenId | null;
	/** kind call: which flow version its nodes are of. */
	readonly flow?: { readonly flowId: string; readonly version: number };
	/** kind loop: how many runs, and what each of them is for where it repeats over a list. */
	readonly runs?: { readonly count: number; readonly items: readonly Value[] | null };
	/** kind loop of a user task: stands for all of its runs as one rollback point. */
	readonly task?: TaskId;
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
	/** The repeated task that it is one run of. */
	readonly loop?: TaskId;
	readonly mode: DecisionMode;
	readonly openedAt: TimeMs;
	readonly assignments: readonly Assignment[];
	/** True for the start of the instance, reopened for the initiator. */
	readonly isStart: boolean;
	/** What was entered when the node was last decided, to start from after a rollback. */
	readonly draft: Variables;
	/** What the deciders entered so far; written when the task completes. */
	readonly entered: Variables;
	/** Somebody was sent a copy of it. */
	readonly copied?: true;
	/**
	 * Reopened together: the first and the last of them, whose ids follow one another; in what earlier versions wrote all of them.
	 * What is held by one is held until none is open.
	 */
	readonly together?: readonly TaskId[];
	readonly resume?: TaskResume;
}

/** Reopened by a direct return: the completion that was undone, and the rollback. */
export interface TaskResume {
	readonly from: Seq;
	readonly rollback: Seq;
	/** The repeated task, where it was returned to as a whole: none of its runs is carried over. */
	readonly anew?: TaskId;
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
