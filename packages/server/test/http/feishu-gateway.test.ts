import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FEISHU_CALLS } from '../../src/http/feishu/calls.ts';
import { GATEWAY_ERRORS } from '../../src/http/feishu/gateway-errors.ts';
import { fingerprint } from '../../src/http/idempotency.ts';
import { refuse } from '../../src/refusals.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

/** A body that each call takes, and the fields that it cannot do without. */
const BODIES: Readonly<Record<string, { readonly body: object; readonly required: readonly string[] }>> = {
	'user_task.query': { body: { kunlun_user_id: '1001' }, required: ['kunlun_user_id'] },
	'user_task.rollback_points': { body: { operator_user_id: '1001' }, required: ['operator_user_id'] },
	'user_task.rollback': {
		body: { operator_user_id: '1001', to_task_id: '1234', opinion: '退回原因' },
		required: ['operator_user_id', 'to_task_id', 'opinion'],
	},
	'user_task.cc': {
		body: { operator_user_id: '1001', cc_user_ids: ['1002'] },
		required: ['operator_user_id', 'cc_user_ids'],
	},
	'user_task.expediting': {
		body: { operator_user_id: '1001', expediting_user_ids: ['1002'] },
		required: ['operator_user_id', 'expediting_user_ids'],
	},
	'user_task.chat_group': { body: { operator_user_id: '1001' }, required: ['operator_user_id'] },
	'approval_task.agree': { body: { user_id: '1001' }, required: ['user_id'] },
	'approval_task.reject': { body: { user_id: '1001' }, required: ['user_id'] },
	'approval_task.transfer': { body: { user_id: '1001', to_user_ids: ['1002'] }, required: ['user_id'] },
	'approval_task.add_assignee': { body: { user_id: '1001', approvers: ['1002'] }, required: ['user_id'] },
	'approval_instance.cancel': { body: { user_id: '1001', opinion: '撤销' }, required: ['user_id', 'opinion'] },
	'application.flow.execute': { body: { operator: '{"_id": 1001}' }, required: ['operator'] },
};

const ALL_CALLS = FEISHU_CALLS.map((call) => ({
	name: call.name,
	scope: call.scope,
	url: `/open-apis${call.path.replaceAll(/:[a-z_]*id/g, '1234').replace(':namespace', 'demo__c')}`,
	...(BODIES[call.name] ?? { body: {}, required: [] }),
}));

let gateway: Gateway;
beforeAll(async () => {
	gateway = await openGateway();
});
afterAll(() => gateway.http.close());
beforeEach(() => {
	gateway.world.refusal = null;
	gateway.world.failure = null;
	gateway.world.repeated = false;
	gateway.app.enabled = true;
});

interface Sent {
	readonly url: string;
	readonly body?: string | object;
	readonly authorization?: string | null;
	readonly headers?: Record<string, string>;
}

async function send({ url, body, authorization, headers }: Sent) {
	const answer = await gateway.http.inject({
		method: 'POST',
		url,
		headers: {
			'content-type': 'application/json',
			...(authorization === null ? {} : { authorization: authorization ?? `Bearer ${gateway.token}` }),
			...headers,
		},
		...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
	return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body), text: answer.body };
}

function expectError(
	answer: Awaited<ReturnType<typeof send>>,
	error: { readonly http: number; readonly code: number },
) {
	expect({ http: answer.status, code: answer.body.code }).toEqual({ http: error.http, code: error.code });
	expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
	expect(answer.body.error.log_id).toMatch(/^[0-9]{14}[0-9A-F]{20}$/);
	expect(answer.headers['x-tt-logid']).toBe(answer.body.error.log_id);
}

