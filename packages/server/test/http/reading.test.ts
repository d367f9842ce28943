import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { fastify } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createReading } from '../../src/http/reading.ts';
import { StorageUnavailable } from '../../src/storage/storage-errors.ts';
import { openGateway } from './support/gateway.ts';

/** A server that lets two read at a time, and whose answers are given by hand. */
function open(patienceMs?: number) {
	const http = fastify();
	const asked: string[] = [];
	const answers = new Map<string, () => void>();
	http.addHook('onRoute', createReading(2, patienceMs).learn);
	http.get('/read/:id', { config: { scope: 'app_engine:approval:read' } }, async (request) => {
		const { id } = request.params as { readonly id: string };
		asked.push(id);
		http.server.emit('asked');
		await new Promise<void>((resolve) => answers.set(id, resolve));
		if (id.startsWith('away')) throw new StorageUnavailable(id, undefined);
		if (id.startsWith('bad')) throw new Error(id);
		return id;
	});
	http.get('/other', { config: { scope: 'sendback:admin' } }, async () => 'other');
	http.get('/together', { config: { scope: 'app_engine:approval:read', readsTogether: true } }, async () => 'together');
	return { http, asked, answer: (id: string) => answers.get(id)?.() };
}

let opened: ReturnType<typeof open>;
afterEach(() => opened.http.close());

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test('so many read at a time, and the others one after the other when one is done, also in an error', async () => {
	opened = open();
	const { http, asked, answer } = opened;
	const calls = ['a', 'bad', 'c', 'd'].map((id) => http.inject(`/read/${id}`));
	const head = http.inject({ method: 'HEAD', url: '/read/e' });
	for (const call of [...calls, head]) call.catch(() => undefined);
	await settled();
	expect(asked).toEqual(['a', 'bad']);
	expect((await http.inject('/other')).body).toBe('other');
	expect((await http.inject('/together')).body).toBe('together');
	for (const [index, id] of ['bad', 'a', 'c', 'd', 'e'].entries()) {
		answer(id);
		await settled();
		expect(asked).toEqual(['a', 'bad', 'c', 'd', 'e'].slice(0, index + 3));
	}
	expect((await Promise.all(calls)).map(({ statusCode }) => statusCode)).toEqual([200, 500, 200, 200]);
	expect((await head).statusCode).toBe(200);
});

test('whoever waits for long does not wait for a database that cannot be asked', async () => {
	opened = open(0);
	const { http, asked, answer } = opened;
	const calls = ['bad', 'away', 'c', 'd', 'e'].map((id) => http.inject(`/read/${id}`));
	for (const call of calls) call.catch(() => undefined);
	await settled();
	answer('bad');
	await settled();
	expect(asked).toEqual(['bad', 'away', 'c']);
	answer('away');
	const bodies = (await Promise.all([...calls.slice(3), calls[1]])).map((each) => each?.json().message);
	expect(bodies).toEqual(['away', 'away', 'away']);
	answer('c');
	expect((await calls[2])?.body).toBe('c');
	const last = http.inject('/read/last');
	await settled();
	answer('last');
	expect((await last).body).toBe('last');
});

test('nothing is read for a client that has gone while it waited', async () => {
	opened = open();
	const { http, asked, answer } = opened;
	await http.listen({ host: '127.0.0.1', port: 0 });
	const { port } = http.server.address() as AddressInfo;
	const ask = (id: string) => {
		const socket = connect(port, '127.0.0.1');
		socket.write(`GET /read/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		return socket;
	};
	for (const id of ['a', 'b']) {
		ask(id).resume();
		await once(http.server, 'asked');
	}
	const [gone, last] = [ask('gone'), ask('last')];
	await settled();
	gone.destroy();
	await settled();
	answer('a');
	await once(http.server, 'asked');
	expect(asked).toEqual(['a', 'b', 'last']);
	answer('b');
	answer('last');
	await once(last.resume(), 'close');
});

test('a client that is slow to send and to take keeps no other from being read for', async () => {
	const { http, token } = await openGateway();
	const base = await http.listen({ host: '127.0.0.1', port: 0 });
	const path = '/api/v1/instances/404';
	// Before an answer that ends the connection, what is to come of the body is waited for.
	const slow = Array.from({ length: 6 }, () => {
		const socket = connect(Number(new URL(base).port), '127.0.0.1');
		const headers = `Host: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Length: 5`;
		socket.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);
		return socket;
	});
	await settled();
	const signal = AbortSignal.timeout(3_000);
	const answer = await fetch(base + path, { headers: { authorization: `Bearer ${token}` }, signal });
	expect(answer.status).toBe(404);
	for (const socket of slow) socket.destroy();
	await http.close();
});
