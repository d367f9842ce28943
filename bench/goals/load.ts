import type { Measurement } from '../load/recorder.ts';
import { runNode } from '../support/run-node.ts';
import type { SendbackServer } from '../support/sendback-server.ts';
import type { Sizes } from './sizes.ts';

/** One measurement by the load client; options of its command line, over those of the sizes. */
export function load(
	{ url, app }: SendbackServer,
	{ callers, seconds, warmupSeconds: warmup, chain, stock }: Sizes,
	options: Readonly<Record<string, string | number>>,
): Promise<Measurement> {
	return runNode('load/cli', { url, app, callers, seconds, warmup, chain, stock, ...options });
}