describe.each(ALL_CALLS)('$name', ({ url, scope, body, required }) => {
	test('without Authorization is 99991661, even with a malformed body', async () => {
		const answer = await send({ url, body: '{', authorization: null });
		expectError(answer, GATEWAY_ERRORS.tokenMissing);
		expect(answer.body.msg).toBe(GATEWAY_ERRORS.tokenMissing.msg);
	});

	test.each([
		['not Bearer', 'Basic abc', GATEWAY_ERRORS.tokenMissing],
		['Bearer without a token', 'Bearer ', GATEWAY_ERRORS.tokenMissing],
		['an unknown tenant token', 'Bearer t-7f1b000000008e560', GATEWAY_ERRORS.tokenInvalid],
		['a user token', 'Bearer u-7f1b', GATEWAY_ERRORS.userToken],
		['an app token', 'Bearer a-7f1b', GATEWAY_ERRORS.tokenPrefix],
		['something else', 'Bearer abc', GATEWAY_ERRORS.tokenPrefix],
	])('with %s is refused before the body is read', async (_case, authorization, error) => {
		const answer = await send({ url, body: '{', authorization });
		expectError(answer, error);
		expect(answer.body.msg).toBe(error.msg);
	});

	test('of a disabled app is 99991662', async () => {
		gateway.app.enabled = false;
		expectError(await send({ url, body }), GATEWAY_ERRORS.appDisabled);
	});

	test('without its scope is 99991672 before the body is read, and names the scope', async () => {
		const token = await gateway.tokenOf(['other:scope']);
		const answer = await send({ url, body: '{', authorization: `Bearer ${token}` });
		expectError(answer, GATEWAY_ERRORS.scopeMissing);
		expect(answer.body.msg).toContain(`One of the following scopes is required: [${scope}].`);
		expect(answer.body.error.permission_violations).toEqual([{ type: 'action_scope_required', subject: scope }]);
	});

	test('with malformed JSON is 9499', async () => {
		for (const text of ['{', '[]', '"x"', '{"a": "\\u0000"}', '{"a": "\\ud800"}']) {
			expectError(await send({ url, body: text }), GATEWAY_ERRORS.badRequest);
		}
	});

	test.each([
		['no body', undefined],
		['an empty body', ''],
		['an empty object', '{}'],
		['null', 'null'],
	])('with %s names every required field', async (_case, text) => {
		const answer = await send({ url, ...(text === undefined ? {} : { body: text }) });
		expectError(answer, GATEWAY_ERRORS.fieldValidation);
		const violations: { field: string; description: string; value: string }[] = answer.body.error.field_violations;
		expect(violations.map(({ field }) => field)).toEqual(required);
		for (const violation of violations) {
			expect(violation).toEqual({ field: violation.field, description: expect.any(String), value: '' });
		}
	});

	test('with each required field missing or null names that field', async () => {
		for (const field of required) {
			for (const without of [
				{ ...body, [field]: undefined },
				{ ...body, [field]: null },
			]) {
				const answer = await send({ url, body: without });
				expectError(answer, GATEWAY_ERRORS.fieldValidation);
				expect(answer.body.error.field_violations).toMatchObject([{ field, value: '' }]);
			}
		}
	});

	test('with a field of the wrong type names it and says its value as text', async () => {
		const [field] = required;
		const answer = await send({ url, body: { ...body, [field ?? '']: true } });
		expectError(answer, GATEWAY_ERRORS.fieldValidation);
		expect(answer.body.error.field_violations).toMatchObject([{ field, value: 'true' }]);
	});

	test('takes a body without Content-Type, with any, and with unknown fields', async () => {
		for (const type of ['', 'text/plain', 'application/json; charset=gbk', 'application/x-www-form-urlencoded']) {
			const answer = await send({ url, body: { ...body, unknown: { x: 1 } }, headers: { 'content-type': type } });
			expect(answer.status === 200 || answer.body.code === 2320001, answer.text).toBe(true);
		}
	});

	test('takes doubled and trailing slashes', async () => {
		for (const spelling of [`/${url}`, `${url}/`, url.replace('/v1/', '//v1/')]) {
			const answer = await send({ url: spelling, body });
			expect(answer.status === 200 || answer.body.code === 2320001, answer.text).toBe(true);
		}
	});

	test('by another method is a 404 in plain text, without a look at token or body', async () => {
		for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'] as const) {
			const answer = await gateway.http.inject({ method, url, payload: method === 'GET' ? '' : '{' });
			expect(answer.statusCode).toBe(404);
			expect(answer.headers['content-type']).toBe('text/plain');
			expect(answer.body).toBe('404 page not found');
		}
	});

	test('a body above the limit is 413 and says so', async () => {
		const answer = await send({ url, body: { ...body, padding: 'x'.repeat(1024 * 1024) } });
		expectError(answer, GATEWAY_ERRORS.bodyTooLarge);
		expect(answer.body.error.message).toContain('1 MiB');
	});
});

