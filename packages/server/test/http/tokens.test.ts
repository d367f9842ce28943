import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { claimedApp, issueToken, isTokenValid } from '../../src/http/tokens/access-token.ts';
import { createAuthentication } from '../../src/http/tokens/authenticate.ts';
import type { App, Services } from '../../src/services.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

const MINUTE_MS = 60_000;

function anApp(id: string, tenant = 'demo'): App {
	return { id, tenant, name: id, scopes: [], enabled: true, store: false, tokenKey: randomBytes(32) };
}

describe('access tokens', () => {
	const app = anApp('cli_demo');

	test('at any time: the same token while 30 minutes or more are left, then a new one, and both are valid', () => {
		const time = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2100) });
		const later = fc.integer({ min: 0, max: 130 * MINUTE_MS });
		fc.assert(
			fc.property(time, later, (now, delay) => {
				const first = issueToken('tenant', app, now);
				const left = first.expiresInSeconds * 1000;
				expect(Number.isInteger(first.expiresInSeconds)).toBe(true);
				expect(first.expiresInSeconds).toBeGreaterThanOrEqual(1800);
				expect(first.expiresInSeconds).toBeLessThanOrEqual(7200);
				const second = issueToken('tenant', app, now + delay);
				// `expiresInSeconds` is rounded down, so the true rest is up to a second more.
				if (left - delay >= 30 * MINUTE_MS) expect(second.token).toBe(first.token);
				if (left + 1000 - delay < 30 * MINUTE_MS) expect(second.token).not.toBe(first.token);
				expect(isTokenValid('tenant', second.token, app, now + delay)).toBe(true);
				if (delay < left) expect(isTokenValid('tenant', first.token, app, now + delay)).toBe(true);
				if (delay >= left + 1000) expect(isTokenValid('tenant', first.token, app, now + delay)).toBe(false);
			}),
		);
	});

	test('the moments of the rule, to the millisecond', () => {
		const changes: number[] = [];
		const start = Date.UTC(2030, 0, 1);
		let token = issueToken('tenant', app, start).token;
		let at = start;
		while (changes.length < 2) {
			at += 1000;
			const next = issueToken('tenant', app, at);
			if (next.token !== token) changes.push(at);
			token = next.token;
		}
		const [first = 0, second = 0] = changes;
		expect(second - first).toBe(90 * MINUTE_MS);
		// The last moment of the window is when exactly 30 minutes are left.
		let edge = first - 1000;
		const before = issueToken('tenant', app, edge).token;
		while (issueToken('tenant', app, edge + 1).token === before) edge++;
		expect(issueToken('tenant', app, edge).expiresInSeconds).toBe(1800);
		expect(issueToken('tenant', app, edge + 1).expiresInSeconds).toBe(7199);
		expect(isTokenValid('tenant', before, app, edge + 30 * MINUTE_MS - 1)).toBe(true);
		expect(isTokenValid('tenant', before, app, edge + 30 * MINUTE_MS)).toBe(false);
	});

	test('a token says which app it belongs to, and is of use to no other app, tenant, key or kind', () => {
		const now = Date.UTC(2030, 0, 1);
		const { token } = issueToken('tenant', app, now);
		expect(token).toMatch(/^t-[A-Za-z0-9_-]+$/);
		expect(claimedApp('tenant', token)).toBe('cli_demo');
		expect(claimedApp('app', token)).toBeNull();
		expect(isTokenValid('tenant', token, { ...app, tenant: 'other' }, now)).toBe(false);
		expect(isTokenValid('tenant', token, { ...app, id: 'cli_other' }, now)).toBe(false);
		expect(isTokenValid('tenant', token, { ...app, tokenKey: randomBytes(32) }, now)).toBe(false);
		const appToken = issueToken('app', app, now).token;
		expect(appToken).toMatch(/^a-/);
		expect(isTokenValid('tenant', `t-${appToken.slice(2)}`, app, now)).toBe(false);
	});

	test('no token survives the change of a character', () => {
		const now = Date.UTC(2030, 0, 1);
		const { token } = issueToken('tenant', app, now);
		const characters = [...'ABCXYZabcxyz0189-_='];
		fc.assert(
			fc.property(fc.integer({ min: 2, max: token.length - 1 }), fc.constantFrom(...characters), (index, character) => {
				const changed = token.slice(0, index) + character + token.slice(index + 1);
				expect(isTokenValid('tenant', changed, app, now)).toBe(changed === token);
			}),
		);
	});

	test('anything else is no token, and does not throw', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 200 }), (text) => {
				expect(isTokenValid('tenant', `t-${text}`, app, 0)).toBe(false);
			}),
		);
	});
});

