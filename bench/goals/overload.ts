import { type SendbackServer, startSendback } from '../support/sendback-server.ts';
import type { Goal, Sample } from './goal.ts';
import { load } from './load.ts';
import type { Sizes } from './sizes.ts';

/** As many as it takes for the highest throughput. */
const PEAK_CALLERS = 256;

export const OVERLOAD: Goal = {
	number: 10,
	title: 'agree at more than the server can do ÷ its peak',
	figures: [
		{ name: 'goodput at twice the peak, everything else answered 429', target: { atLeast: 0.9 } },
		// Not one of the goals: whatever comes, some of the thread is left for the work.
		{ name: 'goodput at four times the peak', target: { atLeast: 0.3 } },
	],
	async open({ postgres, sizes }) {
		const server = await startSendback(await postgres.createDatabase('bench_overload'));
		const options = {
			operation: 'agree',
			callers: PEAK_CALLERS,
			stock: Math.ceil((sizes.stock * sizes.callers) / PEAK_CALLERS),
		};
		return {
			round: async () => {
				const { throughput: peak } = await load(server, sizes, options);
				return [await overload(server, sizes, options, peak, 2), await overload(server, sizes, options, peak, 4)];
			},
			close: () => server.stop(),
		};
	},
};

async function overload(
	server: SendbackServer,
	sizes: Sizes,
	options: Parameters<typeof load>[2],
	peak: number,
	times: number,
): Promise<Sample> {
	const rate = Math.round(peak * times);
	const over = await load(server, sizes, { ...options, rate, connections: sizes.connections });
	const { 200: done = 0, 429: turnedAway = 0, ...others } = over.statuses;
	if (Object.keys(others).length > 0) throw new Error(`Answers besides 200 and 429: ${JSON.stringify(others)}`);
	const answered = { '200': done, '429': turnedAway, unanswered: over.unanswered };
	const parts = { 'peak/s': peak, 'goodput/s': over.throughput, 'rate/s': rate, ...answered };
	return { value: over.throughput / peak, parts };
}