const COMMAND_CALLS = ALL_CALLS.filter(({ scope }) => scope !== 'app_engine:approval:read');

describe.each(COMMAND_CALLS)('$name as a command', ({ name, url, body }) => {
	test('succeeds as code 0, msg success and data', async () => {
		const answer = await send({ url, body });
		expect(answer.status, answer.text).toBe(200);
		expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
		expect(answer.body).toEqual({ code: 0, msg: 'success', data: expect.any(Object) });
		if (name !== 'user_task.chat_group' && name !== 'application.flow.execute') expect(answer.body.data).toEqual({});
	});

	test('refused by the engine is 2320001, with the reason for people and for machines', async () => {
		gateway.world.refusal = refuse('task-not-open', { task: '1234' });
		const answer = await send({ url, body });
		expectError(answer, GATEWAY_ERRORS.refused);
		expect(answer.body.msg).toBe('param is invalid');
		expect(answer.body.error.message).toBe(gateway.world.refusal.message);
		expect(answer.body.error.details).toEqual([
			{ key: 'code', value: 'task-not-open' },
			{ key: 'task', value: '1234' },
		]);
	});

	test('while the server is too busy is 429 with when to try again', async () => {
		gateway.world.refusal = { ...refuse('too-busy'), retryAfterSeconds: 2 };
		const answer = await send({ url, body });
		expectError(answer, GATEWAY_ERRORS.rateLimit);
		expect(answer.headers).toMatchObject({ 'retry-after': '2', 'x-ogw-ratelimit-reset': '2' });
	});

	test('while the server stops, or the database is away, is 503', async () => {
		gateway.world.refusal = { ...refuse('shutting-down'), retryAfterSeconds: 3 };
		const stopping = await send({ url, body });
		expectError(stopping, GATEWAY_ERRORS.unavailable);
		expect(stopping.headers['retry-after']).toBe('3');
		gateway.world.refusal = null;
		gateway.world.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
		expectError(await send({ url, body }), GATEWAY_ERRORS.unavailable);
	});

	test('that fails by a bug is 500 and tells nothing of it', async () => {
		gateway.world.failure = new TypeError('secret of the inside');
		const answer = await send({ url, body });
		expectError(answer, GATEWAY_ERRORS.internal);
		expect(answer.text).not.toContain('secret of the inside');
		expect(answer.text).not.toContain('stack');
	});

	test('has the Idempotency-Key in its document, optional', async () => {
		const api = JSON.parse((await gateway.http.inject({ method: 'GET', url: '/openapi.json' })).body);
		const path = Object.keys(api.paths).find((each) => api.paths[each].post?.operationId === name) ?? '';
		expect(api.paths[path].post.parameters).toContainEqual({
			in: 'header',
			name: 'Idempotency-Key',
			required: false,
			description: expect.stringMatching(/first answer/),
			schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
		});
	});

	test('is the same request for an Idempotency-Key however its path is spelled', async () => {
		gateway.world.submitted.length = 0;
		gateway.world.started.length = 0;
		for (const spelling of [url, `/${url}`, `${url}/`, url.replace('/v1/', '//v1/'), url.replace('1234', '%31234')]) {
			await send({ url: spelling, body, headers: { 'idempotency-key': 'once' } });
		}
		const sent = [...gateway.world.submitted, ...gateway.world.started].map((each) => each.idempotency?.fingerprint);
		expect(sent).toEqual(Array(5).fill(fingerprint({ method: 'POST', path: url, body })));
	});

	test('passes on an Idempotency-Key, apart for each app, with a hash of the request', async () => {
		gateway.world.submitted.length = 0;
		gateway.world.started.length = 0;
		await send({ url, body, headers: { 'idempotency-key': 'once' } });
		await send({ url, body: { ...body, extra: 1 }, headers: { 'idempotency-key': 'once' } });
		const [first, second] = [...gateway.world.submitted, ...gateway.world.started].map((sent) => sent.idempotency);
		expect(first?.key).toBe(`${gateway.app.id}:once`);
		expect(second?.key).toBe(first?.key);
		expect(second?.fingerprint).not.toBe(first?.fingerprint);
	});
});

