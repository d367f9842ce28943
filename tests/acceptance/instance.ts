/** One instance, seen and moved from outside. */
import { expect } from 'vitest';
import type { Answer, Json, Server } from './server.ts';

export interface Instance {
	readonly id: string;
	/** The instance as the native API shows it, with its closed tasks. */
	view(): Promise<Json>;
	/** Ids of open tasks by node; two open tasks of one node are a failure. */
	open(): Promise<Record<string, string>>;
	/** The marking as text, sorted: `A1`, and `join@f3` for a token that waits on a flow. */
	marking(): Promise<string[]>;
	/** Agrees the open task of a node as its first pending assignee; gives the id of the task. */
	agree(node: string, variables?: Record<string, unknown>): Promise<string>;
	history(): Promise<Json[]>;
	rollback(task: string, point: string, more?: Record<string, unknown>): Promise<Answer>;
}

export async function startInstance(
	server: Server,
	flowId: string,
	variables: Record<string, unknown> = {},
): Promise<Instance> {
	const started = await server.native('/instances', {
		namespace: 'demo__c',
		flow_id: flowId,
		initiator_id: '1001',
		variables,
	});
	expect(started.status, started.text).toBe(201);
	return instance(server, started.json.id);
}

export function instance(server: Server, id: string): Instance {
	const view = async () => {
		const answer = await server.native(`/instances/${id}?tasks=all`);
		expect(answer.status, answer.text).toBe(200);
		return answer.json;
	};
	const openTasks = async (): Promise<Json[]> =>
		(await view()).tasks.filter((task: Json) => task.status === 'in_process');
	return {
		id,
		view,
		open: async () => {
			const open: Record<string, string> = {};
			for (const task of await openTasks()) {
				expect(open, `two open tasks of ${task.node_id}`).not.toHaveProperty(task.node_id);
				open[task.node_id] = task.id;
			}
			return open;
		},
		marking: async () => {
			const entries: Json[] = (await view()).marking;
			for (const entry of entries) expect(entry.count).toBe(1);
			return entries.map((entry) => (entry.flow_id ? `${entry.element_id}@${entry.flow_id}` : entry.element_id)).sort();
		},
		agree: async (node, variables) => {
			const task = (await openTasks()).find((entry) => entry.node_id === node);
			expect(task, `an open task of ${node}`).toBeDefined();
			const user = task.assignments.find((entry: Json) => entry.status === 'pending').user_id;
			const answer = await server.native(`/tasks/${task.id}/complete`, {
				user_id: user,
				decision: 'agree',
				...(variables === undefined ? {} : { variables }),
			});
			expect(answer.status, answer.text).toBe(200);
			return task.id;
		},
		history: async () => {
			const items: Json[] = [];
			let cursor = '';
			do {
				const page = await server.native(`/instances/${id}/history?limit=500${cursor}`);
				expect(page.status, page.text).toBe(200);
				items.push(...page.json.items);
				cursor = page.json.next_cursor === null ? '' : `&cursor=${encodeURIComponent(page.json.next_cursor)}`;
			} while (cursor !== '');
			return items;
		},
		rollback: (task, point, more = {}) =>
			server.native(`/tasks/${task}/rollback`, { user_id: '1001', to_task_id: point, opinion: 'back', ...more }),
	};
}
