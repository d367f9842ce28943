import type { Operation } from '../operation.ts';
import type { Requests } from '../requests.ts';
import type { Stock } from '../stock.ts';

/** Asks where the tasks of the stock can be sent back to, one after the other, again and again. */
export function rollbackPointsOperation(requests: Requests, stock: Stock): Operation {
	return {
		next: (caller) => {
			const item = stock.take(caller);
			if (item === null) return null;
			stock.put(caller, item);
			return {
				request: requests.get(`/api/v1/tasks/${item.task}/rollback-points?user_id=${item.user}`),
				answered: ({ status }) => status === 200,
			};
		},
	};
}
