import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyBaseLogger } from 'fastify';
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

function answerOf(status: number, logId: string): string {
	const body = `${status} ${STATUS_CODES[status]?.toLowerCase()}`;
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
