import { type ChainFlow, NAMESPACE } from '../chain-flow.ts';
import type { Operation } from '../operation.ts';
import type { Requests } from '../requests.ts';
import type { Stock } from '../stock.ts';

/** What an expense claim carries. */
const VARIABLES = { amount: 8000, reason: 'Travel to a customer, two nights' };

/** Starts instances; their first tasks go into the stock. A caller stops when it has `enough`. */
export function startOperation(
	requests: Requests,
	flow: ChainFlow,
	users: readonly string[],
	stock: Stock,
	enough: number,
): Operation {
	return {
		next: (caller) => {
			if (stock.size(caller) >= enough) return null;
			const user = users[caller % users.length] ?? '';
			return {
				request: requests.write('/api/v1/instances', {
					namespace: NAMESPACE,
					flow_id: flow.id,
					initiator_id: user,
					variables: { ...VARIABLES, approver: user },
				}),
				answered: ({ status, body }) => {
					if (status !== 201) return false;
					const { tasks } = JSON.parse(body.toString()) as { tasks: readonly { id: string }[] };
					for (const { id } of tasks) stock.put(caller, { task: id, user, completed: [] });
					return true;
				},
			};
		},
	};
}
