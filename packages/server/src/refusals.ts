import type { MigrationProblem } from '@sendback/engine/migration/migration-problems.ts';
import { REJECTIONS, type Rejection } from '@sendback/engine/rejections.ts';

/**
 * What the server refuses beyond the core's own rejections. The same promise holds: a code is stable, documented in
 * docs/errors.md and never used again for something else.
 */
export const REFUSALS = {
	...REJECTIONS,
	'instance-unknown': 'There is no such instance.',
	'task-unknown': 'There is no such task.',
	'rollback-unknown': 'There is no such rollback.',
	'job-not-locked': 'The job is not locked by this worker: the lock ran out, or the work was done or withdrawn.',
	'flow-unknown': 'There is no such flow, or no such version of it.',
	'decision-unknown': 'There is no such decision, or no such version of it.',
	'group-invalid': 'The group names users that do not exist.',
	'manager-unknown': 'The manager does not exist.',
	'idempotency-key-repeated': 'A request with this idempotency key was already carried out.',
	'idempotency-key-reused': 'This idempotency key was already used for a different request.',
	'state-limit': 'More would have to be kept of the instance than may be: its variables are too large.',
	'log-limit': 'More has been written since then than can be looked through at once.',
	'due-limit':
		'What becomes due at one moment has no end, or is more than can be done in one call: time does not move on.',
	'too-busy': 'The server has as much work as it can take; try again shortly.',
	'shutting-down': 'The server is stopping; try again shortly.',
} as const satisfies Record<string, string>;

export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
	readonly code: RefusalCode;
	readonly message: string;
	readonly details: Readonly<Record<string, string>>;
	/** `migration-impossible`: why not, one for each element. */
	readonly problems?: readonly MigrationProblem[];
	/** `rollback-barrier`: the work that cannot be undone. */
	readonly barriers?: Rejection['barriers'];
	/** `too-busy` and `shutting-down`: when it is worth trying again. */
	readonly retryAfterSeconds?: number;
}

/** What one waits for is over in a moment. */
export const TOO_BUSY: Refusal = { ...refuse('too-busy'), retryAfterSeconds: 1 };

/** As long as another process needs to take its place. */
export const SHUTTING_DOWN: Refusal = { ...refuse('shutting-down'), retryAfterSeconds: 5 };

export function refuse(code: RefusalCode, details: Readonly<Record<string, string>> = {}): Refusal {
	return { code, message: REFUSALS[code], details };
}
