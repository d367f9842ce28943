import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refuse } from '../../src/refusals.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

// The door stands before the framework, so what is injected into that does not pass it: these are real requests.

const ROLL_BACK = '/open-apis/apaas/v1/user_tasks/1234/rollback';
const COMPLETE = '/api/v1/tasks/1234/complete';

let gateway: Gateway;
let base: string;

beforeAll(async () => {
	gateway = await openGateway();
	base = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => gateway.http.close());
beforeEach(() => {
	gateway.world.turnedAway = { ...refuse('too-busy'), retryAfterSeconds: 2 };
});

const post = (path: string, init: RequestInit = {}) => fetch(base + path, { method: 'POST', body: '{', ...init });

async function turnedAway(): Promise<{ commands: number; requests: number }> {
	const metrics = await (await fetch(`${base}/metrics`)).text();
	const count = (line: RegExp) => Number(line.exec(metrics)?.[1] ?? 0);
	return {
		commands: count(/sendback_commands_total\{type="unread",outcome="too-busy"\} (\d+)/),
		requests: count(
			/duration_seconds_count\{method="POST",route="\/api\/v1\/tasks\/:task_id\/complete",status="429"\} (\d+)/,
		),
	};
}

describe('a server that has as much work as it can take', () => {
	test('turns calls of Feishu away before it looks at token or body', async () => {
		const answer = await post(ROLL_BACK);
		expect(answer.status).toBe(429);
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			'content-type': 'application/json; charset=utf-8',
			'retry-after': '2',
			'x-ogw-ratelimit-reset': '2',
		});
		const logId = answer.headers.get('x-tt-logid');
		expect(logId).toMatch(/^\d{14}[0-9A-F]{20}$/);
		expect(await answer.json()).toEqual({
			code: 99991400,
			msg: 'request trigger frequency limit',
			error: { log_id: logId },
		});
	});

	test('turns native calls away with a problem document', async () => {
		const answer = await post(COMPLETE);
		expect(answer.status).toBe(429);
		expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
		expect(answer.headers.get('retry-after')).toBe('2');
		expect(await answer.json()).toMatchObject({
			code: 'too-busy',
			instance: `urn:sendback:log:${answer.headers.get('x-tt-logid')}`,
		});
	});

	test.each([`/${ROLL_BACK}`, `${ROLL_BACK}/`, `${COMPLETE}?dry_run=true`, COMPLETE.replace('1234', '%31234')])(
		'finds what a path means as the framework does: %s',
		async (path) => {
			expect((await post(path)).status).toBe(429);
		},
	);

	test('lets through whatever gives the commands nothing to do', async () => {
		expect((await fetch(`${base}/healthz`)).status).toBe(200);
		expect((await fetch(`${base}/api/v1/instances/1`)).status).toBe(401);
		expect((await post('/open-apis/auth/v3/tenant_access_token/internal', { body: '{}' })).status).toBe(200);
		expect((await post('/api/v1/nothing')).status).toBe(404);
		expect((await post('/api/v1/tasks/%ZZ/complete')).status).toBe(404);
	});

	test('is heard by a client that sends a large body and closes', async () => {
		const answer = await post(COMPLETE, { body: 'x'.repeat(3_000_000), headers: { connection: 'close' } });
		expect(answer.status).toBe(429);
	});

	test('counts whom it turned away', async () => {
		const before = await turnedAway();
		await post(COMPLETE);
		expect(await turnedAway()).toEqual({ commands: before.commands + 1, requests: before.requests + 1 });
	});

	test('lets through who finds room when it is their turn', async () => {
		gateway.http.server.once('request', () => {
			gateway.world.turnedAway = null;
		});
		expect((await post(COMPLETE)).status).toBe(401);
	});

	test('answers nobody who has left before it was their turn', async () => {
		const before = await turnedAway();
		gateway.http.server.once('request', (request: IncomingMessage) => request.socket.destroy());
		await expect(post(COMPLETE)).rejects.toThrow();
		expect(await turnedAway()).toEqual(before);
	});
});

test('a server that stops says so', async () => {
	gateway.world.turnedAway = { ...refuse('shutting-down'), retryAfterSeconds: 5 };
	const feishu = await post(ROLL_BACK);
	expect([feishu.status, feishu.headers.get('retry-after')]).toEqual([503, '5']);
	const native = await post(COMPLETE);
	expect([native.status, native.headers.get('retry-after')]).toEqual([503, '5']);
});

test('a server that closes says so to whoever still comes, and ends', async () => {
	const { http } = await openGateway();
	await http.listen({ host: '127.0.0.1', port: 0 });
	const socket = connect((http.server.address() as AddressInfo).port, '127.0.0.1');
	const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n`;
	socket.write(`${head('/open-apis/auth/v3/tenant_access_token/internal')}{`);
	await once(http.server, 'request');
	const closed = http.close();
	await expect.poll(() => http.server.listening).toBe(false);
	socket.write(`}${head(ROLL_BACK)}{}${head(COMPLETE)}{}`);
	const heard = await text(socket);
	await closed;
	expect(heard.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
	const [, refused = ''] = heard.split(/(?=HTTP\/1.1 503)/);
	expect(refused).toMatch(/^Retry-After: 5\r$/m);
	expect(refused).toMatch(/^Connection: close\r$/m);
	expect(refused).toContain('{"code":2200,');
});

test('a server that has room lets everybody through', async () => {
	gateway.world.turnedAway = null;
	expect((await post(ROLL_BACK)).status).toBe(400);
	expect((await post(COMPLETE)).status).toBe(401);
});
