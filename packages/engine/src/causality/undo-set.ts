import type { NodeFired } from '../events.ts';
import { required } from '../lookup.ts';
import type { ProcessModel } from '../model/process-model.ts';
import { isSwept } from '../nodes/compensation.ts';
import type { Token } from '../state.ts';
import type { ScopeId, Seq } from '../terms.ts';
import { zone } from './zone.ts';

/** U: the target of a rollback and all of its consequences, with what undoing them gives back. */
export interface UndoSet {
	/** Ascending. */
	readonly firings: readonly NodeFired[];
	readonly seqs: ReadonlySet<Seq>;
	/** Tokens that U consumed and did not produce, by the firing that had consumed them. */
	readonly restored: readonly { readonly token: Token; readonly consumer: NodeFired }[];
	/** Firings that are undone because a variable they decided on is, though their tokens are not. */
	readonly undoneByData: ReadonlySet<Seq>;
}

/**
 * Scans upward from the target: a firing is undone when it consumed what an undone firing produced, when it caught what an
 * undone firing threw, when it decided on what an undone firing wrote, or when it depends on the absence of a token that is restored so far: an inclusive join
 * that would have had to wait for it, a compensation event that would have compensated it too. Each decision looks at smaller seqs only, so the set is unique.
 *
 * @param modelOf the model that the nodes of a scope are of
 * @param firings the live firings from the first target on, ascending
 * @param targets the completions to return to: one, or those of all runs of a repeated activity
 */
export function undoSet(
	modelOf: (scope: ScopeId) => ProcessModel,
	firings: readonly NodeFired[],
	targets: ReadonlySet<Seq>,
): UndoSet {
	const undone: NodeFired[] = [];
	const seqs = new Set<Seq>();
	const restored: { token: Token; consumer: NodeFired }[] = [];
	const undoneByData = new Set<Seq>();
	for (const firing of firings) {
		const byToken = firing.consumed.some((token) => seqs.has(token.producer) && !endsWithItsHost(token, firing));
		const byCause = firing.cause !== undefined && seqs.has(firing.cause);
		const byData = firing.reads.some((read) => seqs.has(read.seq));
		const byAbsence = joinedTooEarly(modelOf, firing, restored) || compensatedTooFew(modelOf, firing, restored);
		if (!targets.has(firing.seq) && !byToken && !byCause && !byData && !byAbsence) continue;
		undone.push(firing);
		seqs.add(firing.seq);
		if (byData && !byToken) undoneByData.add(firing.seq);
		for (const token of firing.consumed) {
			if (!seqs.has(token.producer)) restored.push({ token, consumer: firing });
		}
	}
	return { firings: undone, seqs, restored, undoneByData };
}

/**
 * What waits at an activity ends with it, however often it has come before: the end of the activity does not follow from
 * that. All that waits there from the beginning was produced with the activity.
 */
function endsWithItsHost({ host }: Token, { consumed }: NodeFired): boolean {
	return host !== undefined && consumed.some(({ id }) => id === host);
}

/** Causal edge 3: an inclusive join depends on the absence of tokens that could still have come. */
function joinedTooEarly(
	modelOf: (scope: ScopeId) => ProcessModel,
	firing: NodeFired,
	restored: readonly { readonly token: Token }[],
): boolean {
	if (firing.mask === undefined) return false;
	const awaited = zone(modelOf(firing.scope), firing.node, firing.mask);
	return restored.some(({ token }) => token.scope === firing.scope && awaited.has(token.place));
}

/** So does a compensation event: it compensated everything that was there, and this was not. */
function compensatedTooFew(
	modelOf: (scope: ScopeId) => ProcessModel,
	{ swept, scope, node: id }: NodeFired,
	restored: readonly { readonly token: Token }[],
): boolean {
	if (swept === undefined) return false;
	const node = required(modelOf(scope).nodes, id);
	const throws = 'throws' in node ? node.throws : null;
	return throws?.kind === 'compensation' && restored.some(({ token }) => isSwept(token, swept, throws.activity));
}

/** The firings that descend from the first one by tokens alone: they have it in their token past. */
export function tokenDescendants(firings: readonly NodeFired[]): ReadonlySet<Seq> {
	const seqs = new Set<Seq>();
	for (const firing of firings) {
		const follows = firing.consumed.some((token) => seqs.has(token.producer) && !endsWithItsHost(token, firing));
		if (seqs.size === 0 || follows) seqs.add(firing.seq);
	}
	return seqs;
}
