import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FEISHU_CALLS } from '../../src/http/feishu/calls.ts';
import { TOKEN_CALLS } from '../../src/http/feishu/tokens/token-calls.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

const read = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');

interface DocumentedCall {
	readonly tags: readonly string[];
	readonly security: readonly Record<string, readonly string[]>[];
	readonly responses: Record<string, { readonly content?: Record<string, object> }>;
}

type Paths = Record<string, Record<string, DocumentedCall>>;

let gateway: Gateway;
/** `GET /path` → scope, of every call of the native API. */
const scopes: Record<string, string | undefined> = {};
let api: { readonly tags: readonly { readonly name: string }[]; readonly paths: Paths };
beforeAll(async () => {
	gateway = await openGateway();
	const answer = await gateway.http.inject({ method: 'GET', url: '/openapi.json' });
	api = JSON.parse(answer.body);
	for (const [path, calls] of Object.entries(api.paths).filter(([each]) => each.startsWith('/api/'))) {
		for (const [method, call] of Object.entries(calls)) {
			scopes[`${method.toUpperCase()} ${path}`] = call.security[0]?.tenantToken?.[0];
		}
	}
});
afterAll(() => gateway.http.close());

test('docs/api.md lists every call of the native API with its scope', () => {
	const documented = [...read('api.md').matchAll(/^\| `((?:GET|PUT|POST) \/api\/v1\/[^`]*)` \| `([^`]*)` \|$/gm)];
	expect(Object.fromEntries(documented.map(([, call, scope]) => [call, scope]))).toEqual(scopes);
});

test('docs/wire.md lists every call of the Feishu API with its scope, and every token call', () => {
	const text = read('wire.md');
	const calls = [...text.matchAll(/^\| `(\/apaas\/[^`]*)` \| `([^`]*)` \|/gm)].map(([, path, scope]) => [path, scope]);
	expect(Object.fromEntries(calls)).toEqual(Object.fromEntries(FEISHU_CALLS.map(({ path, scope }) => [path, scope])));
	const tokens = [...text.matchAll(/^\| `(\/auth\/[^`]*)` \|/gm)].map(([, path]) => path);
	expect(tokens.sort()).toEqual(TOKEN_CALLS.map(({ path }) => path).sort());
});

test('every tag of a call is declared: /docs shows no other', () => {
	const used = Object.values(api.paths).flatMap((calls) => Object.values(calls).flatMap(({ tags }) => tags));
	expect([...new Set(used)].sort()).toEqual(api.tags.map(({ name }) => name).sort());
});

test('the document says what every call answers when it refuses or fails', () => {
	for (const [path, calls] of Object.entries(api.paths).filter(([each]) => /^.(api|open-apis)/.test(each))) {
		const type = path.startsWith('/api/') ? 'application/problem+json' : 'application/json';
		for (const { responses } of Object.values(calls)) {
			expect(Object.keys(responses['4XX']?.content ?? {}), path).toEqual([type]);
			expect(Object.keys(responses['5XX']?.content ?? {}), path).toEqual([type]);
			for (const [status, { content }] of Object.entries(responses)) expect(content, `${path} ${status}`).toBeDefined();
		}
	}
	expect(api.paths['/readyz']?.get?.responses).toHaveProperty('503');
});
