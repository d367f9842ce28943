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
	readonly #view: View;

	constructor(view: View) {
		this.#view = view;
	}

	/** The view with the scopes that are about to be opened, to evaluate expressions inside them. */
	get view(): View {
		if (this.scopes.length === 0) return this.#view;
		const { state } = this.#view;
		const opened = Object.fromEntries(this.scopes.map((scope) => [scope.id, scope]));
		const scopes: InstanceState['scopes'] = { ...state.scopes, ...opened };
		const { model, now, answers } = this.#view;
		return { model, now, answers, state: { ...state, scopes } };
	}

	token(place: Place, scope: ScopeId, more?: Pick<NewToken, 'host' | 'arm' | 'done'>): TokenId {
		this.tokens.push(more === undefined ? { place, scope } : { place, scope, ...more });
		return this.#view.state.nextToken + this.tokens.length - 1;
	}

	task(place: Place, scope: ScopeId, task: Omit<NewTask, 'position'>): TokenId {
		const { mode, assignments, isStart } = task;
		this.tasks.push({ mode, assignments, isStart, position: this.tokens.length });
		return this.token(place, scope);
	}

	scope(scope: Omit<Scope, 'id' | 'variables'>, variables: Readonly<Record<string, Value>> = {}): ScopeId {
		const { nextScope, nextSeq: seq } = this.#view.state;
		const id = nextScope + this.scopes.length;
		const versions = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value, seq }]));
		this.scopes.push({ id, ...scope, variables: versions });
		return id;
	}
}
