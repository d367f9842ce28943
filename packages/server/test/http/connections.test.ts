import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createConnections } from '../../src/http/connections.ts';

interface Served {
	readonly path: string;
	readonly response: ServerResponse;
}

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

async function open(endAfterMs = 60_000) {
	const served: Served[] = [];
	const { oneAtATime, endAfter, closeIdle } = createConnections();
	const server = createServer(
		oneAtATime(({ url = '' }, response) => {
			served.push({ path: url, response });
			server.emit('served');
		}),
	);
	endAfter(server, endAfterMs);
	closeIdle(server, CLOSING_PATIENCE_MS);
	server.keepAliveTimeout = endAfterMs;
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
	closers.push(() => {
		socket.destroy();
		server.close();
		server.closeAllConnections();
	});
	const paths = () => served.map(({ path }) => path);
	return { server, socket, served, paths };
}

const CLOSING_PATIENCE_MS = 500;

/** More than what is on its way between two ends of a connection. */
const LONG = 50_000_000;

const ask = (socket: Socket, ...paths: readonly string[]) =>
	socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));

describe('a connection', () => {
	test('has its requests answered one after the other, however many it sends at once', async () => {
		const { server, socket, served, paths } = await open();
		ask(socket, '/1', '/2', '/3');
		for (let count = 1; count <= 3; count++) {
			await once(server, 'served');
			expect(paths()).toEqual(['/1', '/2', '/3'].slice(0, count));
			served[count - 1]?.response.end(`answer ${count}`);
		}
		let text = '';
		for await (const chunk of socket) {
			text += chunk;
			if (text.includes('answer 3')) break;
		}
		expect(text.match(/answer \d/g)).toEqual(['answer 1', 'answer 2', 'answer 3']);
	});

	test('ends with the answer that says so, and what was asked for after it is not done', async () => {
		const { server, socket, served, paths } = await open();
		ask(socket, '/1', '/2');
		await once(server, 'served');
		served[0]?.response.writeHead(200, { Connection: 'close' }).end();
		socket.resume();
		await once(socket, 'close');
		expect(paths()).toEqual(['/1']);
	});

	test('is cut off where it asks for more than twenty ahead', async () => {
		const { socket, paths } = await open();
		ask(socket, ...Array.from({ length: 22 }, (_, index) => `/${index}`));
		socket.on('error', () => undefined);
		await once(socket, 'close');
		expect(paths()).toEqual(['/0']);
	});

	test('ends where its client takes nothing of an answer', async () => {
		const { server, socket, served } = await open(50);
		socket.pause();
		ask(socket, '/1');
		await once(server, 'served');
		const response = served[0]?.response as ServerResponse;
		response.end('x'.repeat(LONG));
		await once(response, 'close');
		let taken = 0;
		socket.on('data', (chunk) => {
			taken += chunk.length;
		});
		socket.on('error', () => undefined);
		socket.resume();
		await once(socket, 'close');
		expect(taken).toBeLessThan(LONG);
	});

	test('stays while its answer is being worked on, and ends when it rests', async () => {
		const { server, socket, served } = await open(50);
		ask(socket, '/1');
		await once(server, 'served');
		await once(served[0]?.response.socket as Socket, 'timeout');
		served[0]?.response.end('done');
		const [first] = await once(socket, 'data');
		expect(String(first)).toContain('done');
		await once(socket, 'close');
	});

	test('whose answer is being taken is waited for by a server that closes', async () => {
		const { server, socket, served } = await open();
		socket.pause();
		ask(socket, '/1');
		await once(server, 'served');
		served[0]?.response.writeHead(200, { Connection: 'close' }).end('x'.repeat(LONG));
		server.close();
		server.closeIdleConnections();
		let taken = 0;
		for await (const chunk of socket) taken += chunk.length;
		expect(taken).toBeGreaterThan(LONG);
	});

	test('that rests is ended by a server that closes, and so is one that asks for nothing a moment later', async () => {
		const { server, socket, served } = await open();
		const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
		const half = connect((server.address() as AddressInfo).port, '127.0.0.1');
		half.write('GET / HTTP/1.1\r\n');
		ask(socket, '/1');
		await once(server, 'served');
		served[0]?.response.end('done');
		await once(socket, 'data');
		server.close();
		await once(socket, 'close');
		expect([silent.closed, half.closed]).toEqual([false, false]);
		const ended = Promise.all([silent, half].map((each) => once(each.resume(), 'close')));
		half.write('Host: x\r\n');
		await new Promise((resolve) => setTimeout(resolve, CLOSING_PATIENCE_MS));
		server.closeIdleConnections();
		await ended;
	});

	test('is not waited for by a server that closes where its client takes nothing of an answer', async () => {
		const { server, socket, served } = await open(600_000);
		socket.pause();
		ask(socket, '/1');
		await once(server, 'served');
		const response = served[0]?.response as ServerResponse;
		response.end('x'.repeat(LONG));
		server.close();
		await once(response, 'close');
		expect(response.socket?.destroyed ?? true).toBe(true);
	});
});
