import type { PastTask, Token } from '@sendback/engine/state.ts';

/**
 * Every token carries its past, at most 64 tasks, and neighbours have nearly the same one: written out, an agreement in
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
	// Only of a task of a called flow; documents of earlier versions never have it.
	...([] | [NonNullable<PastTask['calls']>]),
];
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
	readonly #lists: TaskCode[][] = [];
	readonly #taskAt = new Map<string, number>();
	readonly #listAt = new Map<string, number>();
	/** Neighbouring tokens mostly share the very same list. */
	readonly #known = new Map<readonly PastTask[], number>();

	get stored(): StoredPasts {
		return { tasks: this.#tasks, lists: this.#lists };
	}

	readonly token = ({ id, place, scope, producer, past, ...more }: Token): TokenTuple => {
		const list = this.list(past);
		return Object.keys(more).length === 0
			? [id, place, scope, producer, list]
			: [id, place, scope, producer, list, more];
	};

	/** The position of a past among the lists. */
	list(past: readonly PastTask[]): number {
		const known = this.#known.get(past);
		if (known !== undefined) return known;
		const codes = past.map((entry) => this.#code(entry));
		const position = positionOf(this.#listAt, codes.join(), () => this.#lists.push(codes));
		this.#known.set(past, position);
		return position;
	}

	#code({ task, node, seq, outcome, nearest, calls }: PastTask): TaskCode {
		const key = `${task} ${seq} ${outcome} ${node} ${calls ?? ''}`;
		const position = positionOf(this.#taskAt, key, () =>
			this.#tasks.push(calls === undefined ? [task, node, seq, outcome] : [task, node, seq, outcome, calls]),
		);
		return position * 2 + (nearest ? 1 : 0);
	}
}

/** @param append puts a new entry at the end of its list and answers the list's length */
function positionOf(positions: Map<string, number>, key: string, append: () => number): number {
	const known = positions.get(key);
	if (known !== undefined) return known;
	const position = append() - 1;
	positions.set(key, position);
	return position;
}

/** Gives the tokens of one document their pasts back. */
export class PastReader {
	readonly #lists: readonly (readonly PastTask[])[];

	constructor({ tasks, lists }: StoredPasts) {
		this.#lists = lists.map((codes) =>
			codes.map((code) => {
				const tuple = tasks[code >> 1];
				if (tuple === undefined) throw new Error(`bug: a stored past names task ${code >> 1} of ${tasks.length}`);
				const [task, node, seq, outcome, calls] = tuple;
				return { task, node, ...(calls === undefined ? {} : { calls }), seq, outcome, nearest: code % 2 === 1 };
			}),
		);
	}

	readonly token = ([id, place, scope, producer, list, more]: TokenTuple): Token => ({
		id,
		place,
		scope,
		producer,
		past: this.list(list),
		...more,
	});

	list(position: number): readonly PastTask[] {
		const past = this.#lists[position];
		if (past === undefined) throw new Error(`bug: a stored token names past ${position} of ${this.#lists.length}`);
		return past;
	}
}
