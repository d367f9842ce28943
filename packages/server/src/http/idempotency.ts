import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Idempotency } from '../services.ts';
import { appOf } from './request-app.ts';

const IDEMPOTENCY_HEADER = 'idempotency-key';
export const MAX_KEY_LENGTH = 255;
export const KEY_PATTERN = /^[\x21-\x7e]+$/;

export type KeyHeader =
	| { readonly ok: true; readonly idempotency: Idempotency | null }
	| { readonly ok: false; readonly reason: string };

/** What a request is, for telling a repeat from another request under the same key. */
export interface RequestIdentity {
	readonly method: string;
	readonly path: string;
	readonly body: unknown;
}

/** Reads the `Idempotency-Key` header. Keys of different apps never meet. */
export function readIdempotencyKey(request: FastifyRequest): KeyHeader {
	const header = request.headers[IDEMPOTENCY_HEADER];
	if (header === undefined) return { ok: true, idempotency: null };
	if (typeof header !== 'string' || header.length > MAX_KEY_LENGTH || !KEY_PATTERN.test(header)) {
		return { ok: false, reason: `Idempotency-Key has to be 1 to ${MAX_KEY_LENGTH} visible ASCII characters.` };
	}
	const identity = { method: request.method, path: plainPath(request), body: request.body };
	return { ok: true, idempotency: { key: `${appOf(request).id}:${header}`, fingerprint: fingerprint(identity) } };
}

/**
 * The path of a request in its plainest spelling, whatever slashes and escapes the router has tolerated: it is the one that
 * clients use, so that stored fingerprints of the path as it came are those of the same requests.
 */
function plainPath({ routeOptions, params }: FastifyRequest): string {
	const values = params as Readonly<Record<string, string>>;
	return (routeOptions.url ?? '').replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** SHA-256 over method, path and body; the order of the body's members does not matter. */
export function fingerprint(request: RequestIdentity): string {
	return hash('sha256', `${request.method}\n${request.path}\n${canonicalJson(request.body)}`, 'hex');
}

/** JSON whose members are in the order of their names. */
function canonicalJson(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
	const names = Object.keys(value).sort();
	const members = value as Readonly<Record<string, unknown>>;
	return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name])}`).join()}}`;
}
