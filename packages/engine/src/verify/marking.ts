import type { ElementId, ScopeId, TokenId } from '../terms.ts';

/** Where a token can be. Written out here once more: the verifier shares no code with what it checks. */
export type Place = `${'flow' | 'task' | 'active' | 'wait' | 'sink' | 'done'}:${ElementId}`;

export interface Token {
	readonly id: TokenId;
	readonly place: Place;
	readonly scope: ScopeId;
	/** Of an event that waits: the token of the activity, or of the event-based gateway, that it belongs to. */
	readonly host: TokenId | null;
	/** Of a completed activity that can be compensated. */
	readonly done: Completed | null;
}

/** An activity that was completed and can be compensated. */
export interface Completed {
	readonly activity: ElementId;
	/** What was completed inside it, in that order, where its compensation is to compensate all that. */
	readonly inside: readonly Completed[];
	/** Equal for the runs of one parallel activity, which are compensated together. */
	readonly together: number | null;
}

/** A running scope and the tokens in it. */
export interface Scope {
	readonly id: ScopeId;
	readonly parent: ScopeId | null;
	readonly kind: 'process' | 'sub' | 'call' | 'loop' | 'run' | 'compensation';
	/** The token of the activity that it is the inside of; null for the process, and for a run of a repeated activity. */
	readonly host: TokenId | null;
	/** kind call: the flow that its nodes are of. */
	readonly flow: CalledFlow | null;
	/** kind loop: how many runs there are to be; null where that shows only as it repeats. */
	readonly count: number | null;
	readonly tokens: readonly Token[];
}

export interface CalledFlow {
	readonly flowId: string;
	readonly version: number;
}

/** The tokens of an instance, each in its scope. The scope of the process is always there. */
export interface Marking {
	readonly scopes: ReadonlyMap<ScopeId, Scope>;
	/** Ids that were never used. */
	readonly nextToken: TokenId;
	readonly nextScope: ScopeId;
}

export const PROCESS_SCOPE: ScopeId = 0;

const PROCESS: Scope = {
	id: PROCESS_SCOPE,
	parent: null,
	kind: 'process',
	host: null,
	flow: null,
	count: null,
	tokens: [],
};

export const EMPTY: Marking = { scopes: new Map([[PROCESS_SCOPE, PROCESS]]), nextToken: 1, nextScope: 1 };

/** Tokens in the process itself, one for each place that is named. */
export function markingOf(places: Iterable<Place>): Marking {
	const tokens = [...places].map((place, index) => ({
		id: index + 1,
		place,
		scope: PROCESS_SCOPE,
		host: null,
		done: null,
	}));
	return withTokens(EMPTY, tokens);
}

/** The marking with these tokens and scopes added; their scopes must be there, or among those added. */
export function withTokens(marking: Marking, tokens: readonly Token[], opened: readonly Scope[] = []): Marking {
	const scopes = new Map(marking.scopes);
	let { nextToken, nextScope } = marking;
	for (const scope of opened) {
		scopes.set(scope.id, scope);
		nextScope = Math.max(nextScope, scope.id + 1);
	}
	const grown = new Map<ScopeId, Token[]>();
	for (const token of tokens) {
		nextToken = Math.max(nextToken, token.id + 1);
		const added = grown.get(token.scope);
		if (added === undefined) grown.set(token.scope, [token]);
		else added.push(token);
	}
	for (const [id, added] of grown) {
		const scope = scopes.get(id);
		if (scope === undefined) throw new Error(`no scope ${id}`);
		scopes.set(id, { ...scope, tokens: [...scope.tokens, ...added] });
	}
	return { scopes, nextToken, nextScope };
}

/** The marking without these tokens and scopes. */
export function without(marking: Marking, tokens: readonly Token[], closed: readonly ScopeId[]): Marking {
	const gone = new Set(tokens.map(({ id }) => id));
	const scopes = new Map(marking.scopes);
	for (const id of closed) scopes.delete(id);
	for (const id of new Set(tokens.map(({ scope }) => scope))) {
		const scope = scopes.get(id);
		if (scope === undefined) continue;
		scopes.set(id, { ...scope, tokens: scope.tokens.filter((token) => !gone.has(token.id)) });
	}
	return { ...marking, scopes };
}

/** Throws if there is no such scope. */
export function scopeOf(marking: Marking, id: ScopeId): Scope {
	const scope = marking.scopes.get(id);
	if (scope === undefined) throw new Error(`no scope ${id}`);
	return scope;
}

export function allTokens(marking: Marking): readonly Token[] {
	return [...marking.scopes.values()].flatMap(({ tokens }) => tokens);
}

/** The places of a marking in alphabetical order, once for each token, whatever its scope. */
export function tokensOf(marking: Marking): readonly Place[] {
	return allTokens(marking)
		.map(({ place }) => place)
		.sort();
}

export function isEmpty(marking: Marking): boolean {
	return marking.scopes.size === 1 && scopeOf(marking, PROCESS_SCOPE).tokens.length === 0;
}

export function holds(scope: Scope, place: Place): boolean {
	return scope.tokens.some((token) => token.place === place);
}

