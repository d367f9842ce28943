import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, openGateway } from './support/gateway.ts';

// What HTTP cannot read never comes to the framework: these are bytes on a connection.

let gateway: Gateway;
let port: number;
beforeAll(async () => {
	gateway = await openGateway();
	port = Number(new URL(await gateway.http.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => gateway.http.close());

async function answerTo(bytes: string): Promise<string> {
	const socket = connect({ host: '127.0.0.1', port });
	socket.write(bytes);
	return text(socket);
}

function answerOf(status: string, body: string): RegExp {
	const headers = `X-Tt-Logid: \\d{14}[0-9A-F]{20}\\r\\nContent-Type: text/plain\\r\\nContent-Length: ${body.length}\\r\\n`;
	return new RegExp(`^HTTP/1.1 ${status}\\r\\n${headers}Connection: close\\r\\n\\r\\n${body}$`);
}

test('what is no request is answered with a log id', async () => {
	const answer = await answerTo('what is no request\r\n\r\n');
	expect(answer).toMatch(answerOf('400 Bad Request', '400 bad request'));
});

test('so are headers that are too large', async () => {
	const answer = await answerTo(`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
	expect(answer).toMatch(answerOf('431 Request Header Fields Too Large', '431 request header fields too large'));
});

test.each([
	['without a host', '', '400 Bad Request'],
	['with an expectation that nobody meets', 'Host: a\r\nExpect: more\r\n', '417 Expectation Failed'],
])('so is a request %s', async (_case, headers, status) => {
	const answer = await answerTo(`GET /healthz HTTP/1.1\r\n${headers}\r\n`);
	expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\nX-Tt-Logid: \\d{14}[0-9A-F]{20}\r\n`));
	expect(answer).toMatch(/\r\nContent-Type: text\/plain\r\n/);
	expect(answer).toMatch(new RegExp(`\r\nConnection: close\r\n[^]*\r\n\r\n${status.toLowerCase()}$`));
});

test('so is a request that does not end', async () => {
	const socket = new PassThrough();
	// The end comes as an error, as of a connection.
	socket.on('error', () => {});
	gateway.http.server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
	expect(String(socket.read())).toMatch(answerOf('408 Request Timeout', '408 request timeout'));
	expect(socket.destroyed).toBe(true);
});

test('HTTP/1.0 needs no host', async () => {
	expect(await answerTo('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK\r\n/);
});

test.each([
	['has been reset', 'ECONNRESET', false],
	['is over', 'HPE_INVALID_METHOD', true],
])('a connection that %s gets no answer', (_case, code, isOver) => {
	const socket = new PassThrough();
	if (isOver) socket.destroy();
	gateway.http.server.emit('clientError', Object.assign(new Error(), { code }), socket);
	expect(socket.read()).toBeNull();
});
