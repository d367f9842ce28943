import { request } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { REFUSAL_STATUS } from '../../src/http/api/refusal-status.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { fingerprint } from '../../src/http/idempotency.ts';
import { REFUSALS, type RefusalCode, refuse } from '../../src/refusals.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

type Method = 'GET' | 'PUT' | 'POST';

interface Call {
	readonly method: Method;
	readonly url: string;
	readonly scope: string;
	readonly body?: object;
	readonly required: readonly string[];
}

const READ = 'app_engine:approval:read';
const WRITE = 'app_engine:approval:write';
const ADMIN = 'sendback:admin';
const WORKER = 'sendback:worker';

const CALLS: readonly Call[] = [
	{ method: 'GET', url: '/api/v1/applications/a/flows/b', scope: ADMIN, required: [] },
	{ method: 'PUT', url: '/api/v1/users/1001', scope: ADMIN, body: { name: 'Employee' }, required: ['name'] },
	{
		method: 'PUT',
		url: '/api/v1/groups/hr',
		scope: ADMIN,
		body: { name: 'HR', members: ['1'] },
		required: ['name', 'members'],
	},
	{
		method: 'POST',
		url: '/api/v1/instances',
		scope: 'app_engine:flow:write',
		body: { namespace: 'a', flow_id: 'b', initiator_id: '1', variables: {}, business_key: null },
		required: ['namespace', 'flow_id', 'initiator_id'],
	},
	{ method: 'GET', url: '/api/v1/instances/1234', scope: READ, required: [] },
	{ method: 'GET', url: '/api/v1/instances/1234/history', scope: READ, required: [] },
	{
		method: 'POST',
		url: '/api/v1/instances/1234/cancel',
		scope: WRITE,
		body: { user_id: '1' },
		required: ['user_id'],
	},
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/complete',
		scope: WRITE,
		body: { user_id: '1', decision: 'agree', variables: { a: 1 }, opinion: '' },
		required: ['user_id', 'decision'],
	},
	{ method: 'GET', url: '/api/v1/tasks/1234/rollback-points?user_id=1', scope: READ, required: [] },
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/rollback',
		scope: WRITE,
		body: { user_id: '1', to_task_id: '2', opinion: 'x', resume: 'replay', dry_run: true },
		required: ['user_id', 'to_task_id'],
	},
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/transfer',
		scope: WRITE,
		body: { user_id: '1', to_user_ids: ['2'] },
		required: ['user_id', 'to_user_ids'],
	},
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/add-assignees',
		scope: WRITE,
		body: { user_id: '1', user_ids: ['2'], position: 'after' },
		required: ['user_id', 'user_ids'],
	},
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/cc',
		scope: WRITE,
		body: { user_id: '1', user_ids: ['2'] },
		required: ['user_id', 'user_ids'],
	},
	{
		method: 'POST',
		url: '/api/v1/tasks/1234/urge',
		scope: WRITE,
		body: { user_id: '1', user_ids: ['2'] },
		required: ['user_id', 'user_ids'],
	},
	{
		method: 'POST',
		url: '/api/v1/rollbacks/1234/undo',
		scope: WRITE,
		body: { user_id: '1' },
		required: ['user_id'],
	},
	{ method: 'POST', url: '/api/v1/messages', scope: ADMIN, body: { name: 'paid' }, required: ['name'] },
	{ method: 'POST', url: '/api/v1/signals', scope: ADMIN, body: { name: 'closed' }, required: ['name'] },
	{
		method: 'POST',
		url: '/api/v1/jobs/fetch',
		scope: WORKER,
		body: { worker_id: 'w', topics: ['pay'], lock_ms: 1000, limit: 1 },
		required: ['worker_id', 'topics'],
	},
	{
		method: 'POST',
		url: '/api/v1/jobs/1234/complete',
		scope: WORKER,
		body: { worker_id: 'w', variables: { paid: true } },
		required: ['worker_id'],
	},
	{
		method: 'POST',
		url: '/api/v1/jobs/1234/fail',
		scope: WORKER,
		body: { worker_id: 'w', message: 'the bank is closed', retries: 2, retry_after_ms: 1000 },
		required: ['worker_id', 'message'],
	},
	{
		method: 'POST',
		url: '/api/v1/jobs/1234/error',
		scope: WORKER,
		body: { worker_id: 'w', code: 'refused' },
		required: ['worker_id', 'code'],
	},
	{ method: 'POST', url: '/api/v1/jobs/1234/retries', scope: WORKER, body: { retries: 1 }, required: ['retries'] },
	{ method: 'GET', url: '/api/v1/jobs/at-rest', scope: WORKER, required: [] },
	{ method: 'GET', url: '/api/v1/instances/1234/jobs', scope: WORKER, required: [] },
	{ method: 'POST', url: '/api/v1/test/clock/advance', scope: ADMIN, body: { ms: 0 }, required: ['ms'] },
];

