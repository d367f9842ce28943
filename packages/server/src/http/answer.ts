import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** An answer that is complete before anybody knows how it is sent. */
export interface Answer {
	readonly status: number;
	/** Names as they go on the wire: the Python SDK reads `Content-Type` in this case only. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
	return reply.code(status).headers(headers).send(body);
}

/** Without the framework. */
export function writeAnswer(response: ServerResponse, logId: string, { status, headers, body }: Answer): void {
	response.writeHead(status, { 'X-Tt-Logid': logId, ...headers, 'Content-Length': Buffer.byteLength(body) });
	response.end(body);
}
