import type { EngineEvent, NodeFired } from '../../src/events.ts';
import type { ProcessModel } from '../../src/model/process-model.ts';
import type { Seq } from '../../src/terms.ts';
import { keptFirings, keptOf, migratedMarking, replay } from '../../src/verify/replay.ts';
import { calledModelOf } from '../models/called-models.ts';

/**
 * The least set of firings that has to go with the target, found without the engine's rules: whatever stands on what
 * was undone goes too, and then whatever the interpreter finds that could no longer have happened, until the rest is a
 * legal run again.
 */
export function minimalUndo(model: ProcessModel, log: readonly EngineEvent[], target: Seq): ReadonlySet<Seq> {
	const firings = keptFirings(log);
	const undone = new Set([target]);
	for (;;) {
		addFollowers(firings, undone);
		const replayed = replay(model, keptOf(firings, undone), calledModelOf, migratedMarking(model, log, calledModelOf));
		if (replayed.kind === 'legal') return undone;
		undone.add(replayed.seq);
	}
}

function addFollowers(firings: readonly NodeFired[], undone: Set<Seq>): void {
	for (let size = 0; size < undone.size; ) {
		size = undone.size;
		for (const { seq, consumed, reads, cause } of firings) {
			const follows =
				(cause !== undefined && undone.has(cause)) ||
				// What waits at an activity ends with it, and is no reason for its end.
				consumed.some(({ producer, host }) => undone.has(producer) && !consumed.some(({ id }) => id === host)) ||
				reads.some((read) => undone.has(read.seq));
			if (follows) undone.add(seq);
		}
	}
}
