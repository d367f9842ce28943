import type { EngineEvent, EventType, NodeFired, RollbackUndone, RolledBack, VariableWrite } from './events.ts';
import { invariant } from './invariant.ts';
import { required } from './lookup.ts';
import type { InstanceMigrated } from './migration/instance-migrated.ts';
import { heirOf, openTask } from './open-tasks.ts';
import { elementOf } from './scopes.ts';
import type { Assignment, InstanceState, OpenTask, Scope, Token, Version } from './state.ts';
import type { ScopeId, Seq, TaskId, TokenId } from './terms.ts';

/**
 * The live state after one more event. The same function serves the running step and the replay of a log, so a state
 * read from storage and a state folded from its log are equal. Events carry all that it needs: it decides nothing.
 */
export function apply(state: InstanceState | null, event: EngineEvent): InstanceState {
	if (state === null) {
		invariant(event.type === 'InstanceStarted', 'a log begins with InstanceStarted');
		return {
			status: 'in_process',
			initiator: event.initiator,
			nextSeq: event.seq + 1,
			nextToken: 1,
			nextScope: 1,
			tokens: {},
			tasks: {},
			scopes: { 0: { id: 0, parent: null, element: event.process, kind: 'process', host: null, variables: {} } },
		};
	}
	invariant(event.seq === state.nextSeq, `event ${event.seq} follows ${state.nextSeq - 1}`);
	const applier = APPLIERS[event.type] as (state: InstanceState, event: EngineEvent) => Changes;
	return changed(state, event.seq + 1, applier(state, event));
}

/** What an event changes of the live state. */
type Changes = Partial<Omit<InstanceState, 'initiator' | 'nextSeq'>>;

function changed(state: InstanceState, nextSeq: Seq, changes: Changes): InstanceState {
	const migrated = changes.migrated ?? state.migrated;
	const next = {
		status: changes.status ?? state.status,
		initiator: state.initiator,
		nextSeq,
		nextToken: changes.nextToken ?? state.nextToken,
		nextScope: changes.nextScope ?? state.nextScope,
		tokens: changes.tokens ?? state.tokens,
		tasks: changes.tasks ?? state.tasks,
		scopes: changes.scopes ?? state.scopes,
	};
	return migrated === undefined ? next : { ...next, migrated };
}

type Applier<T extends EventType> = (state: InstanceState, event: Extract<EngineEvent, { type: T }>) => Changes;

const APPLIERS: { readonly [T in EventType]: Applier<T> } = {
	InstanceStarted: () => {
		throw new Error('bug: InstanceStarted twice');
	},
	NodeFired: applyFiring,
	TaskOpened: (state, event) => ({ tasks: { ...state.tasks, [event.task.token]: event.task } }),
	TaskDecided: (state, event) =>
		changeTask(state, event.task, (task) => ({
			...task,
			assignments: event.assignments,
			entered: { ...task.entered, ...event.entered },
		})),
	TaskTransferred: (state, event) => reassign(state, event.task, event.assignments),
	AssigneesAdded: (state, event) => reassign(state, event.task, event.assignments),
	TaskCopied: (state, event) => changeTask(state, event.task, (task) => ({ ...task, copied: true })),
	TaskUrged: nothing,
	ChatGroupLinked: nothing,
	InstanceEnded: (_state, event) => ({ status: event.status }),
	InstanceMigrated: applyMigration,
	RolledBack: applyRollback,
	RollbackUndone: applyRollbackUndone,
	Resumed: nothing,
};

/** Records for people and for audit: nothing of the live state depends on them. */
function nothing(): Changes {
	return {};
}

function reassign(state: InstanceState, task: TaskId, assignments: readonly Assignment[]): Changes {
	return changeTask(state, task, (open) => ({ ...open, assignments }));
}

function changeTask(state: InstanceState, id: TaskId, change: (task: OpenTask) => OpenTask): Changes {
	const task = openTask(state, id);
	invariant(task !== undefined, `task ${id} is open when it changes`);
	return { tasks: { ...state.tasks, [task.token]: change(task) } };
}

function applyFiring(state: InstanceState, event: NodeFired): Changes {
	const tokens: Record<TokenId, Token> = { ...state.tokens };
	for (const token of event.consumed) {
		invariant(tokens[token.id] !== undefined, `token ${token.id} is live when it is consumed`);
		delete tokens[token.id];
	}
	const tasks = closeTasksOn(event.consumed, state.tasks, tokens);
	for (const token of event.produced) tokens[token.id] = token;
	return {
		tokens,
		tasks,
		nextToken: state.nextToken + event.produced.length,
		nextScope: state.nextScope + (event.opened?.length ?? 0),
		scopes: changeScopes(state.scopes, event),
	};
}

function changeScopes(scopes: InstanceState['scopes'], event: NodeFired): InstanceState['scopes'] {
	if (event.writes.length === 0 && event.opened === undefined && event.closed === undefined) return scopes;
	const changed = writeVariables(scopes, event.writes, event.seq);
	for (const scope of event.opened ?? []) changed[scope.id] = scope;
	for (const { id } of event.closed ?? []) delete changed[id];
	return changed;
}

/** A copy of the scopes with what a firing writes. */
export function writeVariables(
	scopes: InstanceState['scopes'],
	writes: readonly VariableWrite[],
	seq: Seq,
): Record<ScopeId, Scope> {
	const written: Record<ScopeId, Scope> = { ...scopes };
	const variablesOf = copiedOnce(written);
	for (const { scope, name, value } of writes) variablesOf(scope)[name] = { value, seq };
	return written;
}

