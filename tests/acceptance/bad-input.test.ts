import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectFeishuError, expectProblem } from './answer-shapes.ts';
import { bpmn } from './bpmn.ts';
import { type Instance, startInstance } from './instance.ts';
import { type Json, type Server, sendback, startServer, tenantToken } from './server.ts';

const users = ['1001', '1002', '1003', '1004', '1005'];

const feishuCalls: Readonly<Record<string, Json>> = {
	'/apaas/v1/user_task/query': {
		kunlun_user_id: '1001',
		type: 'pending',
		source: 'assignMe',
		limit: '10',
		offset: '0',
		start_time: '1',
		end_time: '2',
		api_ids: ['x'],
	},
	'/apaas/v1/user_tasks/TASK/rollback_points': { operator_user_id: '1001' },
	'/apaas/v1/user_tasks/TASK/rollback': { operator_user_id: '1001', to_task_id: '99', opinion: 'o' },
	'/apaas/v1/user_tasks/TASK/cc': { operator_user_id: '1001', cc_user_ids: ['1002'] },
	'/apaas/v1/user_tasks/TASK/expediting': { operator_user_id: '1001', expediting_user_ids: ['1001'], opinion: 'o' },
	'/apaas/v1/user_tasks/TASK/chat_group': {
		operator_user_id: '1001',
		invite_user_ids: ['1002'],
		chat_id: 'oc_1',
		chat_name: 'n',
	},
	'/apaas/v1/approval_tasks/TASK/agree': { user_id: '1001', opinion: 'o' },
	'/apaas/v1/approval_tasks/TASK/reject': { user_id: '1001', opinion: 'o' },
	'/apaas/v1/approval_tasks/TASK/transfer': {
		user_id: '1001',
		from_user_ids: ['1001'],
		to_user_ids: ['1002'],
		opinion: 'o',
	},
	'/apaas/v1/approval_tasks/TASK/add_assignee': {
		user_id: '1001',
		approvers: ['1002'],
		add_assignee_type: 'currentAndAddAssign',
		opinion: 'o',
	},
	'/apaas/v1/approval_instances/INSTANCE/cancel': { user_id: '1001', opinion: 'o' },
	'/apaas/v1/applications/demo__c/flows/unknown/execute': {
		operator: '{"_id":1001}',
		params: '{}',
		is_async: false,
		idempotent_key: 'k',
		loop_masks: ['x'],
	},
};

const nativeCalls: Readonly<Record<string, Json>> = {
	'/instances': { namespace: 'demo__c', flow_id: 'unknown', initiator_id: '1001', variables: {}, business_key: 'b' },
	'/instances/INSTANCE/cancel': { user_id: '1001', opinion: 'o' },
	'/tasks/TASK/complete': { user_id: '1001', decision: 'agree', variables: {}, opinion: 'o' },
	'/tasks/TASK/rollback': { user_id: '1001', to_task_id: '99', opinion: 'o', resume: 'replay', dry_run: false },
	'/tasks/TASK/transfer': { user_id: '1001', to_user_ids: ['1002'], from_user_ids: ['1001'], opinion: 'o' },
	'/tasks/TASK/add-assignees': { user_id: '1001', user_ids: ['1002'], position: 'beside', opinion: 'o' },
	'/tasks/TASK/cc': { user_id: '1001', user_ids: ['1002'] },
	'/tasks/TASK/urge': { user_id: '1001', user_ids: ['1001'], opinion: 'o' },
};

/** What may be sent where a field is expected. None of it is what the field takes, or the call fails for its unknown id. */
const wrongValues: readonly Json[] = [
	5,
	-1,
	1.5,
	1e300,
	true,
	'',
	' ',
	[],
	{},
	[[]],
	[{}],
	[5],
	[null],
	[''],
	['a\0b'],
	'a\0b',
	'\ud800',
	['\udfff'],
	'x'.repeat(100_000),
	Array(600).fill('1001'),
	Array(600).fill('nobody'),
	'../../etc/passwd',
	"1' OR '1'='1",
	'1001\n',
	'１００１',
	{ __proto__: null, constructor: 1 },
	'{"_id":',
	'{"__proto__":{"x":1}}',
	'9'.repeat(30),
	'-5',
	'NaN',
	'nobody',
];