describe('token calls', () => {
	let gateway: Gateway;
	let storeApp: { readonly id: string; readonly secret: string };
	beforeAll(async () => {
		gateway = await openGateway();
		storeApp = await gateway.world.services.apps.create({
			tenant: 'demo',
			name: 'store',
			scopes: ['app_engine:approval:read'],
			store: true,
		});
	});
	afterAll(() => gateway.http.close());

	async function ask(path: string, body: unknown) {
		const answer = await gateway.http.inject({
			method: 'POST',
			url: `/open-apis/auth/v3/${path}`,
			payload: typeof body === 'string' ? body : JSON.stringify(body),
		});
		expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
		return { status: answer.statusCode, body: JSON.parse(answer.body) };
	}

	async function query(token: string) {
		const answer = await gateway.http.inject({
			method: 'POST',
			url: '/open-apis/apaas/v1/user_task/query',
			headers: { authorization: `Bearer ${token}` },
			payload: { kunlun_user_id: '1' },
		});
		return JSON.parse(answer.body).code;
	}

	const credentials = () => ({ app_id: gateway.app.id, app_secret: gateway.secret });

	test('tenant_access_token/internal gives a token that works, without Content-Type and with a trailing slash', async () => {
		for (const path of ['tenant_access_token/internal', 'tenant_access_token/internal/']) {
			const { status, body } = await ask(path, credentials());
			expect(status).toBe(200);
			expect(body).toEqual({
				code: 0,
				msg: 'ok',
				tenant_access_token: expect.stringMatching(/^t-/),
				expire: expect.any(Number),
			});
			expect(await query(body.tenant_access_token)).toBe(0);
		}
	});

	test('app_access_token/internal carries both tokens, and they are one', async () => {
		const { body } = await ask('app_access_token/internal', credentials());
		expect(body).toMatchObject({ code: 0, msg: 'ok', expire: expect.any(Number) });
		expect(body.app_access_token).toBe(body.tenant_access_token);
		expect(await query(body.tenant_access_token)).toBe(0);
	});

	test.each([
		['an unknown app', () => ({ app_id: 'cli_nobody', app_secret: 'x' }), 10003, 'invalid param'],
		['no app', () => ({}), 10003, 'invalid param'],
		['no body', () => '', 10003, 'invalid param'],
		['a number for an app', () => ({ app_id: 1, app_secret: 'x' }), 10003, 'invalid param'],
		['a wrong secret', () => ({ ...credentials(), app_secret: 'x' }), 10014, 'app secret invalid'],
		['a store app', () => ({ app_id: storeApp.id, app_secret: storeApp.secret }), 10003, 'invalid param'],
	])('for %s answers 200 with %s', async (_case, body, code, msg) => {
		for (const path of ['tenant_access_token/internal', 'app_access_token/internal']) {
			expect(await ask(path, body())).toEqual({ status: 200, body: { code, msg } });
		}
	});

	test.each([
		['malformed JSON', '{', 400],
		['a list', '[]', 400],
		['more than a body may have', 'x'.repeat(1024 * 1024 + 1), 413],
	])('%s is no 200', async (_case, body, status) => {
		expect(await ask('tenant_access_token/internal', body)).toMatchObject({ status, body: { code: 9499 } });
	});

	test('while the database is away there is no 200 either', async () => {
		const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
		const { apps } = gateway.world.services;
		const find = vi.spyOn(apps, 'find').mockRejectedValueOnce(away);
		expect(await ask('tenant_access_token/internal', credentials())).toMatchObject({
			status: 503,
			body: { code: 2200 },
		});
		find.mockRestore();
	});

	test('with a moved clock: the same, then a new one, both valid, then only the new', async () => {
		const { advance } = gateway.world.services.clock;
		const first = (await ask('tenant_access_token/internal', credentials())).body;
		await advance?.((first.expire - 1800) * 1000);
		const same = (await ask('tenant_access_token/internal', credentials())).body;
		expect(same.tenant_access_token).toBe(first.tenant_access_token);
		expect(same.expire).toBe(1800);
		await advance?.(2000);
		const next = (await ask('tenant_access_token/internal', credentials())).body;
		expect(next.tenant_access_token).not.toBe(first.tenant_access_token);
		expect(next.expire).toBeGreaterThan(7190);
		expect(await query(first.tenant_access_token)).toBe(0);
		expect(await query(next.tenant_access_token)).toBe(0);
		await advance?.(1799 * 1000);
		expect(await query(first.tenant_access_token)).toBe(99991663);
		expect(await query(next.tenant_access_token)).toBe(0);
	});

	test('a store app goes from a ticket to an app token to a token of its tenant', async () => {
		const { id, secret } = storeApp;
		expect((await ask('app_ticket/resend', { app_id: id, app_secret: secret })).body).toEqual({
			code: 0,
			msg: 'success',
		});
		const ticket = await gateway.world.services.apps.issueTicket(id);
		const appToken = await ask('app_access_token', { app_id: id, app_secret: secret, app_ticket: ticket });
		expect(appToken.body).toMatchObject({ code: 0, msg: 'ok', app_access_token: expect.stringMatching(/^a-/) });
		const { app_access_token } = appToken.body;
		const tenantToken = await ask('tenant_access_token', { app_access_token, tenant_key: 'demo' });
		expect(tenantToken.body).toMatchObject({ code: 0, tenant_access_token: expect.stringMatching(/^t-/) });
		expect(await query(tenantToken.body.tenant_access_token)).toBe(0);
		expect((await ask('tenant_access_token', { app_access_token, tenant_key: 'other' })).body.code).toBe(10003);
		expect((await ask('tenant_access_token', { app_access_token: 'a-x', tenant_key: 'demo' })).body.code).toBe(10003);
	});

	test('never answers 10012, on which the Go SDK would ask for tickets without end', async () => {
		const { id, secret } = storeApp;
		const body = { app_id: id, app_secret: secret, app_ticket: 'wrong' };
		expect((await ask('app_access_token', body)).body.code).toBe(10003);
		expect((await ask('app_ticket/resend', { app_id: id, app_secret: 'wrong' })).body.code).toBe(10014);
		expect((await ask('app_ticket/resend', { app_id: 'cli_nobody', app_secret: secret })).body.code).toBe(10003);
	});
});

