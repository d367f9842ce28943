import type { Operation } from '../operation.ts';
import type { Requests } from '../requests.ts';
import type { Stock } from '../stock.ts';

/** Agrees to the task that has waited longest in the caller's stock; the task that this opens goes to its end. */
export function agreeOperation(requests: Requests, stock: Stock): Operation {
	return {
		next: (caller) => {
			const item = stock.take(caller);
			if (item === null) return null;
			const { task, user, completed } = item;
			return {
				request: requests.write(`/api/v1/tasks/${task}/complete`, {
					user_id: user,
					decision: 'agree',
					opinion: 'Agreed, as discussed',
				}),
				answered: ({ status, body }) => {
					if (status !== 200) {
						stock.put(caller, item);
						return false;
					}
					const { opened } = JSON.parse(body.toString()) as { opened: readonly { id: string }[] };
					for (const { id } of opened) stock.put(caller, { task: id, user, completed: [...completed, task] });
					return true;
				},
			};
		},
	};
}
