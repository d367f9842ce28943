import type { Completion } from '../events.ts';
import { required } from '../lookup.ts';
import { elementOf, nodeOf } from '../scopes.ts';
import type { InstanceState, PastTask, Repeated, Token } from '../state.ts';
import type { NodeId, ScopeId, Seq } from '../terms.ts';

type View = Parameters<typeof nodeOf>[0];

/**
 * How many tasks a token remembers besides the start and those that were rejected. Each firing stores the past of the tokens
 * it consumes, so this bounds the size of a log entry; older points are found through the past of the remembered ones.
 */
export const PAST_LIMIT = 64;

/** The past of a token that a firing produces from these: the latest completion of each node, newest first. */
export function mergePasts(tokens: readonly Token[]): readonly PastTask[] {
	const only = tokens[0];
	if (only === undefined) return [];
	if (tokens.length === 1) return only.past;
	const latest = new Map<string, PastTask>();
	for (const entry of tokens.flatMap((token) => token.past)) {
		const known = latest.get(keyOf(entry));
		latest.set(keyOf(entry), known === undefined ? entry : merge(known, entry));
	}
	return limit([...latest.values()].sort((a, b) => b.seq - a.seq));
}

/** The past after a task was completed on top of it. */
export function extendPast(past: readonly PastTask[], completed: PastTask): readonly PastTask[] {
	const key = keyOf(completed);
	const replaced = past.find((entry) => keyOf(entry) === key);
	const latest = replaced === undefined ? completed : replace(replaced, completed);
	const earlier = past.filter((entry) => keyOf(entry) !== key);
	return limit([latest, ...earlier.map((entry) => (entry.nearest ? { ...entry, nearest: false } : entry))]);
}

/** Whether the last word at its node is no; that of a repeated one is what any of its runs said. */
export function isRejected({ outcome, repeated }: PastTask): boolean {
	return outcome === 'rejected' || repeated?.rejected !== undefined;
}

/** What two branches know of one node. */
function merge(one: PastTask, other: PastTask): PastTask {
	if (one.seq < other.seq) return replace(one, other);
	const known = replace(other, one);
	// Known to one branch as followed by another task: then it is not among the nearest of the whole.
	return one.seq === other.seq && known.nearest && !other.nearest ? { ...known, nearest: false } : known;
}

/** The later completion of a node, and what it does not take back of the word before. */
function replace(earlier: PastTask, later: PastTask): PastTask {
	if (earlier.repeated === undefined || later.repeated === undefined) return later;
	const stands = standing(earlier, earlier.repeated, later.repeated);
	const { rejected = Number.POSITIVE_INFINITY } = later.repeated;
	if (stands === undefined || rejected <= stands) return later;
	return { ...later, repeated: { ...later.repeated, rejected: stands } };
}

/**
 * The first run of the later completion that an earlier no stands beside. Two completions have a beginning of `within` in
 * common: where another run follows, one does not take the other back; where the same activity was begun anew, it does.
 */
function standing(earlier: PastTask, { within, rejected }: Repeated, later: Repeated): number | undefined {
	let common = 0;
	while (common < within.length && within[common] === later.within[common]) common++;
	if (rejected !== undefined && rejected < common) return rejected;
	const isOtherRun = common % 2 === 1;
	return isOtherRun && isRejected(earlier) ? common : undefined;
}

/** A node is one place of the process: the same node of a called flow is another one in each call of it. */
function keyOf({ calls = '', node }: PastTask): string {
	return `${calls}/${node}`;
}

/** The start is in every past and is never forgotten; nor is what decides how the instance ends. */
function limit(past: readonly PastTask[]): readonly PastTask[] {
	if (past.length <= PAST_LIMIT) return past;
	return past.filter((entry, index) => index < PAST_LIMIT || entry.outcome === 'start' || isRejected(entry));
}

/** How the completion of a task is told to what follows. */
export function pastTask(
	view: View,
	{ node, scope }: { readonly node: NodeId; readonly scope: ScopeId },
	completion: Completion,
	seq: Seq,
): PastTask {
	const calls = callsTo(view.state, scope);
	const repeated = repeatedIn(view, scope);
	return {
		task: completion.loop ?? completion.task,
		node,
		...(calls === '' ? {} : { calls }),
		seq,
		outcome: outcomeOf(completion),
		nearest: true,
		...(repeated === undefined ? {} : { repeated }),
	};
}

/** How a completed task came out, as pasts and points tell it. */
export function outcomeOf({ isStart, decision }: Completion): PastTask['outcome'] {
	if (isStart) return 'start';
	return decision === 'agree' ? 'agreed' : 'rejected';
}

/**
 * See PastTask.repeated. What repeats because of what was decided (a standard loop) decides anew in each run: it needs no
 * place here, as a multi-instance activity inside of it has another scope in each.
 */
function repeatedIn(view: View, from: ScopeId): Repeated | undefined {
	const { scopes } = view.state;
	let within: readonly ScopeId[] | undefined;
	for (let run = required(scopes, from); run.parent !== null; run = required(scopes, run.parent)) {
		const { id: loop, parent, element } = required(scopes, run.parent);
		if (run.kind !== 'run' || parent === null) continue;
		const node = nodeOf(view, parent, element);
		const isMultiple = 'loop' in node && node.loop !== null && node.loop.kind !== 'standard';
		if (isMultiple) within = [loop, run.id, ...(within ?? [])];
	}
	return within && { within };
}

/** See PastTask.calls; empty in the instance's own flow. */
function callsTo(state: InstanceState, from: ScopeId): string {
	const { parent, host, flow } = required(state.scopes, from);
	const outer = parent === null ? '' : callsTo(state, parent);
	if (flow === undefined || host === null) return outer;
	const call = `${elementOf(required(state.tokens, host))} ${flow.flowId}`;
	return outer === '' ? call : `${outer}/${call}`;
}
