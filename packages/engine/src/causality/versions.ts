import type { NodeFired, UndoneVersion, VariableWrite } from '../events.ts';
import type { Version } from '../state.ts';
import type { Seq } from '../terms.ts';
import type { LiveLog } from './live-log.ts';

/** For each undone write, the last kept version below it: the value that the variable goes back to. */
export function keptVersions(log: LiveLog, undone: ReadonlySet<Seq>): readonly UndoneVersion[] {
	const lastKept = new Map<string, Version | null>();
	const versions: UndoneVersion[] = [];
	for (const { firing, write } of writesOf(log.firings)) {
		const key = JSON.stringify([write.scope, write.name]);
		// What stood before the first live write of this part was written before it; that itself may since be undone.
		const kept = lastKept.get(key) ?? (lastKept.has(key) ? null : keptBefore(log, write));
		const isUndone = undone.has(firing.seq);
		if (isUndone) versions.push({ scope: write.scope, name: write.name, undone: firing.seq, kept });
		lastKept.set(key, isUndone ? kept : { value: write.value, seq: firing.seq });
	}
	return versions;
}

/** The version that a write replaced, followed down through earlier rollbacks to one that is still kept. */
function keptBefore(log: LiveLog, write: VariableWrite): Version | null {
	let version = write.prior;
	for (const rollback of log.rollbacks) {
		const seq = version?.seq;
		const replaced = rollback.versions.find(
			(entry) => entry.scope === write.scope && entry.name === write.name && entry.undone === seq,
		);
		if (replaced !== undefined) version = replaced.kept;
	}
	return version;
}

function* writesOf(firings: readonly NodeFired[]): Generator<{ firing: NodeFired; write: VariableWrite }> {
	for (const firing of firings) for (const write of firing.writes) yield { firing, write };
}
