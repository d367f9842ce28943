import { startSendback } from '../support/sendback-server.ts';
import { bothSides, type Goal } from './goal.ts';
import { load } from './load.ts';

export const INBOX_SIZE: Goal = {
	number: 7,
	title: 'inbox page at 5 M rows and more ÷ at 50 k',
	figures: [{ name: 'p99 large ÷ p99 small', target: { atMost: 2 } }],
	async open(bench) {
		const { sizes } = bench;
		const { openTasks, history, tasksAUser } = sizes.small;
		const users = { small: Math.ceil(openTasks / tasksAUser), large: Math.ceil(sizes.full.openTasks / tasksAUser) };
		const largeUrl = await bench.fullDatabase();
		const large = await startSendback(largeUrl);
		const small = await startSendback(await bench.seeded('bench_small', { openTasks, history, users: users.small }));
		return {
			round: async (index) => {
				const options = { operation: 'inbox' };
				const [ofLarge, ofSmall] = await bothSides(
					index,
					() => load(large, sizes, { ...options, 'inbox-users': `seed-:${users.large}` }),
					() => load(small, sizes, { ...options, 'inbox-users': `seed-:${users.small}` }),
				);
				const p99 = { 'large ms': ofLarge.latencies.p99, 'small ms': ofSmall.latencies.p99 };
				const parts = { ...p99, 'large/s': ofLarge.throughput, 'small/s': ofSmall.throughput };
				return [{ value: ofLarge.latencies.p99 / ofSmall.latencies.p99, parts }];
			},
			close: async () => {
				await large.stop();
				await small.stop();
			},
		};
	},
};
