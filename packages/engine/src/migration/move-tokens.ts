import { lookup, required } from '../lookup.ts';
import { eventStartsIn } from '../model/contents.ts';
import type { Node } from '../model/process-model.ts';
import { contentsByScope, elementOf, finishedRuns } from '../scopes.ts';
import type { InstanceState, Place, Scope, Token } from '../state.ts';
import type { ScopeId, Seq } from '../terms.ts';
import { flowScopeOf } from '../visible-scopes.ts';
import { compensatesTheSame } from './compensating.ts';
import { moveDone } from './completed.ts';
import { type ElementMap, isProblem } from './element-map.ts';
import { handlersAt, heirOf } from './handlers.ts';
import { type MigrationProblem, problem } from './migration-problems.ts';

export interface MovedToken {
	readonly before: Token;
	readonly after: Token;
}

/** The marking in the other version. It means something only where there are no problems. */
export interface MovedMarking {
	readonly moved: readonly MovedToken[];
	readonly canceled: readonly Token[];
	readonly problems: readonly MigrationProblem[];
}

/** Where each token is in the other version. Called flows stay as they are, on versions of their own. */
export function moveTokens(state: InstanceState, map: ElementMap): MovedMarking {
	const moved: MovedToken[] = [];
	const canceled: Token[] = [];
	const problems: MigrationProblem[] = [];
	for (const before of Object.values(state.tokens)) {
		const after = moveToken(state, map, before);
		if (after === null) canceled.push(before);
		else if (isProblem(after)) problems.push(after);
		else moved.push({ before, after });
	}
	return { moved, canceled, problems };
}

/** The scopes in the other version, without their variables, which stay. */
export function moveScopes(state: InstanceState, map: ElementMap): readonly Omit<Scope, 'variables'>[] {
	const contents = contentsByScope(state);
	return Object.values(state.scopes).map(({ variables: _stay, ...scope }) => {
		const { task: _asOne, ...withoutTask } = scope;
		// Runs on both sides of a migration are no longer one rollback point.
		const kept = scope.kind === 'loop' && finishedRuns(contents(scope.id).tokens).length > 0 ? withoutTask : scope;
		if (!isOwn(state, scope.id)) return kept;
		return { ...kept, element: map.container(scope.element) ?? scope.element };
	});
}

/** Whether the nodes of a scope are of the flow that migrates. */
export function isOwn(state: InstanceState, scope: ScopeId): boolean {
	return flowScopeOf(state, scope) === 0;
}

/** A run of a repeated activity, open or over; the activity as a whole stands in the scope around. */
export function isRun({ scopes }: InstanceState, token: Token): boolean {
	const { kind, element } = required(scopes, token.scope);
	return (kind === 'run' || kind === 'loop') && element === elementOf(token);
}

/** Null: an event that is not waited for there, or what is completed and not compensated there. */
function moveToken(state: InstanceState, map: ElementMap, token: Token): Token | MigrationProblem | null {
	const past = pastOf(map, token, state.nextSeq);
	if (!isOwn(state, token.scope)) return { ...token, past };
	if (token.done !== undefined) {
		const done = moveDone(map, token.done);
		return done === null || isProblem(done) ? done : { ...token, place: `done:${done.node}`, done, past };
	}
	const place = placeOf(state, map, token);
	if (typeof place !== 'string') return place;
	const moved = { ...token, place, past };
	return token.awaits === undefined ? moved : { ...moved, awaits: token.awaits.map((id) => map.nodeId(id) ?? id) };
}

/** Null: an event that is not waited for there. */
function placeOf(state: InstanceState, map: ElementMap, token: Token): Place | MigrationProblem | null {
	const element = elementOf(token);
	switch (token.place.slice(0, token.place.indexOf(':'))) {
		case 'flow':
			return flowPlace(map, token);
		case 'sink':
			// A path that is over holds up nothing, wherever it ended.
			return `sink:${map.nodeId(element) ?? element}`;
		case 'wait': {
			const handler = handlerPlace(state, map, token);
			return handler === undefined ? standingPlace(state, map, token, 'wait') : handler;
		}
		case 'done': {
			const node = map.nodeInPlace(element);
			return isProblem(node) ? node : `done:${node.id}`;
		}
		case 'task':
			return standingPlace(state, map, token, 'task');
		default:
			return standingPlace(state, map, token, 'active');
	}
}

function flowPlace(map: ElementMap, token: Token): Place | MigrationProblem {
	const before = elementOf(token);
	const flow = map.flow(before);
	if (isProblem(flow)) return flow;
	const target = map.nodeInPlace(required(map.from.flows, before).target);
	return isProblem(target) ? problem(target.code, before) : `flow:${flow.id}`;
}

function standingPlace(
	state: InstanceState,
	map: ElementMap,
	token: Token,
	kind: 'task' | 'active' | 'wait',
): Place | MigrationProblem {
	const element = elementOf(token);
	const before = required(map.from.nodes, element);
	const after = map.nodeInPlace(element);
	if (isProblem(after)) return after;
	if (!compensatesTheSame(state, map, token, after)) return problem('kind-differs', element);
	if (!isRun(state, token) && loopOf(before) !== loopOf(after)) return problem('loop-differs', element);
	if (kind !== 'task' && eventOf(before) !== eventOf(after)) return problem('trigger-differs', element);
	return `${kind}:${after.id}`;
}

/** Undefined: an event that a path has come to, and not one that is armed beside something. */
function handlerPlace(
	state: InstanceState,
	map: ElementMap,
	token: Token,
): Place | MigrationProblem | null | undefined {
	const event = required(map.from.nodes, elementOf(token));
	const host = token.host === undefined ? undefined : lookup(state.tokens, token.host);
	if (event.kind !== 'startEvent' && host === undefined) return undefined;
	if (!('trigger' in event)) return null;
	const { element } = required(state.scopes, token.scope);
	const around = host === undefined ? map.container(element) : map.nodeId(elementOf(host));
	if (around === null) return null;
	const heir = heirOf(map, event, host === undefined ? eventStartsIn(map.to, around) : handlersAt(map.to, around));
	return heir === null || isProblem(heir) ? heir : `wait:${heir.id}`;
}

function loopOf(node: Node): string | null {
	return 'loop' in node ? (node.loop?.kind ?? null) : null;
}

/** What an event waits for. One that compensates goes on before or after that, so that a path is neither lost nor doubled. */
function eventOf(node: Node): string | null {
	if ('trigger' in node) return node.trigger?.kind ?? null;
	const throws = node.kind === 'intermediateThrowEvent' ? node.throws : null;
	return throws?.kind === 'compensation' ? `compensation ${throws.waits}` : null;
}

/**
 * A task that was done under its former name, or in a call that was made under one, is the same one when it is done again.
 * What is no more is no node of the other version, whatever that calls by its name: the colon is in no id of a file.
 */
function pastOf(map: ElementMap, { past }: Token, migration: Seq): Token['past'] {
	const renamed = (node: string) => map.nodeId(node) ?? (node.includes(':') ? node : `${node}:${migration}`);
	return past.map((entry) => {
		if (entry.calls === undefined) return { ...entry, node: renamed(entry.node) };
		const [call = '', ...rest] = entry.calls.split(' ');
		return { ...entry, calls: [renamed(call), ...rest].join(' ') };
	});
}
