import { setTimeout as sleep } from 'node:timers/promises';
import { startSendback } from '../support/sendback-server.ts';
import type { Goal } from './goal.ts';
import { load } from './load.ts';

const EVERY_MS = 500;

export const MEMORY: Goal = {
	number: 12,
	title: 'memory of the server process at 64 callers',
	figures: [{ name: 'MB at most, under agree', target: { atMost: 250 } }],
	async open({ postgres, sizes }) {
		const server = await startSendback(await postgres.createDatabase('bench_memory'));
		return {
			round: async () => {
				let most = 0;
				let isOver = false;
				const loaded = load(server, sizes, { operation: 'agree' }).finally(() => {
					isOver = true;
				});
				while (!isOver) {
					most = Math.max(most, await server.residentBytes());
					await sleep(EVERY_MS);
				}
				const { throughput } = await loaded;
				return [{ value: most / 1e6, parts: { 'agree/s': throughput } }];
			},
			close: () => server.stop(),
		};
	},
};
