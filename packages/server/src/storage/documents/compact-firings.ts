import type { NodeFired } from '@sendback/engine/events.ts';
import type { Assignment } from '@sendback/engine/state.ts';
import type { PastReader, PastWriter, TokenTuple } from './compact-pasts.ts';
import { type CompletionTuple, readCompletion, writeCompletion } from './compact-tasks.ts';

type Common = 'type' | 'kind' | 'node' | 'scope' | 'consumed' | 'produced' | 'reads' | 'writes' | 'seq';
type FiringRest = Partial<Pick<NodeFired, 'reads' | 'writes'>> &
	Omit<NodeFired, Common | 'completion'> & { readonly completion?: CompletionTuple };

/** kind, node, scope, consumed, produced, seq, and what only some have. `read-log-since.sql` reads the seq at its place. */
export type FiringTuple = readonly [
	NodeFired['kind'],
	NodeFired['node'],
	NodeFired['scope'],
	readonly TokenTuple[],
	readonly TokenTuple[],
	NodeFired['seq'],
	...([] | [FiringRest]),
];

export function writeFiring(event: NodeFired, past: PastWriter, decided: readonly Assignment[] | null): FiringTuple {
	const { kind, node, scope, seq } = event;
	const consumed = event.consumed.map(past.token);
	const produced = event.produced.map(past.token);
	const rest = restOf(event, decided);
	return rest === null
		? [kind, node, scope, consumed, produced, seq]
		: [kind, node, scope, consumed, produced, seq, rest];
}

export function readFiring(tuple: FiringTuple, past: PastReader, decided: readonly Assignment[] | null): NodeFired {
	const [kind, node, scope, consumed, produced, seq, rest] = tuple;
	const common = {
		type: 'NodeFired',
		kind,
		node,
		scope,
		consumed: consumed.map(past.token),
		produced: produced.map(past.token),
		reads: [],
		writes: [],
		seq,
	} as const;
	if (rest === undefined) return common;
	const { completion, ...more } = rest;
	return completion === undefined
		? { ...common, ...more }
		: { ...common, ...more, completion: readCompletion(completion, decided) };
}

/** Every firing has the nine members of `Common`; most have no more, and neither read nor write. */
function restOf(event: NodeFired, decided: readonly Assignment[] | null): FiringRest | null {
	const { reads, writes, completion } = event;
	const members = Object.keys(event).length;
	if (reads.length === 0 && writes.length === 0) {
		if (members === 9) return null;
		if (members === 10 && completion !== undefined) return { completion: writeCompletion(completion, decided) };
	}
	const {
		type: _1,
		kind: _2,
		node: _3,
		scope: _4,
		consumed: _5,
		produced: _6,
		seq: _7,
		completion: _8,
		...rest
	} = event;
	return completion === undefined ? rest : { ...rest, completion: writeCompletion(completion, decided) };
}
