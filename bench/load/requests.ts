import { randomBytes } from 'node:crypto';
import type { ServerClient } from '../support/server-client.ts';

/** Writes requests as bytes for the wire. What they have in common is written once. */
export interface Requests {
	/** Reads; no key. */
	get(path: string): string;
	/** Reads by POST, as Feishu's queries do; no key. */
	query(path: string, body: object): string;
	/** Writes, each with an `Idempotency-Key` of its own, as a careful caller does. */
	write(path: string, body: object): string;
}

export function createRequests(client: Pick<ServerClient, 'url' | 'token'>): Requests {
	let token = '';
	let head = '';
	const common = () => {
		if (token !== client.token) {
			token = client.token;
			head = ` HTTP/1.1\r\nhost: ${client.url.host}\r\nauthorization: Bearer ${token}\r\n`;
		}
		return head;
	};
	const run = randomBytes(6).toString('hex');
	let written = 0;

	function post(path: string, body: object, key: string): string {
		const text = JSON.stringify(body);
		return `POST ${path}${common()}${key}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
	}

	return {
		get: (path) => `GET ${path}${common()}\r\n`,
		query: (path, body) => post(path, body, ''),
		write: (path, body) => post(path, body, `idempotency-key: ${run}-${++written}\r\n`),
	};
}