let gateway: Gateway;
beforeAll(async () => {
	gateway = await openGateway();
});
afterAll(() => gateway.http.close());
beforeEach(() => {
	gateway.world.refusal = null;
	gateway.world.failure = null;
	gateway.app.enabled = true;
});

async function send(
	method: Method,
	url: string,
	payload?: string | object,
	headers: Record<string, string | undefined> = {},
) {
	const answer = await gateway.http.inject({
		method,
		url,
		headers: Object.fromEntries(
			Object.entries({
				authorization: `Bearer ${gateway.token}`,
				...(payload === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			}).filter(([, value]) => value !== undefined),
		),
		...(payload === undefined ? {} : { payload }),
	});
	return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body), text: answer.body };
}

function expectProblem(answer: Awaited<ReturnType<typeof send>>, status: number, code: string) {
	expect({ status: answer.status, code: answer.body.code }, answer.text).toEqual({ status, code });
	expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
	expect(answer.body).toMatchObject({ type: `urn:sendback:problem:${code}`, title: expect.any(String), status });
	expect(answer.body.instance).toBe(`urn:sendback:log:${answer.headers['x-tt-logid']}`);
}

describe.each(CALLS)('$method $url', ({ method, url, scope, body }) => {
	const malformed = body === undefined ? undefined : '{';

	test('without a token is 401, even with a malformed body', async () => {
		const answer = await send(method, url, malformed, { authorization: undefined });
		expectProblem(answer, 401, 'token-missing');
		expect(answer.headers['www-authenticate']).toBe('Bearer');
	});

	test.each(['Bearer t-none', 'Bearer u-user', 'Bearer a-app', 'Bearer x'])('with %s is 401', async (authorization) => {
		expectProblem(await send(method, url, malformed, { authorization }), 401, 'token-invalid');
	});

	test('of a disabled app is 403', async () => {
		gateway.app.enabled = false;
		expectProblem(await send(method, url, body), 403, 'app-disabled');
	});

	test('without its scope is 403 before the body is read, and names the scope', async () => {
		const authorization = `Bearer ${await gateway.tokenOf([])}`;
		const answer = await send(method, url, malformed, { authorization });
		expectProblem(answer, 403, 'scope-missing');
		expect(answer.body.detail).toContain(scope);
		const allowed = await send(method, url, body, { authorization: `Bearer ${await gateway.tokenOf([scope])}` });
		expect([200, 201, 404], allowed.text).toContain(allowed.status);
	});
});

describe.each(CALLS.filter(({ body }) => body !== undefined))(
	'$method $url with a body',
	({ method, url, required }) => {
		test('that is not JSON is 400', async () => {
			expectProblem(await send(method, url, '{'), 400, 'malformed-body');
		});

		test('without its required fields is 400 and names them', async () => {
			const answer = await send(method, url, {});
			expectProblem(answer, 400, 'invalid-request');
			expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual(required);
		});
	},
);

describe.each(CALLS.filter(({ scope }) => scope === WRITE))('$method $url as a command', ({ method, url, body }) => {
	test('refused by the engine is a problem with its code', async () => {
		gateway.world.refusal = refuse('task-not-open', { task: '1234' });
		const answer = await send(method, url, body);
		expectProblem(answer, 409, 'task-not-open');
		expect(answer.body.details).toEqual({ task: '1234' });
	});

	test('that fails by a bug is 500 and tells nothing of it', async () => {
		gateway.world.failure = new TypeError('secret of the inside');
		const answer = await send(method, url, body);
		expectProblem(answer, 500, 'internal-error');
		expect(answer.text).not.toContain('secret');
		gateway.world.failure = Object.assign(new Error('gone'), { code: '57P01' });
		expectProblem(await send(method, url, body), 503, 'unavailable');
	});
});

describe('refusals', () => {
	test('every refusal has its status', async () => {
		for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
			gateway.world.refusal = refuse(code);
			const answer = await send('POST', '/api/v1/tasks/1/complete', { user_id: '1', decision: 'agree' });
			expectProblem(answer, REFUSAL_STATUS[code], code);
			expect(answer.body.title).toBe(REFUSALS[code]);
			expect('retry-after' in answer.headers).toBe(code === 'too-busy' || code === 'shutting-down');
		}
	});
});

