import type { NodeFired, UndoneVersion, VariableWrite } from '../events.ts';
import type { Version } from '../state.ts';
import type { Seq } from '../terms.ts';
import type { LiveLog } from './live-log.ts';

/** For each undone write, the last kept version below it: the value that the variable goes back to. */
export function keptVersions(log: LiveLog, undone: ReadonlySet<Seq>): readonly UndoneVersion[] {
	const lastKept = new Map<string, Version | null>();
	// The first of a variable and firing counts.
	const returns = log.rollbacks.map(
		({ versions }) => new Map([...versions].reverse().map((each) => [keyOf(each, each.undone), each.kept])),
	);
	const versions: UndoneVersion[] = [];
	for (const { firing, write } of writesOf(log.firings)) {
		const key = JSON.stringify([write.scope, write.name]);
		// What stood before the first live write of this part was written before it; that itself may since be undone.
		const kept = lastKept.get(key) ?? (lastKept.has(key) ? null : keptBefore(returns, write));
		const isUndone = undone.has(firing.seq);
		if (isUndone) versions.push({ scope: write.scope, name: write.name, undone: firing.seq, kept });
		lastKept.set(key, isUndone ? kept : { value: write.value, seq: firing.seq });
	}
	return versions;
}

/** The version that a write replaced, followed down through earlier rollbacks to one that is still kept. */
function keptBefore(returns: readonly ReadonlyMap<string, Version | null>[], write: VariableWrite): Version | null {
	let version = write.prior;
	for (const returned of returns) {
		if (version === null) break;
		const kept = returned.get(keyOf(write, version.seq));
		if (kept !== undefined) version = kept;
	}
	return version;
}

function keyOf({ scope, name }: Pick<VariableWrite, 'scope' | 'name'>, seq: Seq): string {
	return `${scope} ${seq} ${name}`;
}

function* writesOf(firings: readonly NodeFired[]): Generator<{ firing: NodeFired; write: VariableWrite }> {
	for (const firing of firings) for (const write of firing.writes) yield { firing, write };
}
