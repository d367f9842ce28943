import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contender, Place, RoundResult } from './contender.ts';
import { JavaHarness } from './java-harness.ts';
import { jdbcUrl } from './jdbc-url.ts';
import { modelFile } from './model-file.ts';
import { TASKS_OF } from './workloads.ts';

export interface Peer {
	/** Of Maven. */
	readonly module: string;
	readonly mainClass: string;
}

/** Both with the settings that their documentation gives a new user; see their classes. */
export const PEERS: readonly Peer[] = [
	{ module: 'flowable', mainClass: 'sendback.bench.peers.Flowable' },
	{ module: 'camunda', mainClass: 'sendback.bench.peers.Camunda' },
];

export interface PeerContender extends Contender {
	/** How many database connections the callers share. */
	resizePool(connections: number): Promise<void>;
}

/** An engine in a Java process, called by threads of that process: no HTTP in between. */
export async function startPeer(
	{ module, mainClass }: Peer,
	{ database, url, callers }: Place,
): Promise<PeerContender> {
	const harness = await JavaHarness.start(module, mainClass, [jdbcUrl(url), String(callers)]);
	try {
		for (const process of Object.keys(TASKS_OF)) await harness.ask(`deploy ${modelFile(process)}`);
	} catch (error) {
		await harness.stop();
		throw error;
	}
	const { name, version, java } = harness.greeting;
	return {
		name,
		version,
		setting: `in process, Java ${java}`,
		database,
		resizePool: async (connections) => {
			await harness.ask(`pool ${connections}`);
		},
		prepare: async ({ operation, process }, instances) => {
			await harness.ask(`prepare ${operation} ${process} ${Math.ceil(instances)}`);
		},
		round: ({ operation, process }, { leadInSeconds, seconds }) =>
			harness.ask<RoundResult>(`round ${operation} ${process} ${ms(leadInSeconds)} ${ms(seconds)}`),
		repeat: async ({ operation, process }, times) => {
			await harness.ask(`repeat ${operation} ${process} ${times}`);
		},
		memory: async () => {
			const resident = await residentBytes(harness.pid);
			const { heapAfterGc } = await harness.ask<{ heapAfterGc: number }>('memory');
			return { residentBytes: resident, heapAfterGcBytes: heapAfterGc };
		},
		stop: () => harness.stop(),
	};
}

function ms(seconds: number): number {
	return Math.round(seconds * 1000);
}

async function residentBytes(pid: number): Promise<number> {
	const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
	return Number(stdout) * 1024;
}
