import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { Histogram } from '../../bench/load/histogram.ts';
import { HttpConnection } from '../../bench/load/http-connection.ts';
import { createRequests } from '../../bench/load/requests.ts';
import { lastOverFirst } from '../../bench/soak/verdict.ts';

it('a percentile is right to one per cent, from microseconds to minutes', () => {
	for (const scale of [0.01, 1, 100]) {
		const histogram = new Histogram();
		for (let value = 1; value <= 1_000; value++) histogram.record(value * scale);
		expect(Math.abs(histogram.percentile(0.5) / (500 * scale) - 1)).toBeLessThan(0.01);
		expect(Math.abs(histogram.percentile(0.99) / (990 * scale) - 1)).toBeLessThan(0.01);
		expect(histogram.latencies().max).toBeCloseTo(1_000 * scale);
	}
});

it('a soak compares its last minutes with its first', () => {
	const minutes = [...Array<number>(10).fill(100), ...Array<number>(40).fill(10), ...Array<number>(10).fill(90)];
	expect(lastOverFirst(minutes)).toBe(0.9);
	expect(lastOverFirst([100, 80])).toBe(0.8);
});

it('the client reads answers that come in pieces, and sees a connection that ends', async () => {
	const body = '审批'.repeat(50_000);
	const server = createServer((request, response) => {
		if (request.url === '/end') response.destroy();
		else response.setHeader('content-length', Buffer.byteLength(body)).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const connection = await HttpConnection.open(new URL(`http://127.0.0.1:${port}`));
	for (let sent = 0; sent < 3; sent++) {
		const answer = await connection.send('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toBe(body);
	}
	await expect(connection.send('GET /end HTTP/1.1\r\nhost: here\r\n\r\n')).rejects.toThrow('closed');
	connection.close();
	await new Promise((resolve) => server.close(resolve));
});

it('requests carry the token that is valid when they are written: a long load outlives the first one', () => {
	const client = { url: new URL('http://127.0.0.1:8080'), token: 't-first' };
	const requests = createRequests(client);
	expect(requests.get('/a')).toContain('Bearer t-first');
	client.token = 't-second';
	expect([requests.get('/a'), requests.query('/b', {}), requests.write('/c', {})]).toEqual(
		Array.from({ length: 3 }, () => expect.stringContaining('authorization: Bearer t-second\r\n')),
	);
});
