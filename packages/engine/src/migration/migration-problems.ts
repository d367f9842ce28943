import type { ElementId } from '../terms.ts';

/** Why an instance cannot be moved to another version; one registry, held equal to docs/errors.md by a test. */
export const MIGRATION_PROBLEMS = {
	'source-unknown': 'The map names an element that the version of the instance does not have.',
	'target-unknown': 'The map leads to an element that the other version does not have.',
	'mapped-twice': 'The map leads several elements to the same one.',
	'kind-differs': 'In the other version it is something else.',
	'not-mapped': 'The instance is there, and the other version has nothing of this id; the map has to say what it is.',
	'scope-differs': 'In the other version it is in another process or subprocess.',
	'loop-differs': 'In the other version it is repeated in another way, or only in one of the two.',
	'trigger-differs': 'In the other version it waits for something else.',
	'host-differs': 'In the other version the event is at another activity or gateway.',
	'flow-gone': 'A path has come here, and the other version has no flow that leads it into the same node.',
	'flow-ambiguous':
		'A path has come here, and the other version has several flows that could be meant, or one for paths that came on several.',
	'join-starved': 'In the other version the join would wait for a path that nothing can bring.',
} as const;

export type MigrationProblemCode = keyof typeof MIGRATION_PROBLEMS;

export interface MigrationProblem {
	readonly code: MigrationProblemCode;
	/** Of the version that the instance runs; a join that starves, of the other one. */
	readonly element: ElementId;
	readonly message: string;
}

export function problem(code: MigrationProblemCode, element: ElementId): MigrationProblem {
	return { code, element, message: MIGRATION_PROBLEMS[code] };
}
