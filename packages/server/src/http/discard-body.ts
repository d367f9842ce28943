import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

const PATIENCE_MS = 5_000;

/**
 * Throws away what is still to come of a request's body; ends with the body, with the connection, or after 5 seconds.
 * A refusal that did not wait for the body would close the connection under a client that is still sending, which then
 * reports a broken pipe instead of the answer.
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