describe('authentication', () => {
	function door(start: number) {
		const original = anApp('cli_demo');
		let app: App | null = original;
		let now = start;
		const apps = { find: async () => app } as unknown as Services['apps'];
		const authenticate = createAuthentication({ apps, clock: { now: () => now } as Services['clock'] });
		const issued = issueToken('tenant', original, start);
		return {
			enter: async () => {
				const answer = await authenticate(`Bearer ${issued.token}`);
				return answer.ok ? 'in' : answer.problem;
			},
			change: (change: Partial<App> | null) => {
				app = change === null ? null : { ...original, ...change };
			},
			runOut: () => {
				now = start + (issued.expiresInSeconds + 1) * 1000;
			},
		};
	}

	test('takes a token again that it has taken before', async () => {
		const { enter } = door(1_000_000_000);
		expect([await enter(), await enter()]).toEqual(['in', 'in']);
	});

	test('asks each time what the app and the time are now', async () => {
		const { enter, change, runOut } = door(1_000_000_000);
		expect(await enter()).toBe('in');
		change({ enabled: false });
		expect(await enter()).toBe('app-disabled');
		change({ tokenKey: randomBytes(32) });
		expect(await enter()).toBe('invalid');
		change(null);
		expect(await enter()).toBe('invalid');
		change({});
		expect(await enter()).toBe('in');
		runOut();
		expect(await enter()).toBe('invalid');
	});
});