describe('ids', () => {
	const rollback = '/open-apis/apaas/v1/user_tasks/1234/rollback';

	test.each([
		['a word', 'abc'],
		['more than 2^53', '99999999999999999'],
		['a negative number', '-1'],
		['nothing but zero', '0'],
		['U+0000', '%00'],
	])('%s as the task of the path names no task', async (_case, id) => {
		const answer = await send({
			url: rollback.replace('1234', id),
			body: { operator_user_id: '1', to_task_id: '2', opinion: 'x' },
		});
		expect(answer.status).toBe(400);
		expect([2320001, 99992402]).toContain(answer.body.code);
	});

	test('a percent-encoded id is the id', async () => {
		gateway.world.submitted.length = 0;
		await send({
			url: rollback.replace('1234', '%31234'),
			body: { operator_user_id: 1001, to_task_id: 1785996265147395, opinion: 'x' },
		});
		expect(gateway.world.submitted.at(-1)).toMatchObject({
			tenant: 'demo',
			target: { task: '1234' },
			command: { type: 'roll-back', task: '1234', user: '1001', to: '1785996265147395', opinion: 'x' },
		});
	});

	test('a number above 2^53 has lost its digits and is refused', async () => {
		const answer = await send({
			url: rollback,
			body: '{"operator_user_id": "1", "to_task_id": 17859962651473951, "opinion": "x"}',
		});
		expectError(answer, GATEWAY_ERRORS.fieldValidation);
	});

	test('a path that cannot be decoded is a 404', async () => {
		const answer = await gateway.http.inject({ method: 'POST', url: rollback.replace('1234', '%zz') });
		expect(answer.statusCode).toBe(404);
	});
});

describe('limits on lists', () => {
	const many = (count: number) => Array.from({ length: count }, (_, index) => String(2000 + index));
	test.each([
		['user_tasks/1/cc', { operator_user_id: '1', cc_user_ids: [] }, 'cc_user_ids'],
		['user_tasks/1/cc', { operator_user_id: '1', cc_user_ids: many(11) }, 'cc_user_ids'],
		['user_tasks/1/cc', { operator_user_id: '1', cc_user_ids: ['1', {}] }, 'cc_user_ids.1'],
		['user_tasks/1/expediting', { operator_user_id: '1', expediting_user_ids: many(21) }, 'expediting_user_ids'],
		['user_tasks/1/chat_group', { operator_user_id: '1', invite_user_ids: [] }, 'invite_user_ids'],
		['approval_tasks/1/transfer', { user_id: '1', to_user_ids: many(21) }, 'to_user_ids'],
		['approval_tasks/1/add_assignee', { user_id: '1', approvers: many(21) }, 'approvers'],
		['approval_tasks/1/add_assignee', { user_id: '1', add_assignee_type: 'x' }, 'add_assignee_type'],
		['user_task/query', { kunlun_user_id: '1', limit: '51' }, 'limit'],
		['user_task/query', { kunlun_user_id: '1', limit: '0' }, 'limit'],
		['user_task/query', { kunlun_user_id: '1', limit: 'ten' }, 'limit'],
		['user_task/query', { kunlun_user_id: '1', offset: '-1' }, 'offset'],
		['user_task/query', { kunlun_user_id: '1', type: 'done' }, 'type'],
		['user_task/query', { kunlun_user_id: '1', source: 'me' }, 'source'],
		['user_task/query', { kunlun_user_id: '1', api_ids: [] }, 'api_ids'],
		['user_task/query', { kunlun_user_id: '1', api_ids: many(101) }, 'api_ids'],
		['user_task/query', { kunlun_user_id: '1', start_time: 'now' }, 'start_time'],
		['applications/a/flows/b/execute', { operator: 'me' }, 'operator'],
		['applications/a/flows/b/execute', { operator: '{}' }, 'operator'],
		['applications/a/flows/b/execute', { operator: '{"_id": 1}', params: '1' }, 'params'],
		['applications/a/flows/b/execute', { operator: '{"_id": 1}', params: '{"a": "\\u0000"}' }, 'params'],
		['applications/a/flows/b/execute', { operator: '{"_id": 1}', loop_masks: many(21) }, 'loop_masks'],
		['applications/a/flows/b/execute', { operator: '{"_id": 1}', is_async: 'yes' }, 'is_async'],
	])('%s %j is refused for %s', async (path, body, field) => {
		const answer = await send({ url: `/open-apis/apaas/v1/${path}`, body });
		expectError(answer, GATEWAY_ERRORS.fieldValidation);
		expect(answer.body.error.field_violations).toMatchObject([{ field, description: expect.stringMatching(/./) }]);
	});
});

