import type { Operation } from '../operation.ts';
import type { Requests } from '../requests.ts';

/** Reads the first page of the pending tasks of the users, one after the other, as the official clients do. */
export function inboxOperation(requests: Requests, users: readonly string[]): Operation {
	let asked = 0;
	return {
		next: () => {
			const user = users[asked++ % users.length] ?? '';
			return {
				request: requests.query('/open-apis/apaas/v1/user_task/query', { kunlun_user_id: user, type: 'pending' }),
				// Feishu's errors are in the body, some with HTTP 200.
				answered: ({ status, body }) => status === 200 && body.toString('latin1', 0, 9) === '{"code":0',
			};
		},
	};
}
