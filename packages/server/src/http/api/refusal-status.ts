import type { RefusalCode } from '../../refusals.ts';

/**
 * The HTTP status of every refusal in the native API. 403: somebody else may. 404: it does not exist. 409: it was
 * possible in another state of the instance. 422: the request or the model asks for something that cannot be.
 */
export const REFUSAL_STATUS = {
	'instance-not-open': 409,
	'task-not-open': 409,
	'not-an-assignee': 403,
	'not-permitted': 403,
	'not-your-turn': 409,
	'user-unknown': 404,
	'already-an-assignee': 409,
	'nobody-given': 422,
	'too-many-assignees': 422,
	'rollback-point-unknown': 404,
	'rollback-point-undone': 409,
	'rollback-point-not-in-past': 409,
	'rollback-range': 403,
	'no-flow-selected': 422,
	'condition-failed': 422,
	'assignee-invalid': 422,
	'run-limit': 422,
	'variables-invalid': 422,
	'instance-unknown': 404,
	'task-unknown': 404,
	'flow-unknown': 404,
	'group-invalid': 422,
	'manager-unknown': 404,
	'idempotency-key-repeated': 409,
	'idempotency-key-reused': 422,
	'too-busy': 429,
	'shutting-down': 503,
} as const satisfies Record<RefusalCode, number>;
