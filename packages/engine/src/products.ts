import type { VariableRead } from './events.ts';
import type { Arm, Done, InstanceState, OpenTask, Place, Scope } from './state.ts';
import type { ScopeId, TokenId, Value } from './terms.ts';
import type { View } from './work.ts';

/** A token to be produced. */
export interface NewToken {
	readonly place: Place;
	readonly scope: ScopeId;
	readonly host?: TokenId;
	readonly arm?: Arm;
	readonly done?: Done;
	readonly run?: number;
}

/** A task to be opened on the token produced at this position. */
export interface NewTask extends Pick<OpenTask, 'mode' | 'assignments' | 'isStart'> {
	readonly position: number;
}

/** What a firing brings about, as its decider puts it together; ids are those that the firing will give. */
export class Products {
	readonly tokens: NewToken[] = [];
	readonly tasks: NewTask[] = [];
	readonly scopes: Scope[] = [];
	/** What was read to bring it about. */
	readonly reads: VariableRead[] = [];
	readonly #state: InstanceState;
	/** Those that there are and those that are about to be opened, once there is one. */
	#known: Record<ScopeId, Scope> | null = null;
	/** The view with the scopes that are about to be opened, to evaluate expressions inside them. */
	view: View;

	constructor(view: View) {
		this.view = view;
		this.#state = view.state;
	}

	token(place: Place, scope: ScopeId, more?: Pick<NewToken, 'host' | 'arm' | 'done'>): TokenId {
		this.tokens.push(more === undefined ? { place, scope } : { place, scope, ...more });
		return this.#state.nextToken + this.tokens.length - 1;
	}

	task(place: Place, scope: ScopeId, task: Omit<NewTask, 'position'>): TokenId {
		const { mode, assignments, isStart } = task;
		this.tasks.push({ mode, assignments, isStart, position: this.tokens.length });
		return this.token(place, scope);
	}

	scope(scope: Omit<Scope, 'id' | 'variables'>, variables: Readonly<Record<string, Value>> = {}): ScopeId {
		const { nextScope, nextSeq: seq } = this.#state;
		const id = nextScope + this.scopes.length;
		const versions = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value, seq }]));
		const opened = { id, ...scope, variables: versions };
		this.scopes.push(opened);
		this.#knownScopes()[id] = opened;
		return id;
	}

	/** One record that grows: a repeated activity opens a thousand scopes, and each is to see those around it. */
	#knownScopes(): Record<ScopeId, Scope> {
		if (this.#known !== null) return this.#known;
		const { model, now, answers, effort } = this.view;
		const scopes = { ...this.#state.scopes };
		this.#known = scopes;
		this.view = { model, now, answers, effort, state: { ...this.#state, scopes } };
		return scopes;
	}
}
