/** The JSON that is stored: steps, live states, pasts of tasks. Here and in compact-pasts.ts is all that knows its form. */
import type { EngineEvent, NodeFired, RollbackUndone, RolledBack } from '@sendback/engine/events.ts';
import type { InstanceMigrated } from '@sendback/engine/migration/instance-migrated.ts';
import type { InstanceState, OpenTask, PastTask, Token } from '@sendback/engine/state.ts';
import type { TokenId } from '@sendback/engine/terms.ts';
import { PastReader, PastWriter, type StoredPasts, type TokenTuple } from './compact-pasts.ts';

type StoredFiring = Omit<NodeFired, 'consumed' | 'produced'> & {
	readonly consumed: readonly TokenTuple[];
	readonly produced: readonly TokenTuple[];
};
type StoredRollback = Omit<RolledBack, 'voided' | 'restored'> & {
	readonly voided: readonly TokenTuple[];
	readonly restored: readonly TokenTuple[];
};
type StoredMigration = Omit<InstanceMigrated, 'tokens' | 'canceled'> & {
	readonly tokens: readonly TokenTuple[];
	readonly canceled: readonly TokenTuple[];
};
type StoredUndoing = Omit<RollbackUndone, 'rollback'> & { readonly rollback: StoredRollback };
type StoredEvent =
	| StoredFiring
	| StoredRollback
	| StoredUndoing
	| StoredMigration
	| Exclude<EngineEvent, NodeFired | InstanceMigrated | RolledBack | RollbackUndone>;

interface StoredStep {
	readonly past: StoredPasts;
	readonly events: readonly StoredEvent[];
}

interface StoredState extends Omit<InstanceState, 'tokens' | 'tasks'> {
	/** In documents of earlier versions an object, its members named by the ids of the tasks. */
	readonly tasks: readonly OpenTask[];
	readonly past: StoredPasts;
	readonly tokens: readonly TokenTuple[];
}

type StoredPastTask = readonly [
	PastTask['task'],
	PastTask['node'],
	PastTask['seq'],
	PastTask['outcome'],
	PastTask['nearest'],
	...([] | [NonNullable<PastTask['calls']>]),
];

export function writeEvents(events: readonly EngineEvent[]): string {
	const past = new PastWriter();
	const stored = events.map((event): StoredEvent => {
		switch (event.type) {
			case 'NodeFired':
				return { ...event, consumed: event.consumed.map(past.token), produced: event.produced.map(past.token) };
			case 'InstanceMigrated':
				return { ...event, tokens: event.tokens.map(past.token), canceled: event.canceled.map(past.token) };
			case 'RolledBack':
				return mapRollback(event, past.token);
			case 'RollbackUndone':
				return { ...event, rollback: mapRollback(event.rollback, past.token) };
			default:
				return event;
		}
	});
	return JSON.stringify({ past: past.stored, events: stored } satisfies StoredStep);
}

export function readEvents(text: string): readonly EngineEvent[] {
	const stored = JSON.parse(text) as StoredStep;
	const past = new PastReader(stored.past);
	return stored.events.map((event): EngineEvent => {
		switch (event.type) {
			case 'NodeFired':
				return { ...event, consumed: event.consumed.map(past.token), produced: event.produced.map(past.token) };
			case 'InstanceMigrated':
				return { ...event, tokens: event.tokens.map(past.token), canceled: event.canceled.map(past.token) };
			case 'RolledBack':
				return mapRollback(event, past.token);
			case 'RollbackUndone':
				return { ...event, rollback: mapRollback(event.rollback, past.token) };
			default:
				return event;
		}
	});
}

function mapRollback<
	From,
	To,
	Rollback extends { readonly voided: readonly From[]; readonly restored: readonly From[] },
>(rollback: Rollback, map: (token: From) => To) {
	return { ...rollback, voided: rollback.voided.map(map), restored: rollback.restored.map(map) };
}

export function writeState(state: InstanceState): string {
	const past = new PastWriter();
	const tokens = Object.values(state.tokens).map(past.token);
	// Every member by its name, as in readState: this runs for every command, and spreading costs as much as the rest.
	const { status, initiator, nextSeq, nextToken, nextScope, scopes, migrated } = state;
	const tasks = Object.values(state.tasks);
	const rest = { status, initiator, nextSeq, nextToken, nextScope, tokens, tasks, scopes, past: past.stored };
	return JSON.stringify((migrated === undefined ? rest : { ...rest, migrated }) satisfies StoredState);
}

export function readState(text: string): InstanceState {
	const stored = JSON.parse(text) as StoredState;
	const past = new PastReader(stored.past);
	const tokens: Record<TokenId, Token> = {};
	for (const tuple of stored.tokens) tokens[tuple[0]] = past.token(tuple);
	const tasks: Record<TokenId, OpenTask> = {};
	for (const task of Object.values(stored.tasks)) tasks[task.token] = task;
	const { status, initiator, nextSeq, nextToken, nextScope, scopes, migrated } = stored;
	const state = { status, initiator, nextSeq, nextToken, nextScope, tokens, tasks, scopes };
	return migrated === undefined ? state : { ...state, migrated };
}

export function writePast(tasks: readonly PastTask[]): string {
	const tuples = tasks.map(
		({ task, node, seq, outcome, nearest, calls }): StoredPastTask =>
			calls === undefined ? [task, node, seq, outcome, nearest] : [task, node, seq, outcome, nearest, calls],
	);
	return JSON.stringify(tuples);
}

export function readPast(text: string): readonly PastTask[] {
	const tuples = JSON.parse(text) as readonly StoredPastTask[];
	return tuples.map(([task, node, seq, outcome, nearest, calls]) => ({
		task,
		node,
		...(calls === undefined ? {} : { calls }),
		seq,
		outcome,
		nearest,
	}));
}
