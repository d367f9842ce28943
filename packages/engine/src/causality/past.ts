import type { Completion } from '../events.ts';
import { required } from '../lookup.ts';
import { elementOf } from '../scopes.ts';
import type { InstanceState, PastTask, Token } from '../state.ts';
import type { ScopeId } from '../terms.ts';

/**
 * How many tasks a token remembers besides the start. Each firing stores the past of the tokens it consumes, so this
 * bounds the size of a log entry; older points are found through the past of the remembered ones.
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
		if (known === undefined || known.seq < entry.seq) latest.set(keyOf(entry), entry);
		// Known to one branch as followed by another task: then it is not among the nearest of the whole.
		else if (known.seq === entry.seq && known.nearest && !entry.nearest) latest.set(keyOf(entry), entry);
	}
	return limit([...latest.values()].sort((a, b) => b.seq - a.seq));
}

/** The past after a task was completed on top of it. */
export function extendPast(past: readonly PastTask[], completed: PastTask): readonly PastTask[] {
	const key = keyOf(completed);
	const earlier = past.filter((entry) => keyOf(entry) !== key);
	return limit([completed, ...earlier.map((entry) => (entry.nearest ? { ...entry, nearest: false } : entry))]);
}

/** A node is one place of the process: the same node of a called flow is another one in each call of it. */
function keyOf({ calls = '', node }: PastTask): string {
	return `${calls}/${node}`;
}

/** The start is in every past and is never forgotten. */
function limit(past: readonly PastTask[]): readonly PastTask[] {
	if (past.length <= PAST_LIMIT) return past;
	return past.filter((entry, index) => index < PAST_LIMIT || entry.outcome === 'start');
}

/** How a completed task came out, as pasts and points tell it. */
export function outcomeOf({ isStart, decision }: Completion): PastTask['outcome'] {
	if (isStart) return 'start';
	return decision === 'agree' ? 'agreed' : 'rejected';
}

/** See PastTask.calls; empty in the instance's own flow. */
export function callsTo(state: InstanceState, from: ScopeId): string {
	const { parent, host, flow } = required(state.scopes, from);
	const outer = parent === null ? '' : callsTo(state, parent);
	if (flow === undefined || host === null) return outer;
	const call = `${elementOf(required(state.tokens, host))} ${flow.flowId}`;
	return outer === '' ? call : `${outer}/${call}`;
}
