import type { MigrationProblem } from './migration/migration-problems.ts';
import type { NodeId } from './terms.ts';

/**
 * The one registry of what the core refuses. A code is stable: it is documented in docs/errors.md, never changes its
 * meaning and is never used again for another one. A test holds registry and document equal.
 */
export const REJECTIONS = {
	'instance-not-open': 'The instance has ended.',
	'task-not-open': 'The task is not open: it was decided, sent back or closed, or never existed.',
	'not-an-assignee': 'The user has no pending assignment in this task.',
	'not-permitted': 'The user may not do this.',
	'not-your-turn': 'The user decides later in this task; others come first.',
	'user-unknown': 'There is no such user.',
	'already-an-assignee': 'The user already has a part in this task.',
	'nobody-given': 'At least one user has to be named.',
	'too-many-assignees': 'A task can have at most 500 assignees.',
	'rollback-point-unknown': 'The task to return to is not a completed task of this instance.',
	'rollback-point-undone': 'The task to return to was itself undone by an earlier rollback.',
	'rollback-point-not-in-past':
		'The task to return to is not in the causal past of this task: nothing here follows from it.',
	'rollback-range': 'The flow does not allow sending back this far from this task.',
	'no-flow-selected': 'No outgoing flow of a gateway has a true condition, and it has no default flow.',
	'condition-failed': 'An expression of the model could not be evaluated.',
	'assignee-invalid': 'An assignee expression of the model gave something that is not the id of a user or group.',
	'run-limit':
		'The command would fire more nodes, or look at more for it, than one command may: the model loops without a task, or is too large.',
	'task-limit': 'The command would open more tasks than one command may: the model repeats too many at once.',
	'token-limit': 'More would be open or run in the instance than may at a time: the model repeats too much at once.',
	'write-limit': 'The scripts, decisions and calls of the command would write more variables than one command may.',
	'event-not-awaited': 'Nothing in the instance waits for this any more.',
	'job-unknown': 'There is no such work to be done in the instance.',
	'error-not-caught': 'No event of the model catches this error.',
	'name-missing':
		'An expression of the model gave null or an empty text for the name or key of an event, or for the topic of work.',
	'timer-invalid': 'A timer expression of the model gave something that is not a date, a duration or a repetition.',
	'loop-invalid': 'A repeated activity got a number of runs that is not a whole number from 0 to 1000, or no list.',
	'flow-not-found': 'A call activity names a flow that does not exist.',
	'flow-not-callable': 'A call activity names a flow that only events start.',
	'decision-not-found': 'A business rule task names a decision that does not exist.',
	'decision-failed': 'A decision could not be taken, or its result is not of the form that the model asks for.',
	'calls-too-deep': 'Call activities are nested more than 16 deep.',
	'rollback-not-last':
		'Something has happened since the rollback, or it is not of this instance; it cannot be taken back.',
	'rollback-barrier': 'Something that cannot be undone happened since.',
	'version-unknown': 'The flow has no such version.',
	'version-current': 'The instance runs this version already.',
	'migration-impossible': 'The instance cannot go on in the other version from where it is.',
	'variables-invalid': 'The variables are not an object of JSON values within the limits.',
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** A refusal, as a value. Only bugs throw. */
export interface Rejection {
	readonly code: RejectionCode;
	readonly message: string;
	/** What it is about: ids and names, for machines. */
	readonly details: Readonly<Record<string, string>>;
	/** `migration-impossible`: why not, one for each element. */
	readonly problems?: readonly MigrationProblem[];
	/** `rollback-barrier`: the work that cannot be undone, each node once; absent where it is a migration. */
	readonly barriers?: readonly { readonly node: NodeId; readonly name: string }[];
}

export function reject(code: RejectionCode, details: Readonly<Record<string, string>> = {}): Rejection {
	return { code, message: REJECTIONS[code], details };
}