const badIds = [
	'abc',
	'-1',
	'0',
	'1.5',
	'1e3',
	'0x10',
	'99999999999999999999',
	'9007199254740993',
	'%31%32',
	'%00',
	'1%00',
	'%2e%2e%2f%2e%2e%2fetc%2fpasswd',
	'..%2f..%2f',
	'%ff',
	'%zz',
	'%ud800',
	'%ED%A0%80',
	'x'.repeat(3000),
	'9'.repeat(3000),
	'1;drop%20table',
	"1'or'1'='1",
	'%EF%BC%91',
	'%20',
	'1%2F2',
	'__proto__',
	'constructor',
	'null',
	'undefined',
	'*',
	'%25',
];

let server: Server;
let flow: Instance;
let task: string;
let token: string;
let foreign: { readonly authorization: string };
let weak: { readonly authorization: string };

beforeAll(async () => {
	server = await startServer();
	const chain = bpmn({
		id: 'chain',
		tasks: ['one', 'two'],
		flows: [
			['start', 'one'],
			['one', 'two'],
			['two', 'end'],
		],
	});
	expect((await server.deploy('chain', chain)).status).toBe(200);
	flow = await startInstance(server, 'chain', { kept: true });
	await flow.agree('one');
	task = (await flow.open()).two ?? '';
	token = await tenantToken(server.request, 'cli_demo', 'demo_secret');
	foreign = await newApp('other', [
		'app_engine:approval:read',
		'app_engine:approval:write',
		'app_engine:flow:write',
		'sendback:admin',
	]);
	weak = await newApp('demo', ['app_engine:approval:read']);
});

afterAll(() => server?.close());

async function newApp(tenant: string, scopes: readonly string[]): Promise<{ readonly authorization: string }> {
	const made = await sendback(server.dataDir, [
		'app',
		'create',
		'--tenant',
		tenant,
		...scopes.flatMap((scope) => ['--scope', scope]),
		'--json',
	]);
	expect(made.code, made.stderr).toBe(0);
	const app = JSON.parse(made.stdout);
	return { authorization: `Bearer ${await tenantToken(server.request, app.app_id, app.app_secret)}` };
}

/** All that could have been changed: the instance, its history, and everybody's lists. */
async function everything(): Promise<Json> {
	const lists: Json[] = [];
	for (const user of users) {
		for (const source of ['assignMe', 'fromMe', 'CCMe']) {
			for (const type of ['pending', 'archived']) {
				lists.push(
					(await server.feishu('/apaas/v1/user_task/query', { kunlun_user_id: user, source, type })).json.data,
				);
			}
		}
	}
	return { view: await flow.view(), history: await flow.history(), lists };
}

