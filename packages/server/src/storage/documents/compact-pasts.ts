import type { PastTask, Repeated, Token } from '@sendback/engine/state.ts';

/**
 * Every token carries its past, mostly at most 64 tasks, and neighbours have nearly the same one: written out, an agreement in
 * a flow of ten tasks takes 4 KB, of which 3 KB say the same thing four times. So a stored document names each past task
 * once, lists the pasts by number, and has its tokens as tuples. Reading gives back exactly what was written.
 */
export interface StoredPasts {
	readonly tasks: readonly TaskTuple[];
	readonly lists: readonly (readonly TaskCode[])[];
}

type TaskTuple = readonly [
	PastTask['task'],
	PastTask['node'],
	PastTask['seq'],
	PastTask['outcome'],
	// Only of a task of a called flow, empty where what follows is of another; documents of earlier versions may not have it.
	...([] | [calls: NonNullable<PastTask['calls']>] | [calls: NonNullable<PastTask['calls']>, RepeatedTuple]),
];
type RepeatedTuple = readonly [Repeated['within'], ...([] | [NonNullable<Repeated['rejected']>])];
/** Twice the position of the task, and one more where it is `nearest`. */
type TaskCode = number;

/** id, place, scope, producer, position of the past, and what only some have: what holds it, its host, what it waits for. */
export type TokenTuple = readonly [
	Token['id'],
	Token['place'],
	Token['scope'],
	Token['producer'],
	number,
	...([] | [Pick<Token, 'heldBy' | 'host' | 'arm'>]),
];

/** Collects the pasts of one document. */
export class PastWriter {
	readonly #tasks: TaskTuple[] = [];
	readonly #lists: (readonly TaskCode[])[] = [];
	/** By the completion: there is one of a task, and only a migration can make two entries of it differ. */
	readonly #taskAt = new Map<PastTask['seq'], number>();
	/** Neighbouring tokens mostly share the very same list. */
	readonly #known = new Map<readonly PastTask[], number>();

	get stored(): StoredPasts {
		return { tasks: this.#tasks, lists: this.#lists };
	}

	readonly token = (token: Token): TokenTuple => {
		const list = this.list(token.past);
		// Every token has five members, and most have no more.
		if (Object.keys(token).length === 5) return [token.id, token.place, token.scope, token.producer, list];
		const { id, place, scope, producer, past: _past, ...more } = token;
		return [id, place, scope, producer, list, more];
	};

	/** The position of a past among the lists. */
	list(past: readonly PastTask[]): number {
		const known = this.#known.get(past);
		if (known !== undefined) return known;
		const codes = past.map((entry) => this.#code(entry));
		const same = this.#lists.findIndex((list) => areSame(list, codes));
		const position = same === -1 ? this.#lists.push(codes) - 1 : same;
		this.#known.set(past, position);
		return position;
	}

	#code(entry: PastTask): TaskCode {
		let position = this.#taskAt.get(entry.seq);
		if (position !== undefined && !isOf(entry, this.#tasks[position])) {
			position = this.#tasks.findIndex((tuple) => isOf(entry, tuple));
		}
		if (position === undefined || position === -1) position = this.#tasks.push(tupleOf(entry)) - 1;
		this.#taskAt.set(entry.seq, position);
		return position * 2 + (entry.nearest ? 1 : 0);
	}
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((each, index) => each === b[index]);
}

function tupleOf({ task, node, seq, outcome, calls, repeated }: PastTask): TaskTuple {
	if (repeated !== undefined) return [task, node, seq, outcome, calls ?? '', repeatedTupleOf(repeated)];
	return calls === undefined ? [task, node, seq, outcome] : [task, node, seq, outcome, calls];
}

function repeatedTupleOf({ within, rejected }: Repeated): RepeatedTuple {
	return rejected === undefined ? [within] : [within, rejected];
}

function isOf(entry: PastTask, tuple: TaskTuple | undefined): boolean {
	if (tuple === undefined) return false;
	const [task, node, seq, outcome, calls, repeated] = tuple;
	return (
		entry.seq === seq &&
		entry.task === task &&
		entry.node === node &&
		entry.outcome === outcome &&
		(entry.calls ?? '') === (calls ?? '') &&
		areSame(entry.repeated?.within ?? [], repeated?.[0] ?? []) &&
		entry.repeated?.rejected === repeated?.[1]
	);
}

/** Gives the tokens of one document their pasts back. */
export class PastReader {
	readonly #lists: readonly (readonly PastTask[])[];

	constructor({ tasks, lists }: StoredPasts) {
		// What several pasts have in common is one object.
		const entries: PastTask[] = [];
		this.#lists = lists.map((codes) =>
			codes.map((code) => {
				entries[code] ??= entryOf(tasks, code);
				return entries[code];
			}),
		);
	}

	readonly token = ([id, place, scope, producer, list, more]: TokenTuple): Token => {
		const past = this.list(list);
		return more === undefined ? { id, place, scope, producer, past } : { id, place, scope, producer, past, ...more };
	};

	list(position: number): readonly PastTask[] {
		const past = this.#lists[position];
		if (past === undefined) throw new Error(`bug: a stored token names past ${position} of ${this.#lists.length}`);
		return past;
	}
}

function entryOf(tasks: readonly TaskTuple[], code: TaskCode): PastTask {
	const tuple = tasks[code >> 1];
	if (tuple === undefined) throw new Error(`bug: a stored past names task ${code >> 1} of ${tasks.length}`);
	const [task, node, seq, outcome, calls = '', repeated] = tuple;
	const nearest = code % 2 === 1;
	const entry = calls === '' ? { task, node, seq, outcome, nearest } : { task, node, calls, seq, outcome, nearest };
	return repeated === undefined ? entry : { ...entry, repeated: repeatedOf(repeated) };
}

function repeatedOf([within, rejected]: RepeatedTuple): Repeated {
	return rejected === undefined ? { within } : { within, rejected };
}