describe('unknown paths', () => {
	test.each([
		['POST', '/api/v1/nothing'],
		['POST', '//api/v1/nothing'],
		['POST', '/api//v1/nothing/'],
		['POST', '/api/v1/tasks/1/claim'],
		['POST', '/api/v1/jobs/1/claim'],
		['GET', '/api/v1/tasks/1/complete'],
	] as const)('%s %s is a problem document, without a look at token or body', async (method, url) => {
		expectProblem(
			await send(method, url, method === 'POST' ? '{' : undefined, { authorization: undefined }),
			404,
			'not-found',
		);
	});

	test('the test clock is unknown where time is real', async () => {
		const { services } = gateway.world;
		const http = await createHttpServer({
			services: { ...services, clock: { ...services.clock, advance: null } },
			log: pino({ level: 'silent' }),
			rateLimitPerMinute: 0,
		});
		const answer = await http.inject({
			method: 'POST',
			url: '/api/v1/test/clock/advance',
			headers: { authorization: `Bearer ${gateway.token}` },
			payload: { ms: 1 },
		});
		expect(answer.statusCode).toBe(404);
		await http.close();
	});
});

test('the test clock that cannot get away from a moment says so', async () => {
	const { services } = gateway.world;
	const http = await createHttpServer({
		services: { ...services, clock: { ...services.clock, advance: async () => refuse('due-limit', { now: 'then' }) } },
		log: pino({ level: 'silent' }),
		rateLimitPerMinute: 0,
	});
	const answer = await http.inject({
		method: 'POST',
		url: '/api/v1/test/clock/advance',
		headers: { authorization: `Bearer ${gateway.token}` },
		payload: { ms: 1 },
	});
	expect(answer.statusCode).toBe(422);
	expect(answer.json()).toMatchObject({ code: 'due-limit', details: { now: 'then' } });
	await http.close();
});

describe('ids that name nothing', () => {
	test.each([
		['GET', '/api/v1/instances/abc', 'instance-unknown'],
		['GET', '/api/v1/instances/99999999999999999/history', 'instance-unknown'],
		['GET', '/api/v1/tasks/abc/rollback-points?user_id=1', 'task-unknown'],
	] as const)('%s %s is 404', async (method, url, code) => {
		expectProblem(await send(method, url), 404, code);
	});

	test.each(['complete', 'rollback'])('a task that is no number, for %s', async (verb) => {
		const body = { user_id: '1', decision: 'agree', to_task_id: '1' };
		expectProblem(await send('POST', `/api/v1/tasks/abc/${verb}`, body), 404, 'task-unknown');
	});

	test('a rollback point that is no number', async () => {
		const answer = await send('POST', '/api/v1/tasks/1/rollback', { user_id: '1', to_task_id: 'abc' });
		expectProblem(answer, 404, 'rollback-point-unknown');
	});
});

describe('rollback points', () => {
	/** The sizes of the pages, and whether more is there than they have. */
	async function pages(count: number, query: string): Promise<{ sizes: number[]; truncated: boolean; ids: string[] }> {
		const point = { node: 'n', nodeName: 'N', isStart: false, completedBy: '1', completedAt: 0 };
		gateway.world.points = Array.from({ length: count }, (_, index) => ({ ...point, id: String(count - index) }));
		const sizes: number[] = [];
		const ids: string[] = [];
		for (let cursor: string | null = '0', truncated = false; ; ) {
			if (cursor === null) return { sizes, truncated, ids };
			const url = `/api/v1/tasks/1/rollback-points?user_id=1&occurrences=all&cursor=${cursor}${query}`;
			const { body } = await send('GET', url);
			sizes.push(body.items.length);
			ids.push(...body.items.map(({ id }: { id: string }) => id));
			expect(truncated).toBe(false);
			({ next_cursor: cursor, truncated } = body);
		}
	}

	test('are paged, each once', async () => {
		const { sizes, truncated, ids } = await pages(250, '');
		expect([sizes, truncated, new Set(ids).size]).toEqual([[100, 100, 50], false, 250]);
		expect((await pages(200, '')).sizes).toEqual([100, 100]);
	});

	test.each([
		[1000, false],
		[1001, true],
	])('of %i the 1,000 newest are listed, and whether that is all is said', async (count, isCut) => {
		const { sizes, truncated, ids } = await pages(count, '&limit=300');
		expect([sizes, truncated, ids[0]]).toEqual([[300, 300, 300, 100], isCut, String(count)]);
	});
});

