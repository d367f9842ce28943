import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectFeishuError, expectProblem } from './answer-shapes.ts';
import { bpmn } from './bpmn.ts';
import { instance, startInstance } from './instance.ts';
import { type Json, type Server, sendback, startServer, temporaryDataDir } from './server.ts';

const minute_ms = 60_000;

describe('a server with a test clock', () => {
	let server: Server;

	beforeAll(async () => {
		server = await startServer({ env: { SENDBACK_TEST_CLOCK: '1' } });
	});

	afterAll(() => server?.close());

	const ask = async (path: string, body: Json) =>
		(await server.request(`/open-apis/auth/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })).json;
	const credentials = { app_id: 'cli_demo', app_secret: 'demo_secret' };
	const advance = (ms: unknown) => server.native('/test/clock/advance', { ms });
	const works = async (token: string) =>
		(
			await server.request('/open-apis/apaas/v1/user_task/query', {
				method: 'POST',
				headers: { authorization: `Bearer ${token}` },
				body: '{"kunlun_user_id":"1001"}',
			})
		).json.code === 0;

	test('moves by calls only, and only forwards', async () => {
		await server.deploy(
			'one',
			bpmn({
				id: 'one',
				tasks: ['only'],
				flows: [
					['start', 'only'],
					['only', 'end'],
				],
			}),
		);
		const times: number[] = [];
		for (const step_ms of [0, 0, 1_000]) {
			if (step_ms > 0) expect((await advance(step_ms)).status).toBe(200);
			times.push(Date.parse((await (await startInstance(server, 'one')).view()).started_at));
		}
		expect(times[1]).toBe(times[0]);
		expect((times[2] ?? 0) - (times[1] ?? 0)).toBe(1_000);
		for (const wrong of [-1, 1.5, '5', null, 1e20])
			expectProblem(await advance(wrong), `advance ${wrong}`, ['invalid-request']);
	});

	test('gives the same token while 30 minutes are left, then a new one, and both are valid until the first runs out', async () => {
		const first = await ask('tenant_access_token/internal', credentials);
		expect(first).toEqual({
			code: 0,
			msg: 'ok',
			tenant_access_token: expect.stringMatching(/^t-/),
			expire: expect.any(Number),
		});
		expect(first.expire).toBeGreaterThanOrEqual(1_800);
		expect(first.expire).toBeLessThanOrEqual(7_200);
		const both = await ask('app_access_token/internal/', credentials);
		expect(both.tenant_access_token).toBe(first.tenant_access_token);
		expect(both.app_access_token).toMatch(/^t-/);
		expect((await sendback(server.dataDir, ['token', '--app', 'cli_demo'])).stdout.trim()).toMatch(/^t-/);
		await advance((first.expire - 1_800) * 1_000);
		const still = await ask('tenant_access_token/internal', credentials);
		expect([still.tenant_access_token === first.tenant_access_token, still.expire]).toEqual([true, 1_800]);
		await advance(1_000);
		const second = await ask('tenant_access_token/internal', credentials);
		expect(second.tenant_access_token).not.toBe(first.tenant_access_token);
		expect(second.expire).toBeGreaterThan(7_000);
		expect([await works(first.tenant_access_token), await works(second.tenant_access_token)]).toEqual([true, true]);
		expect(
			(
				await server.request('/open-apis/apaas/v1/user_task/query', {
					method: 'POST',
					headers: { authorization: `Bearer ${second.tenant_access_token}` },
					body: JSON.stringify({ kunlun_user_id: '1001' }),
				})
			).json.code,
		).toBe(0);
		await server.request('/api/v1/test/clock/advance', {
			method: 'POST',
			headers: { authorization: `Bearer ${second.tenant_access_token}`, 'content-type': 'application/json' },
			body: JSON.stringify({ ms: 30 * minute_ms }),
		});
		expect([await works(first.tenant_access_token), await works(second.tenant_access_token)]).toEqual([false, true]);
	});

	test('refuses a wrong app and a wrong secret, each with its code and HTTP 200', async () => {
		for (const [body, code] of [
			[{ app_id: 'cli_nope', app_secret: 'x' }, 10003],
			[{ app_id: 'cli_demo', app_secret: 'x' }, 10014],
			[{ app_id: 'cli_demo' }, 10014],
			[{}, 10003],
			[{ app_id: 5, app_secret: [] }, 10003],
			[{ app_id: 'a\0b', app_secret: '\ud800' }, 10003],
		] as const) {
			for (const path of ['tenant_access_token/internal', 'app_access_token/internal']) {
				const answer = await server.request(`/open-apis/auth/v3/${path}`, {
					method: 'POST',
					body: JSON.stringify(body),
				});
				if (answer.status !== 200) expectFeishuError(answer, JSON.stringify(body), [9499]);
				else expect([10003, code], JSON.stringify(body)).toContain(answer.json.code);
				expect(answer.json.tenant_access_token).toBeUndefined();
			}
		}
	});

	test('a store app gets its tokens by ticket, and a new ticket ends the one before', async () => {
		const made = await sendback(server.dataDir, [
			'app',
			'create',
			'--tenant',
			'demo',
			'--scope',
			'app_engine:approval:read',
			'--store',
			'--json',
		]);
		expect(made.code, made.stderr).toBe(0);
		const app = JSON.parse(made.stdout);
		const ticket = async () => (await sendback(server.dataDir, ['app', 'ticket', app.app_id])).stdout.trim();
		const secret = { app_id: app.app_id, app_secret: app.app_secret };
		const old = await ticket();
		const fresh = await ticket();
		expect((await ask('app_access_token', { ...secret, app_ticket: old })).code).toBe(10003);
		const appToken = await ask('app_access_token', { ...secret, app_ticket: fresh });
		expect(appToken).toMatchObject({
			code: 0,
			app_access_token: expect.stringMatching(/^a-/),
			expire: expect.any(Number),
		});
		const token = await ask('tenant_access_token', { app_access_token: appToken.app_access_token, tenant_key: 'demo' });
		expect(token).toMatchObject({ code: 0, tenant_access_token: expect.stringMatching(/^t-/) });
		expect(await works(token.tenant_access_token)).toBe(true);
		for (const wrong of [
			{ app_access_token: 'a-x', tenant_key: 'demo' },
			{ app_access_token: appToken.app_access_token, tenant_key: 'other' },
			{},
		]) {
			expect((await ask('tenant_access_token', wrong)).code).toBe(10003);
		}
		expect((await ask('tenant_access_token/internal', secret)).code).not.toBe(0);
		expect((await ask('app_ticket/resend', secret)).code).toBe(0);
		expect((await ask('app_ticket/resend', { ...secret, app_secret: 'x' })).code).toBe(10014);
		expect((await sendback(server.dataDir, ['app', 'disable', app.app_id])).code).toBe(0);
		await expect.poll(() => works(token.tenant_access_token), { timeout: 10_000 }).toBe(false);
	});

	test('a second server on the same data is refused and told who holds it', async () => {
		const second = await sendback(server.dataDir, ['serve']);
		expect(second.code).toBe(1);
		expect(second.stderr).toContain(`process ${server.pid}`);
		expect((await server.request('/readyz')).status).toBe(200);
		const doctor = await sendback(server.dataDir, ['doctor']);
		expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining('Everything is in order')]);
	});

	test('/healthz, /metrics, /openapi.json and /docs need no token', async () => {
		for (const path of ['/healthz', '/metrics', '/openapi.json', '/docs'])
			expect((await server.request(path)).status, path).toBe(200);
		expect((await server.request('/openapi.json')).json.openapi).toMatch(/^3\.1/);
	});
});

describe('SIGTERM under load', () => {
	test('answers what was accepted, ends by itself, and all that was answered is there', async () => {
		const server = await startServer();
		await server.deploy(
			'one',
			bpmn({
				id: 'one',
				tasks: ['only'],
				flows: [
					['start', 'only'],
					['only', 'end'],
				],
			}),
		);
		const instances = await Promise.all(Array.from({ length: 200 }, () => startInstance(server, 'one')));
		const tasks = await Promise.all(instances.map(async (started) => (await started.open()).only ?? ''));
		const answers = tasks.map((task) =>
			server.native(`/tasks/${task}/complete`, { user_id: '1001', decision: 'agree' }).then(
				(answer) => answer.status,
				(error) => String(error.cause?.code ?? error),
			),
		);
		await Promise.race(answers);
		const asked_ms = performance.now();
		expect(await server.end('SIGTERM')).toBe(0);
		expect(performance.now() - asked_ms).toBeLessThan(10_000);
		const outcomes = await Promise.all(answers);
		// A connection that was never accepted is refused or reset; one that was gets an answer.
		for (const outcome of outcomes) expect([200, 503, 'ECONNREFUSED', 'ECONNRESET']).toContain(outcome);
		expect(outcomes.filter((outcome) => outcome === 200).length).toBeGreaterThan(0);
		const again = await server.restart();
		try {
			for (const [index, { id }] of instances.entries()) {
				const { status } = await instance(again, id).view();
				if (outcomes[index] === 200) expect(status).toBe('agreed');
				if (outcomes[index] === 503) expect(status).toBe('in_process');
			}
		} finally {
			await again.close();
		}
	});
});

describe('the command line without a server', () => {
	const dataDirs: string[] = [];

	async function unusedDataDir(): Promise<string> {
		const dataDir = await temporaryDataDir();
		dataDirs.push(dataDir);
		return dataDir;
	}

	afterAll(async () => {
		for (const dataDir of dataDirs) await rm(join(dataDir, '..'), { recursive: true });
	});

	test('names every wrong variable at once, before anything starts', async () => {
		const wrong = {
			PORT: 'x',
			HOST: 'not a host!',
			LOG_LEVEL: 'loud',
			SENDBACK_MODE: 'foo',
			SENDBACK_RATE_LIMIT: '-1',
			SENDBACK_TEST_CLOCK: 'maybe',
			DATABASE_URL: 'mysql://x',
		};
		const dataDir = await unusedDataDir();
		const serve = await sendback(dataDir, ['serve'], wrong);
		const doctor = await sendback(dataDir, ['doctor'], wrong);
		expect([serve.code, doctor.code]).toEqual([1, 1]);
		for (const name of Object.keys(wrong)) {
			expect(serve.stderr).toContain(`${name} `);
			expect(doctor.stdout + doctor.stderr).toContain(`${name} `);
		}
	});

	test.each([
		[{ HOST: '0.0.0.0' }, 'HOST'],
		[{ SENDBACK_DATA_DIR: '/dev/null/x' }, 'SENDBACK_DATA_DIR'],
		[{ DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/x' }, 'DATABASE_URL'],
	])('does not start with %j, and says what to do', async (env, name) => {
		const serve = await sendback(await unusedDataDir(), ['serve'], env);
		expect([serve.code, serve.stderr]).toEqual([1, expect.stringContaining(name)]);
		expect(serve.stderr).not.toMatch(/ at .*\.js:\d+/);
	});

	test('helps, and refuses what it does not know', async () => {
		const dataDir = await unusedDataDir();
		const help = await sendback(dataDir, ['--help']);
		expect(help.code).toBe(0);
		for (const word of ['serve', 'app', 'token', 'migrate', 'doctor', 'DATABASE_URL'])
			expect(help.stdout).toContain(word);
		for (const args of [
			['nonsense'],
			['token'],
			['app', 'create', '--tenant', 'x', '--scope', 'bogus'],
			['app', 'create', '--tenant', '../x', '--scope', 'sendback:admin'],
			['history', 'prune', '--archive', ''],
		]) {
			const refused = await sendback(dataDir, args);
			expect(refused.code, args.join(' ')).toBe(1);
			expect(refused.stderr).not.toMatch(/ at .*\.js:\d+/);
		}
	});
});
