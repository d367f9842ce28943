import { parentPort } from 'node:worker_threads';
import type { Protocol } from './protocol.ts';

type Replies<P extends Protocol> = {
	readonly [Kind in keyof P]: (request: P[Kind]['request']) => P[Kind]['reply'] | Promise<P[Kind]['reply']>;
};

/** What a thread does (bounded-thread.ts): replies to one request after the other. */
export function serveThread<P extends Protocol>(replies: Replies<P>): void {
	if (parentPort === null) throw new Error('bug: this is not a thread');
	const port = parentPort;
	port.on('message', async (text: string) => {
		const { kind, request } = JSON.parse(text) as { kind: keyof P; request: unknown };
		port.postMessage(JSON.stringify(await replies[kind](request)));
	});
	port.postMessage('ready');
}
