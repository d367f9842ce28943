/** The JSON that is stored: steps, live states, pasts of tasks. This folder is all that knows its form. */
import type { EngineEvent } from '@sendback/engine/events.ts';
import type { Assignment, InstanceState, OpenTask, PastTask, Scope, Token } from '@sendback/engine/state.ts';
import type { ScopeId, TokenId } from '@sendback/engine/terms.ts';
import { readFiring, writeFiring } from './compact-firings.ts';
import { PastReader, PastWriter } from './compact-pasts.ts';
import { readScope, writeScope } from './compact-scopes.ts';
import { readAssignments, readOpenTask, writeAssignments, writeOpenTask } from './compact-tasks.ts';
import { type EarlierState, type EarlierStep, stateOfToday, stepOfToday } from './earlier-documents.ts';
import {
	FORM,
	type RollbackWithTokens,
	type StoredEvent,
	type StoredPastTask,
	type StoredRecord,
	type StoredState,
	type StoredStep,
	type WithTokens,
} from './stored-forms.ts';

export function writeEvents(events: readonly EngineEvent[]): string {
	const past = new PastWriter();
	let decided: readonly Assignment[] | null = null;
	const stored = events.map((event): StoredEvent => {
		switch (event.type) {
			case 'NodeFired':
				return writeFiring(event, past, decided);
			case 'TaskOpened':
				return { ...event, task: writeOpenTask(event.task) };
			case 'TaskDecided':
				decided = event.assignments;
				return { ...event, assignments: writeAssignments(decided) };
			default:
				return mapTokens(event, past.token);
		}
	});
	return JSON.stringify({ form: FORM, past: past.stored, events: stored } satisfies StoredStep);
}

export function readEvents(text: string): readonly EngineEvent[] {
	const document = JSON.parse(text) as StoredStep | EarlierStep;
	const stored = document.form === FORM ? document : stepOfToday(document);
	const past = new PastReader(stored.past);
	let decided: readonly Assignment[] | null = null;
	return stored.events.map((event): EngineEvent => {
		if (!isRecord(event)) return readFiring(event, past, decided);
		switch (event.type) {
			case 'TaskOpened':
				return { ...event, task: readOpenTask(event.task) };
			case 'TaskDecided':
				decided = readAssignments(event.assignments);
				return { ...event, assignments: decided };
			default:
				return mapTokens(event, past.token);
		}
	});
}

function isRecord(event: StoredEvent): event is StoredRecord {
	return 'type' in event;
}

function mapTokens<From, To>(event: WithTokens<From>, map: (token: From) => To): WithTokens<To> {
	switch (event.type) {
		case 'InstanceMigrated':
			return { ...event, tokens: event.tokens.map(map), canceled: event.canceled.map(map) };
		case 'RolledBack':
			return mapRollback(event, map);
		case 'RollbackUndone':
			return { ...event, rollback: mapRollback(event.rollback, map) };
		default:
			return event;
	}
}

function mapRollback<From, To>(rollback: RollbackWithTokens<From>, map: (token: From) => To): RollbackWithTokens<To> {
	const { detached, ...rest } = rollback;
	return {
		...rest,
		voided: rollback.voided.map(map),
		restored: rollback.restored.map(map),
		...(detached === undefined ? {} : { detached: detached.map(map) }),
	};
}

export function writeState(state: InstanceState): string {
	const past = new PastWriter();
	const tokens = Object.values(state.tokens).map(past.token);
	const tasks = Object.values(state.tasks).map(writeOpenTask);
	const scopes = Object.values(state.scopes).map(writeScope);
	// Every member by its name, as in readState: this runs for every command, and spreading costs as much as the rest.
	const { status, initiator, nextSeq, nextToken, nextScope, migrated } = state;
	const rest = {
		form: FORM,
		status,
		initiator,
		nextSeq,
		nextToken,
		nextScope,
		tokens,
		tasks,
		scopes,
		past: past.stored,
	} as const;
	return JSON.stringify((migrated === undefined ? rest : { ...rest, migrated }) satisfies StoredState);
}

export function readState(text: string): InstanceState {
	const document = JSON.parse(text) as StoredState | EarlierState;
	const stored = document.form === FORM ? document : stateOfToday(document);
	const past = new PastReader(stored.past);
	const tokens: Record<TokenId, Token> = {};
	for (const tuple of stored.tokens) tokens[tuple[0]] = past.token(tuple);
	const tasks: Record<TokenId, OpenTask> = {};
	for (const tuple of stored.tasks) tasks[tuple[3]] = readOpenTask(tuple);
	const scopes: Record<ScopeId, Scope> = {};
	for (const tuple of stored.scopes) scopes[tuple[0]] = readScope(tuple);
	const { status, initiator, nextSeq, nextToken, nextScope, migrated } = stored;
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
