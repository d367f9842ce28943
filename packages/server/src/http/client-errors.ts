import { type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyBaseLogger } from 'fastify';
import { writeAnswer } from './answer.ts';
import { newLogId } from './log-id.ts';

const STATUSES: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what HTTP cannot read, which has no path and so is of no API, and ends the connection. */
export function answerClientErrors(log: FastifyBaseLogger): (error: ConnectionError, socket: Socket) => void {
	return (error, socket) => {
		// Whoever has gone hears nothing.
		if (error.code === 'ECONNRESET' || socket.destroyed) return;
		const status = STATUSES[error.code] ?? 400;
		const logId = newLogId();
		log.debug({ log_id: logId, err: error, status }, 'no request');
		if (socket.writable) socket.write(answerOf(status, logId));
		socket.destroy(error);
	};
}

/** Turns away HTTP/1.1 without a host. Node would do so itself, with neither a text nor a log id. */
export function withHost(listener: RequestListener): RequestListener {
	return (request, response) => {
		if (request.httpVersion === '1.1' && request.headers.host === undefined) refuse(response, 400);
		else listener(request, response);
	};
}

/** An `Expect` that is not the one that HTTP has; the same holds for Node's own answer. */
export const refuseExpectation: RequestListener = (_request, response) => refuse(response, 417);

function refuse(response: ServerResponse, status: number): void {
	const headers = { 'Content-Type': 'text/plain', Connection: 'close' };
	writeAnswer(response, newLogId(), { status, headers, body: textOf(status) });
}

function textOf(status: number): string {
	return `${status} ${STATUS_CODES[status]?.toLowerCase()}`;
}

function answerOf(status: number, logId: string): string {
	const body = textOf(status);
	return [
		`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
		`X-Tt-Logid: ${logId}`,
		'Content-Type: text/plain',
		`Content-Length: ${body.length}`,
		'Connection: close',
		'',
		body,
	].join('\r\n');
}