/** The variables of scopes, to be changed: copied the first time that they are asked for, as tens of thousands may change at once. */
function copiedOnce(scopes: Record<ScopeId, Scope>): (id: ScopeId) => Record<string, Version> {
	const copies = new Map<ScopeId, Record<string, Version>>();
	return (id) => {
		const copied = copies.get(id);
		if (copied !== undefined) return copied;
		const scope = required(scopes, id);
		const variables = { ...scope.variables };
		scopes[id] = { ...scope, variables };
		copies.set(id, variables);
		return variables;
	};
}

/**
 * Tasks end with their tokens, and with a task end the holds that waited for it, or for what was reopened with it. An end
 * may close thousands: all at once.
 */
function closeTasksOn(
	consumed: readonly Token[],
	tasks: InstanceState['tasks'],
	tokens: Record<TokenId, Token>,
): InstanceState['tasks'] {
	const closed = consumed.flatMap(({ id }) => tasks[id] ?? []);
	if (closed.length === 0) return tasks;
	const open: Record<TokenId, OpenTask> = { ...tasks };
	for (const { token } of closed) delete open[token];

	const waiting = Object.values(tokens).filter(({ heldBy }) => heldBy !== undefined);
	const holders = new Set(waiting.map(({ heldBy }) => heldBy));
	const heirs = new Map(
		closed.filter(({ id }) => holders.has(id)).map(({ id }) => [id, heirOf(Object.values(open), id) ?? null]),
	);
	for (const token of waiting) {
		const heir = heirs.get(token.heldBy ?? '');
		if (heir !== undefined) tokens[token.id] = hold(token, heir);
	}
	return open;
}

function hold(token: Token, by: TaskId | null): Token {
	const { heldBy: _before, ...free } = token;
	return by === null ? free : { ...free, heldBy: by };
}

function rearmed(token: Token, newerThan: Seq | null): Token {
	return { ...token, arm: newerThan === null ? { kind: 'condition' } : { kind: 'condition', newerThan } };
}

function applyMigration(state: InstanceState, event: InstanceMigrated): Changes {
	const tokens = Object.fromEntries(event.tokens.map((token) => [token.id, token]));
	const scopes = Object.fromEntries(
		event.scopes.map((scope) => [scope.id, { ...scope, variables: required(state.scopes, scope.id).variables }]),
	);
	const tasks = Object.values(state.tasks).map((task): [TokenId, OpenTask] => {
		const { loop: _before, ...moved } = { ...task, node: elementOf(required(tokens, task.token)) };
		const loop = scopes[required(scopes, task.scope).parent ?? task.scope]?.task;
		return [task.token, loop === undefined ? moved : { ...moved, loop }];
	});
	return {
		tokens,
		scopes,
		tasks: Object.fromEntries(tasks),
		nextToken: state.nextToken + event.tokens.filter(({ producer }) => producer === event.seq).length,
		migrated: event.seq,
	};
}

function applyRollback(state: InstanceState, event: RolledBack): Changes {
	const tokens: Record<TokenId, Token> = { ...state.tokens };
	for (const token of event.voided) delete tokens[token.id];
	for (const token of event.restored) tokens[token.id] = token;
	for (const { token, heldBy } of event.holds) tokens[token] = hold(required(tokens, token), heldBy);
	for (const { token } of event.rearmed ?? []) tokens[token] = rearmed(required(tokens, token), event.seq);

	const tasks: Record<TokenId, OpenTask> = { ...state.tasks };
	for (const { token } of event.closed) delete tasks[token];
	for (const task of [...event.reopened, ...event.revived]) tasks[task.token] = task;

	const scopes: Record<ScopeId, Scope> = { ...state.scopes };
	for (const { id } of event.voidedScopes) delete scopes[id];
	for (const scope of event.restoredScopes) scopes[scope.id] = scope;
	const variablesOf = copiedOnce(scopes);
	for (const { scope: id, name, undone, kept } of event.versions) {
		if (scopes[id]?.variables[name]?.seq !== undone) continue;
		const variables = variablesOf(id);
		// Taken out also where it comes back: it then stands behind the others.
		delete variables[name];
		if (kept !== null) variables[name] = kept;
	}
	return { tokens, tasks, scopes };
}

/** The exact reverse of applyRollback. */
function applyRollbackUndone(state: InstanceState, { rollback }: RollbackUndone): Changes {
	const tokens: Record<TokenId, Token> = { ...state.tokens };
	for (const token of rollback.restored) delete tokens[token.id];
	for (const token of rollback.voided) tokens[token.id] = token;
	for (const { token, before } of rollback.holds) tokens[token] = hold(required(tokens, token), before);
	for (const { token, before } of rollback.rearmed ?? []) tokens[token] = rearmed(required(tokens, token), before);

	const tasks: Record<TokenId, OpenTask> = { ...state.tasks };
	for (const { token } of [...rollback.reopened, ...rollback.revived]) delete tasks[token];
	for (const task of rollback.closed) tasks[task.token] = task;

	const scopes: Record<ScopeId, Scope> = { ...state.scopes };
	const variablesOf = copiedOnce(scopes);
	for (const { scope: id, name, live } of rollback.versions) {
		if (scopes[id] !== undefined && live !== undefined) variablesOf(id)[name] = live;
	}
	for (const { id } of rollback.restoredScopes) delete scopes[id];
	for (const scope of rollback.voidedScopes) scopes[scope.id] = scope;
	return { tokens, tasks, scopes };
}