export function isSink(place: Place): boolean {
	return place.startsWith('sink:');
}

/** The element that a place belongs to. */
export function elementOf(place: Place): ElementId {
	return place.slice(place.indexOf(':') + 1);
}

/**
 * Equal for markings that differ in ids only: nested multisets, each scope written inside the token that it belongs to,
 * as in `active:Sub[wait:OnTime]sub(task:A*2)`. Ids are XML names, which hold none of these marks.
 */
export function markingKey(marking: Marking): string {
	return scopeText(contextOf(marking), PROCESS_SCOPE);
}

/** As markingKey, of the tokens of one scope and all inside it. */
export function scopeKey(marking: Marking, scope: ScopeId): string {
	return scopeText(contextOf(marking), scope);
}

/**
 * The marking with at most one token in each sink, and of activities completed alike only the latest. How often an end
 * event was reached changes nothing that can still happen, how often something is compensated nothing of what can happen
 * then, and a loop that forks to an end event would have infinitely many markings otherwise. The finished runs of a
 * repeated activity stay as they are where their number is known.
 */
export function withSinglesInSinks(marking: Marking): Marking {
	let scopes: Map<ScopeId, Scope> | null = null;
	for (const scope of marking.scopes.values()) {
		if (scope.count !== null) continue;
		const seen = new Set<string>();
		const tokens = scope.tokens
			.toReversed()
			.filter(({ place, done }) => {
				if (!isSink(place) && done === null) return true;
				const text = done === null ? place : completedText([done]);
				const isLast = !seen.has(text);
				seen.add(text);
				return isLast;
			})
			.toReversed();
		if (tokens.length === scope.tokens.length) continue;
		scopes ??= new Map(marking.scopes);
		scopes.set(scope.id, { ...scope, tokens });
	}
	return scopes === null ? marking : { ...marking, scopes };
}

/** The key of a marking in an exploration: as markingKey, whatever the number of tokens in a sink. */
export function stateKey(marking: Marking): string {
	return markingKey(withSinglesInSinks(marking));
}

interface Context {
	readonly marking: Marking;
	readonly inside: ReadonlyMap<TokenId, readonly Scope[]>;
	readonly runs: ReadonlyMap<ScopeId, readonly Scope[]>;
}

function contextOf(marking: Marking): Context {
	const inside = new Map<TokenId, Scope[]>();
	const runs = new Map<ScopeId, Scope[]>();
	for (const scope of marking.scopes.values()) {
		if (scope.host !== null) inside.set(scope.host, [...(inside.get(scope.host) ?? []), scope]);
		else if (scope.parent !== null) runs.set(scope.parent, [...(runs.get(scope.parent) ?? []), scope]);
	}
	return { marking, inside, runs };
}

function scopeText(context: Context, id: ScopeId): string {
	const { tokens } = scopeOf(context.marking, id);
	const waits = tokens.filter(({ host }) => host !== null && tokens.some((token) => token.id === host));
	const texts: string[] = [];
	const done = tokens.flatMap((token) => token.done ?? []);
	if (done.length > 0) texts.push(completedText(done));
	for (const token of tokens)
		if (token.done === null && !waits.includes(token)) texts.push(tokenText(context, token, waits));
	for (const run of context.runs.get(id) ?? []) texts.push(`run(${scopeText(context, run.id)})`);
	return counted(texts);
}

/** The order counts: the latest is compensated first. */
function completedText(list: readonly Completed[]): string {
	const groups = [...new Set(list.flatMap(({ together }) => together ?? []))];
	const texts = list.map(({ activity, inside, together }) => {
		const group = together === null ? '' : `#${groups.indexOf(together)}`;
		return `${activity}${group}${inside.length === 0 ? '' : completedText(inside)}`;
	});
	return `done(${texts.join(' ')})`;
}

function tokenText(context: Context, token: Token, waits: readonly Token[]): string {
	const scopes = context.inside.get(token.id) ?? [];
	if (waits.length === 0 && scopes.length === 0 && token.host === null) return token.place;
	const own = waits.filter(({ host }) => host === token.id).map(({ place }) => place);
	const inside = scopes.map((scope) => `${scopeName(scope)}(${scopeText(context, scope.id)})`);
	// A wait whose host is none of these tokens, as where only a part of a marking is written.
	const elsewhere = token.host === null ? '' : `^${token.host}`;
	return `${token.place}${elsewhere}${own.length === 0 ? '' : `[${counted(own)}]`}${inside.sort().join('')}`;
}

function scopeName({ kind, count, flow }: Scope): string {
	return `${kind}${count === null ? '' : `#${count}`}${flow === null ? '' : `@${flow.flowId}:${flow.version}`}`;
}

function counted(texts: readonly string[]): string {
	const sorted = [...texts].sort();
	let all = '';
	for (let index = 0; index < sorted.length; ) {
		const text = sorted[index] ?? '';
		let next = index + 1;
		while (sorted[next] === text) next += 1;
		all += `${index === 0 ? '' : ' '}${text}${next - index === 1 ? '' : `*${next - index}`}`;
		index = next;
	}
	return all;
}
