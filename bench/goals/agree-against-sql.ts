import type { BareMeasurement } from '../bare/bare-agrees.ts';
import { runNode } from '../support/run-node.ts';
import { startSendback } from '../support/sendback-server.ts';
import { bothSides, type Goal } from './goal.ts';
import { load } from './load.ts';

export const AGREE_AGAINST_SQL: Goal = {
	number: 4,
	title: 'agree over HTTP ÷ bare batched SQL of the same writes',
	figures: [{ name: 'agree/s ÷ bare writes/s', target: { atLeast: 0.6 } }],
	async open({ postgres, sizes }) {
		const server = await startSendback(await postgres.createDatabase('bench_agree'));
		const bareUrl = await postgres.createDatabase('bench_bare');
		const { callers, seconds, warmupSeconds: warmup, stock, chain } = sizes;
		return {
			round: async (index) => {
				const [agree, bare] = await bothSides(
					index,
					() => load(server, sizes, { operation: 'agree' }),
					() =>
						runNode<BareMeasurement>('bare/cli', { 'database-url': bareUrl, callers, seconds, warmup, stock, chain }),
				);
				const parts = { 'agree/s': agree.throughput, 'bare/s': bare.throughput, 'client µs': agree.clientCpuMicros };
				return [{ value: agree.throughput / bare.throughput, parts }];
			},
			close: () => server.stop(),
		};
	},
};