/** Runs what must change nothing while others work normally: nothing changed, the others were served, and in time. */
async function harmless(attack: () => Promise<void>): Promise<void> {
	const before = await everything();
	const latencies_ms: number[] = [];
	let going = true;
	const others = (async () => {
		while (going) {
			const from_ms = performance.now();
			const answer = await server.feishu('/apaas/v1/user_task/query', { kunlun_user_id: '1001' });
			latencies_ms.push(performance.now() - from_ms);
			expect(answer.status).toBe(200);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	})();
	try {
		await attack();
	} finally {
		going = false;
		await others;
	}
	expect(await everything()).toEqual(before);
	expect((await server.request('/readyz')).status).toBe(200);
	// Far above what is usual, 20 to 120 ms: a machine may be busy, but an attack that blocks the process takes seconds.
	expect(Math.max(...latencies_ms), 'the longest that somebody else waited, in ms').toBeLessThan(2_000);
}

/** At most eight at a time, so that the attack does not crowd out the calls it is compared with. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
	const queue = [...items];
	await Promise.all(
		Array.from({ length: 8 }, async () => {
			for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
		}),
	);
}

function withIds(path: string, id: string): string {
	return path.replace('TASK', id).replace('INSTANCE', id);
}

describe('values of the wrong type, size or kind in every field', () => {
	test('of the Feishu calls', async () => {
		await harmless(async () => {
			const cases = Object.entries(feishuCalls).flatMap(([path, body]) =>
				Object.keys(body).flatMap((field) =>
					wrongValues.map((value) => ({ path, field, body: { ...body, [field]: value } })),
				),
			);
			await eachOf(cases, async ({ path, field, body }) => {
				const answer = await server.feishu(withIds(path, '77'), body);
				if (path.endsWith('query') && answer.status === 200) return;
				expectFeishuError(
					answer,
					`${path} ${field} ${JSON.stringify(body[field]).slice(0, 60)}`,
					[99992402, 2320001, 9499],
				);
			});
		});
	});

	test('of the native calls', async () => {
		await harmless(async () => {
			const cases = Object.entries(nativeCalls).flatMap(([path, body]) =>
				Object.keys(body).flatMap((field) =>
					wrongValues.concat(null).map((value) => ({ path, field, body: { ...body, [field]: value } })),
				),
			);
			await eachOf(cases, async ({ path, field, body }) => {
				const answer = await server.native(withIds(path, '77'), body);
				expectProblem(answer, `${path} ${field} ${JSON.stringify(body[field]).slice(0, 60)}`);
			});
		});
	});

	test('on the real task too, where only the field is wrong', async () => {
		await harmless(async () => {
			const people = ['nobody', 'a\0b', '\ud800', '', ' ', 5.5, true, {}, ['1001'], 'x'.repeat(300)];
			for (const user of people) {
				expectProblem(
					await server.native(`/tasks/${task}/complete`, { user_id: user, decision: 'agree' }),
					`user ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/approval_tasks/${task}/agree`, { user_id: user }),
					`user ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/approval_tasks/${task}/transfer`, { user_id: '1001', to_user_ids: [user] }),
					`to ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/approval_tasks/${task}/add_assignee`, {
						user_id: '1001',
						approvers: ['1002', user],
					}),
					`add ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/user_tasks/${task}/cc`, {
						operator_user_id: '1001',
						cc_user_ids: ['1002', user],
					}),
					`cc ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/user_tasks/${task}/expediting`, {
						operator_user_id: '1001',
						expediting_user_ids: [user],
					}),
					`urge ${user}`,
				);
				expectFeishuError(
					await server.feishu(`/apaas/v1/user_tasks/${task}/chat_group`, {
						operator_user_id: '1001',
						invite_user_ids: [user],
					}),
					`invite ${user}`,
				);
				expectProblem(
					await server.native('/instances', { namespace: 'demo__c', flow_id: 'chain', initiator_id: user }),
					`start ${user}`,
				);
				expectFeishuError(
					await server.feishu('/apaas/v1/applications/demo__c/flows/chain/execute', {
						operator: JSON.stringify({ _id: user }),
					}),
					`execute ${user}`,
				);
				expectFeishuError(
					await server.feishu('/apaas/v1/applications/demo__c/flows/chain/execute', {
						operator: JSON.stringify({ email: user }),
					}),
					`execute ${user}`,
				);
			}
			for (const [path, field, most] of [
				['cc', 'cc_user_ids', 10],
				['expediting', 'expediting_user_ids', 20],
				['chat_group', 'invite_user_ids', 20],
			] as const) {
				const body = { operator_user_id: '1001', [field]: Array(most + 1).fill('1001') };
				expectFeishuError(await server.feishu(`/apaas/v1/user_tasks/${task}/${path}`, body), path, [99992402]);
			}
			for (const opinion of ['a\0b', '\ud800', 5, {}, 'x'.repeat(900_000)]) {
				expectFeishuError(
					await server.feishu(`/apaas/v1/approval_tasks/${task}/agree`, { user_id: '1001', opinion }),
					`opinion ${String(opinion).slice(0, 9)}`,
				);
			}
		});
	});

	test('variables that are no plain values', async () => {
		await harmless(async () => {
			const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
			const variables = [
				'[]',
				'5',
				'"x"',
				'true',
				'{"a":"\\u0000"}',
				'{"\\u0000":1}',
				'{"a":"\\ud800"}',
				'{"\\udc00":1}',
				'{"a":1e999}',
				nested(150),
				nested(5000),
				nested(100_000),
				`{"a":"${'x'.repeat(2_000_000)}"}`,
				'{"__proto__":{"polluted":1}}',
				'{"":1}',
				`{"${'k'.repeat(100_000)}":1}`,
				'{"a":{"__proto__":{"b":1}}}',
				'{"initiator":"1002"}',
			];
			await eachOf(variables, async (text) => {
				const answer = await server.request(`/api/v1/tasks/${task}/complete`, {
					method: 'POST',
					headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
					body: `{"user_id":"nobody","decision":"agree","variables":${text}}`,
				});
				expectProblem(answer, text.slice(0, 60));
			});
		});
	});
});

describe('bodies', () => {
	const bodies: Readonly<Record<string, string | Uint8Array>> = {
		empty: '',
		brace: '{',
		array: '[]',
		text: '"x"',
		null: 'null',
		number: '5',
		'two values': '{} {}',
		'a trailing comma': '{"a":1,}',
		'single quotes': "{'a':1}",
		'no UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
		'a cut character': new Uint8Array([0x7b, 0x22, 0xe4, 0xb8]),
		NUL: '\0',
		'deep arrays': '['.repeat(200_000),
		'deep objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
		'too large': `{"a":"${'x'.repeat(3_000_000)}"}`,
		'many keys': `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":1`).join()}}`,
		__proto__: '{"__proto__":{"user_id":"1001","operator_user_id":"1001","kunlun_user_id":"1001"}}',
		constructor: '{"constructor":{"prototype":{"x":1}}}',
		form: 'user_id=1001',
	};

	test('that are no object of the right fields, on every call', async () => {
		await harmless(async () => {
			const cases = [
				...Object.keys(feishuCalls).map((path) => `/open-apis${path}`),
				...Object.keys(nativeCalls).map((path) => `/api/v1${path}`),
			].flatMap((path) => Object.entries(bodies).map(([name, body]) => ({ path, name, body })));
			await eachOf(cases, async ({ path, name, body }) => {
				const answer = await server.request(withIds(path, task), {
					method: 'POST',
					headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
					body,
				});
				const check = path.startsWith('/open-apis') ? expectFeishuError : expectProblem;
				check(answer, `${path} ${name}`);
			});
		});
	});
});

describe('a body far too large, from a client that closes its connections', () => {
	test('is answered, not cut off', async () => {
		const body = `{"a":"${'x'.repeat(20_000_000)}"}`;
		for (const path of ['/api/v1/instances', '/open-apis/apaas/v1/user_task/query']) {
			for (const [authorization, status] of [
				[`Bearer ${token}`, 413],
				['Bearer t-x', path.startsWith('/api') ? 401 : 400],
			] as const) {
				const answered = new Promise((resolve, reject) => {
					const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
					const sent = request(`${server.url}${path}`, { method: 'POST', headers, agent: false });
					sent.on('response', (response) => resolve(response.statusCode));
					sent.on('error', reject);
					sent.end(body);
				});
				expect(await answered).toBe(status);
			}
		}
	});
});

describe('ids in the path', () => {
	test('that are none', async () => {
		await harmless(async () => {
			const cases = badIds.flatMap((id) => [
				...Object.entries(feishuCalls)
					.filter(([path]) => /TASK|INSTANCE/.test(path))
					.map(([path, body]) => ({ path: `/open-apis${path}`, id, body })),
				...Object.entries(nativeCalls)
					.filter(([path]) => /TASK|INSTANCE/.test(path))
					.map(([path, body]) => ({ path: `/api/v1${path}`, id, body })),
				{ path: '/api/v1/instances/INSTANCE', id, body: undefined },
				{ path: '/api/v1/instances/INSTANCE/history', id, body: undefined },
				{ path: '/api/v1/tasks/TASK/rollback-points?user_id=1001', id, body: undefined },
				{ path: '/api/v1/applications/demo__c/flows/TASK', id, body: undefined },
				{ path: '/api/v1/applications/TASK/flows/x', id, body: undefined },
			]);
			await eachOf(cases, async ({ path, id, body }) => {
				const answer = await server.request(withIds(path, id), {
					method: body === undefined ? 'GET' : 'POST',
					headers: {
						authorization: `Bearer ${token}`,
						...(body === undefined ? {} : { 'content-type': 'application/json' }),
					},
					...(body === undefined ? {} : { body: JSON.stringify(body) }),
				});
				if (answer.status === 404 && answer.text === '404 page not found') return;
				const check = path.startsWith('/open-apis') ? expectFeishuError : expectProblem;
				check(answer, `${path} ${id.slice(0, 60)}`);
			});
		});
	});
});

describe('access', () => {
	const paths = [
		...Object.entries(feishuCalls).map(([path, body]) => ({ path: `/open-apis${path}`, body })),
		...Object.entries(nativeCalls).map(([path, body]) => ({ path: `/api/v1${path}`, body })),
	];

	async function post(path: string, body: Json, headers: Readonly<Record<string, string>>) {
		return server.request(path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
	}

	test("another tenant's ids are nobody's ids, on every call", async () => {
		await harmless(async () => {
			for (const { path, body } of paths) {
				const own = path.includes('INSTANCE') ? flow.id : task;
				const answers = [await post(withIds(path, own), body, foreign), await post(withIds(path, '77'), body, foreign)];
				const [theirs, nobodys] = answers.map((answer) => ({
					status: answer.status,
					code: answer.json.code,
					msg: answer.json.msg,
					data: answer.json.data,
				}));
				expect(theirs, path).toEqual(nobodys);
				if (!path.endsWith('query')) expect(theirs?.status, path).toBeGreaterThanOrEqual(400);
			}
			for (const path of [
				`/api/v1/instances/${flow.id}`,
				`/api/v1/instances/${flow.id}/history`,
				`/api/v1/tasks/${task}/rollback-points?user_id=1001`,
				'/api/v1/applications/demo__c/flows/chain',
			]) {
				const answer = await server.request(path, { headers: foreign });
				expectProblem(answer, path, ['instance-unknown', 'task-unknown', 'flow-unknown']);
			}
			const query = await post('/open-apis/apaas/v1/user_task/query', { kunlun_user_id: '1001' }, foreign);
			expect(query.json.data ?? { count: '0', tasks: [] }).toEqual({ count: '0', tasks: [] });
		});
	});

	test('without a token, with a wrong one, without the scope', async () => {
		await harmless(async () => {
			const tokens: readonly [Record<string, string>, number, string][] = [
				[{}, 99991661, 'token-missing'],
				[{ authorization: token }, 99991661, 'token-missing'],
				[{ authorization: `Basic ${token}` }, 99991661, 'token-missing'],
				[{ authorization: 'Bearer t-x' }, 99991663, 'token-invalid'],
				[{ authorization: `Bearer ${token.slice(0, -1)}` }, 99991663, 'token-invalid'],
				[{ authorization: `Bearer ${token}A` }, 99991663, 'token-invalid'],
				[
					{ authorization: `Bearer ${token.slice(0, 12)}${token[12] === 'A' ? 'B' : 'A'}${token.slice(13)}` },
					99991663,
					'token-invalid',
				],
				[{ authorization: `Bearer t-${'x'.repeat(5000)}` }, 99991663, 'token-invalid'],
				[{ authorization: 'Bearer u-abc' }, 99991668, 'token-invalid'],
				[{ authorization: 'Bearer abc' }, 99991671, 'token-invalid'],
			];
			for (const { path, body } of paths) {
				for (const [headers, feishuCode, nativeCode] of tokens) {
					const answer = await post(withIds(path, task), body, headers);
					if (path.startsWith('/open-apis')) expectFeishuError(answer, path, [feishuCode]);
					else expectProblem(answer, path, [nativeCode]);
				}
				const answer = await post(withIds(path, '77'), body, weak);
				if (/query|rollback_points/.test(path)) continue;
				if (path.startsWith('/open-apis')) {
					expectFeishuError(answer, path, [99991672]);
					expect(answer.json.error.permission_violations[0]).toEqual({
						type: 'action_scope_required',
						subject: expect.stringMatching(/^app_engine:/),
					});
				} else expectProblem(answer, path, ['scope-missing']);
			}
		});
	});

	test('with another method, on a path that does not exist', async () => {
		await harmless(async () => {
			for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
				for (const path of Object.keys(feishuCalls)) {
					const answer = await server.request(`/open-apis${withIds(path, task)}`, {
						method,
						headers: { authorization: `Bearer ${token}` },
					});
					expect([answer.status, answer.text], `${method} ${path}`).toEqual([404, '404 page not found']);
					expect(answer.type).toContain('text/plain');
				}
				for (const path of Object.keys(nativeCalls)) {
					if (method === 'GET' && path === '/instances/INSTANCE') continue;
					expectProblem(
						await server.request(`/api/v1${withIds(path, task)}`, {
							method,
							headers: { authorization: `Bearer ${token}` },
						}),
						`${method} ${path}`,
						['not-found'],
					);
				}
			}
			for (const path of [
				'/open-apis',
				'/open-apis/',
				'/open-apis/x',
				'/open-apis/apaas/v1/user_tasks/1/rollback/x',
				'/open-apis/apaas/v1/user_tasks//rollback',
			]) {
				expect((await server.request(path, { method: 'POST' })).status, path).toBe(404);
			}
			for (const path of ['/api/v1', '/api/v1/x', '/api/v2/instances', '/api/v1/test/clock/advance']) {
				expectProblem(
					await server.request(path, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
					path,
					['not-found'],
				);
			}
		});
	});
});