describe('execute', () => {
	const url = '/open-apis/apaas/v1/applications/demo__c/flows/expense/execute';

	test('answers in strings, with the id as a number inside out_params', async () => {
		const answer = await send({ url, body: { operator: '{"_id": "1001"}', params: '{"amount": 5}' } });
		expect(answer.body.data).toEqual({
			status: 'end',
			out_params: '[{"api_name":"_flowExecutionID","value":1816970091484211}]',
			execution_id: '1816970091484211',
			code: '',
			error_msg: '',
		});
		expect(gateway.world.started.at(-1)).toMatchObject({ initiator: '1001', variables: { amount: 5 } });
	});

	test.each([
		['an object', '{"a":1}', { a: 1 }],
		['a list of api_name and value', '[{"api_name":"a","value":1}]', { a: 1 }],
		['a list of name and value', '[{"name":"a","value":[1]}]', { a: [1] }],
		['nothing', '', {}],
		['an object that is no string', { a: 1 }, { a: 1 }],
	])('takes params as %s', async (_case, params, variables) => {
		expect((await send({ url, body: { operator: '{"_id": 1001}', params } })).status).toBe(200);
		expect(gateway.world.started.at(-1)?.variables).toEqual(variables);
	});

	test('finds the operator by email, and refuses an unknown one', async () => {
		await send({ url, body: { operator: '{"email": "employee@example.com"}' } });
		expect(gateway.world.started.at(-1)?.initiator).toBe('1001');
		const answer = await send({ url, body: { operator: '{"email": "nobody@example.com"}' } });
		expectError(answer, GATEWAY_ERRORS.refused);
		expect(answer.body.error.details).toContainEqual({ key: 'code', value: 'user-unknown' });
	});

	test('a repeated idempotent_key is an error', async () => {
		gateway.world.repeated = true;
		const answer = await send({ url, body: { operator: '{"_id": 1}', idempotent_key: 'k' } });
		expectError(answer, GATEWAY_ERRORS.refused);
		expect(answer.body.error.details).toContainEqual({ key: 'code', value: 'idempotency-key-repeated' });
	});
});

describe('query', () => {
	test('answers in strings, labels in both languages, and at most 20 summaries', async () => {
		const answer = await send({
			url: '/open-apis/apaas/v1/user_task/query',
			body: { kunlun_user_id: 1001, type: 'pending', source: 'assignMe', limit: 50, offset: '0' },
		});
		const { data } = answer.body;
		expect(data.count).toBe('1');
		const [task] = data.tasks;
		expect(task).toMatchObject({
			task_id: '1785996265147395',
			task_start_time: expect.stringMatching(/^[0-9]{13}$/),
			workflow_instance: {
				id: '1816970091484211',
				label: [
					{ language_code: '2052', text: 'Expense - Manager' },
					{ language_code: '1033', text: 'Expense - Manager' },
				],
				status: 'in_process',
			},
			initiator: { user_id: '1001', name: '员工 Employee' },
		});
		expect(task.summarys).toHaveLength(20);
		expect(task.summarys[3]).toEqual({
			file_key: { language_code: '2052', text: 'v3' },
			file_value: [
				{ language_code: '2052', text: '3' },
				{ language_code: '1033', text: '3' },
			],
		});
	});
});

