import { startSendback } from '../support/sendback-server.ts';
import type { Goal } from './goal.ts';
import { load } from './load.ts';

/** As many as it takes for the highest throughput. */
const PEAK_CALLERS = 256;
const TIMES = 2;

export const OVERLOAD: Goal = {
	number: 10,
	title: 'agree at twice the rate that the server can do ÷ its peak',
	figures: [{ name: 'goodput ÷ peak, everything else answered 429', target: { atLeast: 0.9 } }],
	async open({ postgres, sizes }) {
		const server = await startSendback(await postgres.createDatabase('bench_overload'));
		const stock = Math.ceil((sizes.stock * sizes.callers) / PEAK_CALLERS);
		return {
			round: async () => {
				const options = { operation: 'agree', callers: PEAK_CALLERS, stock };
				const peak = await load(server, sizes, options);
				const rate = Math.round(peak.throughput * TIMES);
				const over = await load(server, sizes, { ...options, rate, connections: sizes.connections });
				const { 200: done = 0, 429: turnedAway = 0, ...others } = over.statuses;
				if (Object.keys(others).length > 0) throw new Error(`Answers besides 200 and 429: ${JSON.stringify(others)}`);
				const answered = { '200': done, '429': turnedAway, unanswered: over.unanswered };
				const parts = { 'peak/s': peak.throughput, 'goodput/s': over.throughput, 'rate/s': rate, ...answered };
				return [{ value: over.throughput / peak.throughput, parts }];
			},
			close: () => server.stop(),
		};
	},
};
