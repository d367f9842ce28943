import { get } from 'node:http';
import { createServer } from 'node:net';
import type { Config } from '../config/config.ts';
import { explainFailure } from '../config/explain-failure.ts';
import type { Finding } from '../storage/embedded/examine-embedded.ts';

const PATIENCE_MS = 2_000;
/** Where a server is reached that listens everywhere. */
const REACHED_AT: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

type Address = Pick<Config, 'host' | 'port'>;

/** Listens there for a moment. @param besideServer a Sendback that has the port already may be the one that is examined */
export async function examinePort(address: Address, besideServer: boolean): Promise<Finding> {
	const check = 'port';
	const { host, port } = address;
	const failure = await whyNotFree(address);
	if (failure === null) return { check, ok: true, detail: `${host}:${port} is free` };
	const isTaken = 'code' in failure && failure.code === 'EADDRINUSE';
	return isTaken && besideServer && (await isSendback(address))
		? { check, ok: true, detail: `${host}:${port} is in use, and a Sendback runs here` }
		: { check, ok: false, detail: explainFailure(failure) };
}

function whyNotFree(address: Address): Promise<Error | null> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', resolve);
		server.listen({ ...address }, () => server.close(() => resolve(null)));
	});
}

/** Other servers have a /healthz too, and no log id in its answer. */
function isSendback({ host, port }: Address): Promise<boolean> {
	return new Promise((resolve) => {
		const signal = AbortSignal.timeout(PATIENCE_MS);
		get({ host: REACHED_AT[host] ?? host, port, path: '/healthz', agent: false, signal }, (response) => {
			resolve(response.statusCode === 200 && 'x-tt-logid' in response.headers);
			response.destroy();
		}).on('error', () => resolve(false));
	});
}
