import { readFile } from 'node:fs/promises';
import { closedLoop, runDry } from '../load/closed-loop.ts';
import { HttpConnection } from '../load/http-connection.ts';
import type { Connections } from '../load/recorder.ts';
import { createRequests } from '../load/requests.ts';
import { startSendback } from '../support/sendback-server.ts';
import { connectToServer, type ServerClient } from '../support/server-client.ts';
import type { Contender, Place } from './contender.ts';
import { modelFile } from './model-file.ts';
import { NAMESPACE, SendbackOperations, times, userOf } from './sendback-operations.ts';
import { TASKS_OF } from './workloads.ts';

/** Sendback as an operator runs it: a process of its own, asked over HTTP. */
export async function startSendbackContender(
	{ database, url: databaseUrl, callers }: Place,
	version: string,
): Promise<Contender> {
	const server = await startSendback(databaseUrl);
	try {
		const url = new URL(server.url);
		const [id = '', secret = ''] = server.app.split(':');
		const client = await connectToServer(url, id, secret);
		await deploy(client, callers);
		// Made for each round: while others are measured the server would close them, as it does with idle ones.
		const connected = async <T>(work: (connections: Connections) => Promise<T>): Promise<T> => {
			const connections = await Promise.all(Array.from({ length: callers }, () => HttpConnection.open(url)));
			try {
				return await work(connections);
			} finally {
				for (const connection of connections) connection.close();
			}
		};
		const operations = new SendbackOperations(createRequests(client));
		return {
			name: 'Sendback',
			version,
			setting: 'over HTTP',
			database,
			prepare: (workload, instances) =>
				connected(async (connections) => {
					for (const step of operations.preparing(workload, instances)) await runDry(connections, step);
				}),
			round: async (workload, { leadInSeconds, seconds }) => {
				const timing = { warmupSeconds: leadInSeconds, seconds };
				const measured = await connected((connections) => closedLoop(connections, operations.of(workload), timing));
				const { p50, p99 } = measured.latencies;
				return { done: measured.done, seconds: measured.seconds, p50, p99 };
			},
			repeat: (workload, count) =>
				connected((connections) => runDry(connections, times(count, operations.of(workload)))),
			memory: async () => ({ residentBytes: await server.residentBytes(), heapAfterGcBytes: null }),
			stop: () => server.stop(),
		};
	} catch (error) {
		await server.stop();
		throw error;
	}
}

async function deploy(client: ServerClient, callers: number): Promise<void> {
	for (let caller = 0; caller < callers; caller++) {
		await client.call('PUT', `/api/v1/users/${userOf(caller)}`, { name: `Caller ${caller}` });
	}
	for (const process of Object.keys(TASKS_OF)) {
		const model = await readFile(modelFile(process), 'utf8');
		await client.call('PUT', `/api/v1/applications/${NAMESPACE}/flows/${process}`, model);
	}
}
