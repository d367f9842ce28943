/**
 * The form of what is stored. What nearly every command writes is a tuple, which is half as long as the object that the
 * core has and takes less to write and to read; the rest is as the core has it.
 */
import type {
	EngineEvent,
	NodeFired,
	RollbackUndone,
	RolledBack,
	TaskDecided,
	TaskOpened,
} from '@sendback/engine/events.ts';
import type { InstanceMigrated } from '@sendback/engine/migration/instance-migrated.ts';
import type { InstanceState, PastTask } from '@sendback/engine/state.ts';
import type { FiringTuple } from './compact-firings.ts';
import type { StoredPasts, TokenTuple } from './compact-pasts.ts';
import type { ScopeTuple } from './compact-scopes.ts';
import type { AssignmentTuple, OpenTaskTuple } from './compact-tasks.ts';

/** Named in the documents, so that those of earlier versions are told apart (earlier-documents.ts). */
export const FORM = 2;

export interface StoredStep {
	readonly form: typeof FORM;
	readonly past: StoredPasts;
	readonly events: readonly StoredEvent[];
}

/** An event with tokens of this kind wherever it has tokens; a firing, and what has tasks, are not among these. */
export type WithTokens<T> =
	| (Omit<InstanceMigrated, 'tokens' | 'canceled'> & { readonly tokens: readonly T[]; readonly canceled: readonly T[] })
	| RollbackWithTokens<T>
	| (Omit<RollbackUndone, 'rollback'> & { readonly rollback: RollbackWithTokens<T> })
	| Exclude<EngineEvent, NodeFired | TaskOpened | TaskDecided | InstanceMigrated | RolledBack | RollbackUndone>;
export type RollbackWithTokens<T> = Omit<RolledBack, 'voided' | 'restored' | 'detached'> & {
	readonly voided: readonly T[];
	readonly restored: readonly T[];
	readonly detached?: readonly T[];
};

type StoredOpening = Omit<TaskOpened, 'task'> & { readonly task: OpenTaskTuple };
type StoredDecision = Omit<TaskDecided, 'assignments'> & { readonly assignments: readonly AssignmentTuple[] };

/** A firing is the tuple, and has no `type`. */
export type StoredEvent = FiringTuple | StoredRecord;
export type StoredRecord = StoredOpening | StoredDecision | WithTokens<TokenTuple>;

export interface StoredState extends Omit<InstanceState, 'tokens' | 'tasks' | 'scopes'> {
	readonly form: typeof FORM;
	readonly past: StoredPasts;
	readonly tokens: readonly TokenTuple[];
	readonly tasks: readonly OpenTaskTuple[];
	readonly scopes: readonly ScopeTuple[];
}

/** In the past of a task, which is a document of its own; the calls only of a task of a called flow. Points need no more. */
export type StoredPastTask = readonly [
	PastTask['task'],
	PastTask['node'],
	PastTask['seq'],
	PastTask['outcome'],
	PastTask['nearest'],
	...([] | [NonNullable<PastTask['calls']>]),
];
