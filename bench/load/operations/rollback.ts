import type { Operation } from '../operation.ts';
import type { Requests } from '../requests.ts';
import type { Stock } from '../stock.ts';

/** Sends a task back to the one before it, which opens again and can itself be sent back, down to the first of its instance. */
export function rollbackOperation(requests: Requests, stock: Stock): Operation {
	return {
		next: (caller) => {
			const item = stock.take(caller);
			if (item === null) return null;
			const { task, user, completed } = item;
			const target = completed.at(-1);
			if (target === undefined) {
				stock.put(caller, item);
				return null;
			}
			return {
				request: requests.write(`/api/v1/tasks/${task}/rollback`, {
					user_id: user,
					to_task_id: target,
					opinion: 'Please add the invoice',
				}),
				answered: ({ status, body }) => {
					if (status !== 200) {
						stock.put(caller, item);
						return false;
					}
					const { reopened } = JSON.parse(body.toString()) as { reopened: readonly { id: string }[] };
					for (const { id } of reopened) stock.put(caller, { task: id, user, completed: completed.slice(0, -1) });
					return true;
				},
			};
		},
	};
}