describe('a text that is too long to be shown', () => {
	const emoji = `x${'😀'.repeat(600)}`;

	test.each([
		['applications/a/flows/b/execute', { operator: emoji }],
		['user_task/query', { kunlun_user_id: '1', limit: emoji }],
	])('is cut between characters in what is wrong with %s', async (path, body) => {
		const answer = await send({ url: `/open-apis/apaas/v1/${path}`, body });
		expectError(answer, GATEWAY_ERRORS.fieldValidation);
		expect(answer.body.error.field_violations[0].value).toMatch(/^x😀{99}…?$/u);
	});
});

describe('chat_group', () => {
	const url = '/open-apis/apaas/v1/user_tasks/1234/chat_group';
	test('makes an id where none is given, the same again for the same idempotency key', async () => {
		const once = () =>
			send({ url, body: { operator_user_id: '1', chat_id: '' }, headers: { 'idempotency-key': 'chat' } });
		const [first, second] = [await once(), await once()];
		expect(first.body.data.chat_id).toMatch(/^oc_[0-9a-f]{32}$/);
		expect(second.body.data.chat_id).toBe(first.body.data.chat_id);
		const other = await send({ url, body: { operator_user_id: '1' } });
		expect(other.body.data.chat_id).not.toBe(first.body.data.chat_id);
	});

	test('keeps an id that is given', async () => {
		const answer = await send({ url, body: { operator_user_id: '1', chat_id: 'oc_given' } });
		expect(answer.body.data).toEqual({ chat_id: 'oc_given' });
	});
});

describe('whatever is sent', () => {
	const fields = [...new Set(ALL_CALLS.flatMap(({ body }) => Object.keys(body))), 'opinion', 'limit', 'params'];
	const value = fc.oneof(
		fc.jsonValue(),
		fc.constantFrom('1001', 1001, -1, 1.5, 1e300, '', '\u0000', '\ud800', ['1'], [[]], { _id: 1 }, '{"_id": 1}', null),
	);
	const body = fc.dictionary(fc.constantFrom(...fields, '__proto__', 'constructor'), value);

	test('is carried out or refused in the shape that clients know, and never fails', async () => {
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...ALL_CALLS), fc.oneof(body, value), async ({ url }, sent) => {
				const answer = await send({ url, body: JSON.stringify(sent) ?? '' });
				expect([200, 400], answer.text).toContain(answer.status);
				if (answer.status === 200) expect(answer.body).toMatchObject({ code: 0, data: {} });
				else expect(answer.body.error.log_id).toMatch(/^[0-9]{14}/);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('unknown paths', () => {
	test.each([
		'/',
		'/open-apis',
		'/open-apis/apaas/v1/nothing',
		'/open-apis/apaas/v1/user_tasks/1/undo',
		'/favicon.ico',
	])('%s is a 404 in plain text', async (url) => {
		const answer = await gateway.http.inject({ method: 'POST', url, payload: '{' });
		expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 404, body: '404 page not found' });
	});
});

describe('rate limit', () => {
	test('counts each app and call apart and refills with time', async () => {
		const limited = await openGateway(2);
		const call = (url: string) =>
			limited.http.inject({
				method: 'POST',
				url: `/open-apis/apaas/v1/${url}`,
				headers: { authorization: `Bearer ${limited.token}` },
				payload: { kunlun_user_id: '1', user_id: '1' },
			});
		expect((await call('user_task/query')).statusCode).toBe(200);
		expect((await call('user_task/query')).statusCode).toBe(200);
		const third = await call('user_task/query');
		expect(third.statusCode).toBe(429);
		expect(JSON.parse(third.body)).toMatchObject({ code: 99991400, msg: 'request trigger frequency limit' });
		expect(third.headers).toMatchObject({ 'x-ogw-ratelimit-limit': '2', 'x-ogw-ratelimit-reset': '30' });
		expect((await call('approval_tasks/1/agree')).statusCode).toBe(200);
		await limited.world.services.clock.advance?.(30_000);
		expect((await call('user_task/query')).statusCode).toBe(200);
		expect((await call('user_task/query')).statusCode).toBe(429);
		await limited.http.close();
	});
});