describe('rollback', () => {
	test('a dry run previews and submits nothing', async () => {
		gateway.world.submitted.length = 0;
		const body = { user_id: '1', to_task_id: '2', dry_run: true };
		const answer = await send('POST', '/api/v1/tasks/1/rollback', body);
		expect(answer.body).toEqual({
			id: null,
			reopened: [],
			closed: [],
			undone: [],
			kept: [],
			barriers: [],
			compensations: [],
		});
		expect(gateway.world.submitted).toEqual([]);
	});
});

describe('deployment', () => {
	const url = '/api/v1/applications/demo__c/flows/expense';
	const put = (payload: string | Buffer, type: string) =>
		gateway.http.inject({
			method: 'PUT',
			url,
			headers: { authorization: `Bearer ${gateway.token}`, 'content-type': type },
			payload,
		});

	test.each(['application/xml', 'text/xml', 'application/xml; charset=utf-8'])('takes %s', async (type) => {
		const answer = await put('<definitions/>', type);
		expect(answer.statusCode).toBe(200);
		expect(JSON.parse(answer.body)).toEqual({
			namespace: 'demo__c',
			flow_id: 'expense',
			version: 1,
			warnings: [],
		});
	});

	test('takes three megabytes, so that the model itself says that it is too large', async () => {
		expect((await put('x'.repeat(3 * 1024 * 1024), 'application/xml')).statusCode).toBe(200);
		const larger = await put('x'.repeat(5 * 1024 * 1024), 'application/xml');
		expect(JSON.parse(larger.body)).toMatchObject({ status: 413, code: 'body-too-large' });
	});

	test('refuses what is no XML', async () => {
		expect(JSON.parse((await put('{}', 'application/json')).body)).toMatchObject({
			status: 415,
			code: 'unsupported-media-type',
		});
		expect(JSON.parse((await put(Buffer.from([0xff, 0xfe]), 'application/xml')).body).code).toBe('malformed-body');
		expect(JSON.parse((await put('<a>\0</a>', 'application/xml')).body).code).toBe('malformed-body');
		expect(JSON.parse((await put('', 'application/xml')).body).code).toBe('invalid-request');
	});

	test('refuses names that are none', async () => {
		for (const bad of ['/api/v1/applications/a b/flows/x', '/api/v1/applications/a/flows/%00', '/api/v1/users/a,b']) {
			const answer = await send(
				'PUT',
				bad.replace(' ', '%20'),
				{ name: 'x' },
				{
					'content-type': bad.includes('flows') ? 'application/xml' : 'application/json',
				},
			);
			expectProblem(answer, 400, 'invalid-request');
		}
	});
});

describe('Idempotency-Key', () => {
	const start = (headers: Record<string, string>, variables: object) =>
		send('POST', '/api/v1/instances', { namespace: 'a', flow_id: 'b', initiator_id: '1', variables }, headers);

	test('is passed on with a hash of the request that does not depend on the order of members', async () => {
		gateway.world.started.length = 0;
		await start({ 'idempotency-key': 'k' }, { x: 1, y: { a: 1, b: 2 } });
		await start({ 'idempotency-key': 'k' }, { y: { b: 2, a: 1 }, x: 1 });
		await start({ 'idempotency-key': 'k' }, { x: 2 });
		await start({}, {});
		const keys = gateway.world.started.map(({ idempotency }) => idempotency);
		expect(keys[0]).toEqual(keys[1]);
		expect(keys[0]).toMatchObject({ key: `${gateway.app.id}:k` });
		expect(keys[2]?.fingerprint).not.toBe(keys[0]?.fingerprint);
		expect(keys[3]).toBeNull();
	});

	test('is of one request however its path is spelled, and of another one for another path', async () => {
		const url = '/api/v1/tasks/1234/urge';
		const body = { user_id: '1', user_ids: ['2'] };
		gateway.world.submitted.length = 0;
		for (const spelling of [
			url,
			`${url}/`,
			`/${url}`,
			url.replace('1234', '%31234'),
			`${url}?x=1`,
			'/api/v1/tasks/123/urge',
		]) {
			await send('POST', spelling, body, { 'idempotency-key': 'k' });
		}
		const [first, ...others] = gateway.world.submitted.map(({ idempotency }) => idempotency?.fingerprint);
		expect(others.map((each) => each === first)).toEqual([true, true, true, true, false]);
		// Keys are kept for seven days, and so are the fingerprints that earlier versions have made of the path as it came.
		expect(first).toBe(fingerprint({ method: 'POST', path: url, body }));
	});

	test('is in the document of exactly the calls that read it', async () => {
		const api = JSON.parse((await gateway.http.inject({ method: 'GET', url: '/openapi.json' })).body);
		const native = Object.entries<Record<string, { parameters?: { in: string; name: string }[] }>>(api.paths)
			.filter(([path]) => path.startsWith('/api/'))
			.map(([path, methods]) => ({ path: path.replace(/\{[^}]*\}/, '1234'), methods }));
		const posts = CALLS.filter(({ method }) => method === 'POST');
		const sent = [...posts, { url: '/api/v1/instances/1234/migrate', body: {} }];
		expect(sent.map(({ url }) => url).sort()).toEqual(
			native.flatMap(({ path, methods }) => (methods.post === undefined ? [] : [path])).sort(),
		);
		const reading: string[] = [];
		for (const { url, body } of sent) {
			const answer = await send('POST', url, { ...body, dry_run: false }, { 'idempotency-key': 'a b' });
			if (answer.body.code === 'idempotency-key-invalid') reading.push(url);
		}
		const documented = native.filter(({ methods }) =>
			Object.values(methods).some(({ parameters = [] }) =>
				parameters.some((each) => each.in === 'header' && each.name === 'Idempotency-Key'),
			),
		);
		expect(documented.map(({ path }) => path).sort()).toEqual(reading.sort());
	});

	test.each(['', 'a b', 'x'.repeat(256), 'é'])('%j is refused', async (key) => {
		expectProblem(await start({ 'idempotency-key': key }, {}), 400, 'idempotency-key-invalid');
	});
});

