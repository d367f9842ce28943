import { readFile } from 'node:fs/promises';
import { connectToServer, type ServerClient } from '../support/server-client.ts';
import { type ChainFlow, chainFlow, chainXml, NAMESPACE } from './chain-flow.ts';
import { closedLoop, runDry } from './closed-loop.ts';
import { HttpConnection } from './http-connection.ts';
import type { LoadOptions } from './load-options.ts';
import { openLoop } from './open-loop.ts';
import type { Operation } from './operation.ts';
import { agreeOperation } from './operations/agree.ts';
import { inboxOperation } from './operations/inbox.ts';
import { mixOperation } from './operations/mix.ts';
import { rollbackOperation } from './operations/rollback.ts';
import { rollbackPointsOperation } from './operations/rollback-points.ts';
import { startOperation } from './operations/start.ts';
import type { Connections, Measurement } from './recorder.ts';
import { createRequests } from './requests.ts';
import { Stock, type StockItem } from './stock.ts';

/** Tells each measurement as soon as it is over; there is one, or one for each window of the closed loop. */
export async function runLoad(options: LoadOptions, report: (measurement: Measurement) => void): Promise<void> {
	const { url, callers, rate, warmupSeconds, seconds, windows } = options;
	const client = await connectToServer(url, options.appId, options.secret);
	const flow = chainFlow(options.chain);
	const users = Array.from({ length: callers }, (_, caller) => `caller-${caller}`);
	await deploy(client, flow, users);

	const connections = await open(url, callers);
	const operation = await prepare(options, client, flow, users, connections);
	if (rate === null) {
		await closedLoop(connections, operation, { warmupSeconds, seconds, windows }, report);
		return;
	}
	const more = await open(url, options.connections - callers);
	report(await openLoop([...connections, ...more], operation, { warmupSeconds, seconds, rate, callers }));
}

/** The flow and the callers as users; where they are there already, nothing changes. */
async function deploy(client: ServerClient, flow: ChainFlow, users: readonly string[]): Promise<void> {
	await client.call('PUT', `/api/v1/applications/${NAMESPACE}/flows/${flow.id}`, chainXml(flow));
	for (const user of users) await client.call('PUT', `/api/v1/users/${user}`, { name: `Caller ${user}` });
}

async function open(url: URL, count: number): Promise<Connections> {
	return Promise.all(Array.from({ length: Math.max(0, count) }, () => HttpConnection.open(url)));
}

/** Everything that the operation works on is made here, so that the measurement is of the operation alone. */
async function prepare(
	{ operation, callers, stock: enough, stockFile, inboxUsers }: LoadOptions,
	client: ServerClient,
	flow: ChainFlow,
	users: readonly string[],
	connections: Connections,
): Promise<Operation> {
	const requests = createRequests(client);
	const stock = new Stock(callers);
	const fill = () => fillStock(stock, stockFile, () => runDry(connections, start(enough)));
	const start = (limit: number) => startOperation(requests, flow, users, stock, limit);
	switch (operation) {
		case 'start':
			return start(Number.POSITIVE_INFINITY);
		case 'agree':
			await fill();
			return agreeOperation(requests, stock);
		case 'rollback':
		case 'points': {
			await fill();
			// To the last task of each instance: from there it can go back all the way.
			const agree = agreeOperation(requests, stock);
			const left = users.map((_, caller) => stock.size(caller) * (flow.tasks - 1));
			const toTheLast = (caller: number) => {
				const count = left[caller] ?? 0;
				left[caller] = count - 1;
				return count > 0 ? agree.next(caller) : null;
			};
			await runDry(connections, { next: toTheLast });
			return operation === 'points' ? rollbackPointsOperation(requests, stock) : rollbackOperation(requests, stock);
		}
		case 'inbox':
			if (inboxUsers === null) await fill();
			return inboxOperation(requests, inboxUsers === null ? users : usersOf(inboxUsers));
		case 'mix':
			await fill();
			return mixOperation({
				stock,
				start: start(Number.POSITIVE_INFINITY),
				agree: agreeOperation(requests, stock),
				rollback: rollbackOperation(requests, stock),
				inbox: inboxOperation(requests, users),
			});
	}
}

async function fillStock(stock: Stock, file: string | null, start: () => Promise<void>): Promise<void> {
	if (file === null) return start();
	const items = JSON.parse(await readFile(file, 'utf8')) as readonly StockItem[];
	for (const [index, item] of items.entries()) stock.put(index % stock.callers, item);
}

function usersOf({ prefix, count }: { readonly prefix: string; readonly count: number }): readonly string[] {
	return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
