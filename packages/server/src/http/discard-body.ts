import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

const PATIENCE_MS = 5_000;

/**
 * Throws away what is still to come of a request's body; ends with the body, with the connection, or after 5 seconds.
 * It comes before an answer that ends the connection: a client that is still sending would report a broken pipe instead
 * of the answer.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
	if (request.complete || request.destroyed) return Promise.resolve();
	return new Promise((resolve) => {
		const giveUp = setTimeout(resolve, PATIENCE_MS);
		finished(request, () => {
			clearTimeout(giveUp);
			resolve();
		});
		request.resume();
	});
}
