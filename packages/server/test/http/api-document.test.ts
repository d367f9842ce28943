import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FEISHU_CALLS } from '../../src/http/feishu/calls.ts';
import { TOKEN_CALLS } from '../../src/http/feishu/tokens/token-calls.ts';
import { type Gateway, openGateway } from './support/gateway.ts';

const read = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');

interface DocumentedCall {
	readonly security: readonly Record<string, readonly string[]>[];
}

let gateway: Gateway;
/** `GET /path` → scope, of every call of the native API. */
const scopes: Record<string, string | undefined> = {};
beforeAll(async () => {
	gateway = await openGateway();
	const answer = await gateway.http.inject({ method: 'GET', url: '/openapi.json' });
	const paths: Record<string, Record<string, DocumentedCall>> = JSON.parse(answer.body).paths;
	for (const [path, calls] of Object.entries(paths).filter(([each]) => each.startsWith('/api/'))) {
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
