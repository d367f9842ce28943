import type { Scope, Version } from '@sendback/engine/state.ts';

type VersionTuple = readonly [Version['value'], Version['seq']];

/** id, parent, element, kind, host, variables, and what only some have. */
export type ScopeTuple = readonly [
	Scope['id'],
	Scope['parent'],
	Scope['element'],
	Scope['kind'],
	Scope['host'],
	Readonly<Record<string, VersionTuple>>,
	...([] | [Pick<Scope, 'flow' | 'runs' | 'task'>]),
];

/** Every scope has six members, and most have no more. */
export function writeScope(scope: Scope): ScopeTuple {
	const variables: Record<string, VersionTuple> = {};
	for (const name in scope.variables) {
		const version = scope.variables[name];
		if (version !== undefined) variables[name] = [version.value, version.seq];
	}
	if (Object.keys(scope).length === 6) {
		return [scope.id, scope.parent, scope.element, scope.kind, scope.host, variables];
	}
	const { id, parent, element, kind, host, variables: _, ...rest } = scope;
	return [id, parent, element, kind, host, variables, rest];
}

export function readScope([id, parent, element, kind, host, tuples, rest]: ScopeTuple): Scope {
	const variables: Record<string, Version> = {};
	for (const name in tuples) {
		const tuple = tuples[name];
		if (tuple !== undefined) variables[name] = { value: tuple[0], seq: tuple[1] };
	}
	return rest === undefined
		? { id, parent, element, kind, host, variables }
		: { id, parent, element, kind, host, variables, ...rest };
}
