import type { EngineEvent, NodeFired, RolledBack } from '../events.ts';
import type { Seq } from '../terms.ts';

/** A part of an instance's log, from some completion on to its end, and what of it is live. */
export interface LiveLog {
	/** The firings that no rollback has undone, ascending. */
	readonly firings: readonly NodeFired[];
	readonly rollbacks: readonly RolledBack[];
	/** All that rollbacks in this part have undone, in it or before it. */
	readonly undone: ReadonlySet<Seq>;
}

/** A rollback comes after what it undid, so a log read from a firing on says whether that firing is live. */
export function readLog(events: readonly EngineEvent[]): LiveLog {
	const takenBack = new Set(events.flatMap((event) => (event.type === 'RollbackUndone' ? [event.rollback.seq] : [])));
	const rollbacks = events.filter((event) => event.type === 'RolledBack').filter(({ seq }) => !takenBack.has(seq));
	const undone = new Set(rollbacks.flatMap((rollback) => rollback.undone));
	const firings = events.filter((event) => event.type === 'NodeFired').filter(({ seq }) => !undone.has(seq));
	return { firings, rollbacks, undone };
}
