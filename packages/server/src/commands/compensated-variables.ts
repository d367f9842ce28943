import type { InstanceState } from '@sendback/engine/state.ts';
import type { Variables } from '@sendback/engine/terms.ts';
import { variablesAt } from './visible-variables.ts';

/** How the variables of one piece of work differ from those that the process had when it was returned from. */
interface Difference {
	readonly changed: Variables;
	/** The names of those that it did not see. */
	readonly absent: readonly string[];
}

/** What the compensations of a rollback share: it is kept once, however many they are. */
export function variablesOfProcess(state: InstanceState): Variables {
	return variablesAt(state, 0);
}

export function writeDifference(shared: Variables, variables: Variables): string {
	const isOther = ([name, value]: [string, unknown]) => !Object.hasOwn(shared, name) || shared[name] !== value;
	const changed = Object.fromEntries(Object.entries(variables).filter(isOther));
	const absent = Object.keys(shared).filter((name) => !Object.hasOwn(variables, name));
	return JSON.stringify({ changed, absent } satisfies Difference);
}

export function readDifference(shared: string, difference: string): Variables {
	const { changed, absent } = JSON.parse(difference) as Difference;
	const gone = new Set(absent);
	const kept = Object.entries(JSON.parse(shared) as Variables).filter(([name]) => !gone.has(name));
	return { ...Object.fromEntries(kept), ...changed };
}
