import { startSendback } from '../support/sendback-server.ts';
import { bothSides, type Goal } from './goal.ts';
import { load } from './load.ts';

/** One command a transaction, and a connection for each of the 64 callers: nobody waits for another's batch. */
const UNBATCHED = { SENDBACK_COMMITS: '64x1' };

export const BATCHING: Goal = {
	number: 8,
	title: 'agree, batched ÷ one command a transaction',
	figures: [
		{ name: 'p50 of a lone caller', target: { atMost: 1.2 } },
		{ name: 'p99 at 64 callers', target: { atMost: 0.5 } },
	],
	async open({ postgres, sizes }) {
		const batched = await startSendback(await postgres.createDatabase('bench_batched'));
		const unbatched = await startSendback(await postgres.createDatabase('bench_unbatched'), UNBATCHED);
		return {
			round: async (index) => {
				const alone = { operation: 'agree', callers: 1 };
				const [lone, loneUnbatched] = await bothSides(
					index,
					() => load(batched, sizes, { ...alone, stock: sizes.stock * 4 }),
					() => load(unbatched, sizes, { ...alone, stock: sizes.stock * 4 }),
				);
				const [many, manyUnbatched] = await bothSides(
					index,
					() => load(batched, sizes, { operation: 'agree' }),
					() => load(unbatched, sizes, { operation: 'agree' }),
				);
				const p50 = { 'batched ms': lone.latencies.p50, 'unbatched ms': loneUnbatched.latencies.p50 };
				const p99 = { 'batched ms': many.latencies.p99, 'unbatched ms': manyUnbatched.latencies.p99 };
				return [
					{ value: lone.latencies.p50 / loneUnbatched.latencies.p50, parts: p50 },
					{
						value: many.latencies.p99 / manyUnbatched.latencies.p99,
						parts: { ...p99, 'batched/s': many.throughput, 'unbatched/s': manyUnbatched.throughput },
					},
				];
			},
			close: async () => {
				await batched.stop();
				await unbatched.stop();
			},
		};
	},
};
