import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Measurement } from '../load/recorder.ts';
import type { StockItem } from '../load/stock.ts';
import { type SendbackServer, startSendback, TENANT } from '../support/sendback-server.ts';
import { bothSides, type Goal } from './goal.ts';
import { load } from './load.ts';

export const AGREE_WITH_HISTORY: Goal = {
	number: 6,
	title: 'agree with 10 M history rows and 1 M open tasks ÷ empty',
	figures: [
		{ name: 'tasks of any age: agree/s with history ÷ without', target: { atLeast: 0.9 } },
		{ name: 'tasks of instances just started: the same', target: { atLeast: 0.9 } },
	],
	async open(bench) {
		const { sizes } = bench;
		const folder = await mkdtemp(join(tmpdir(), 'sendback-stock-'));
		const fullUrl = await bench.fullDatabase();
		// As many open tasks as a round uses, and nothing else.
		const open = sizes.callers * sizes.stock;
		const stock = { openTasks: open, history: 0, users: sizes.callers };
		const emptyUrl = await bench.seeded('bench_empty', stock);
		const full = await startSendback(fullUrl);
		const empty = await startSendback(emptyUrl);
		const file = join(folder, 'stock.json');

		async function ofAnyAge(server: SendbackServer, url: string): Promise<Measurement> {
			await writeFile(file, JSON.stringify(await someOpenTasks(url, open)));
			return load(server, sizes, { operation: 'agree', 'stock-file': file });
		}
		return {
			round: async (index) => {
				const anyAge = await bothSides(
					index,
					() => ofAnyAge(full, fullUrl),
					async () => {
						if (index > 0) await bench.fill(emptyUrl, stock);
						return ofAnyAge(empty, emptyUrl);
					},
				);
				const justStarted = await bothSides(
					index,
					() => load(full, sizes, { operation: 'agree' }),
					() => load(empty, sizes, { operation: 'agree' }),
				);
				return [anyAge, justStarted].map(([withHistory, without]) => ({
					value: withHistory.throughput / without.throughput,
					parts: { 'with/s': withHistory.throughput, 'without/s': without.throughput },
				}));
			},
			close: async () => {
				await full.stop();
				await empty.stop();
				await rm(folder, { recursive: true });
			},
		};
	},
};

/** Any of them, so that reads and writes meet pages that nobody has looked at for a while. */
async function someOpenTasks(databaseUrl: string, count: number): Promise<readonly StockItem[]> {
	const client = new pg.Client({ connectionString: databaseUrl });
	await client.connect();
	try {
		const { rows } = await client.query<{ task: string; user: string }>(
			`SELECT task_id::text AS task, user_id AS user
			FROM assignments
			WHERE tenant_id = $1 AND status = 'pending' AND user_id LIKE 'seed-%'
			ORDER BY random()
			LIMIT $2`,
			[TENANT, count],
		);
		return rows.map(({ task, user }) => ({ task, user, completed: [] }));
	} finally {
		await client.end();
	}
}