describe('operations', () => {
	test('health, readiness, metrics and documents need no token', async () => {
		const get = (url: string) => gateway.http.inject({ method: 'GET', url });
		expect(JSON.parse((await get('/healthz')).body)).toEqual({ status: 'ok' });
		expect(JSON.parse((await get('/readyz')).body)).toEqual({ status: 'ready' });
		expect((await get('/metrics')).body).toContain('sendback_http_request_duration_seconds');
		expect((await get('/docs')).headers['content-type']).toContain('text/html');
		expect(JSON.parse((await get('/openapi.json')).body).openapi).toBe('3.1.0');
	});

	test.each(['/docs/', '/docs//', '/docs/?x=1'])(
		'%s leads to /docs, next to which the page finds its document',
		async (url) => {
			const answer = await gateway.http.inject({ method: 'GET', url });
			expect(answer.statusCode).toBe(308);
			// Relative, so that it holds behind a proxy that adds a prefix.
			const seen = new URL(String(answer.headers.location), `https://example.com/sendback${url}`);
			expect(seen.href).toBe('https://example.com/sendback/docs');
		},
	);

	test('the OpenAPI document has every call, with its schemas and its scope', async () => {
		const api = JSON.parse((await gateway.http.inject({ method: 'GET', url: '/openapi.json' })).body);
		expect(Object.keys(api.paths)).toHaveLength(12 + 5 + 27 + 4);
		const rollback = api.paths['/open-apis/apaas/v1/user_tasks/{task_id}/rollback'].post;
		expect(rollback.requestBody.content['application/json'].schema.required).toEqual([
			'operator_user_id',
			'to_task_id',
			'opinion',
		]);
		const deploy = api.paths['/api/v1/applications/{namespace}/flows/{flow_id}'].put;
		expect(Object.keys(deploy.requestBody.content)).toEqual(['application/xml']);
		expect(api.paths['/api/v1/instances'].post.responses['201'].content['application/json'].schema.type).toBe('object');
	});

	test('counts commands by type and outcome', async () => {
		await send('POST', '/api/v1/tasks/1/urge', { user_id: '1', user_ids: ['2'] });
		gateway.world.refusal = refuse('not-permitted');
		await send('POST', '/api/v1/tasks/1/urge', { user_id: '1', user_ids: ['2'] });
		const { body } = await gateway.http.inject({ method: 'GET', url: '/metrics' });
		expect(body).toMatch(/sendback_commands_total\{type="urge-task",outcome="accepted"\} [1-9]/);
		expect(body).toMatch(/sendback_commands_total\{type="urge-task",outcome="not-permitted"\} [1-9]/);
	});

	test('the log id and the content type have the case that the Python SDK looks for', async () => {
		const url = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
		const names = await new Promise<readonly string[]>((resolve, reject) => {
			request(`${url}/open-apis/apaas/v1/user_task/query`, { method: 'POST' }, (response) => {
				response.resume();
				resolve(response.rawHeaders);
			})
				.on('error', reject)
				.end();
		});
		expect(names).toContain('X-Tt-Logid');
		expect(names).toContain('Content-Type');
		expect(names).not.toContain('content-type');
	});
});
