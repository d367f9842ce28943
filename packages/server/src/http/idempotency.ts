import { hash } from 'node:crypto';
import type { App, Idempotency } from '../services.ts';

export const IDEMPOTENCY_HEADER = 'idempotency-key';
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
export function readIdempotencyKey(
	header: string | readonly string[] | undefined,
	app: App,
	request: RequestIdentity,
): KeyHeader {
	if (header === undefined) return { ok: true, idempotency: null };
	if (typeof header !== 'string' || header.length > MAX_KEY_LENGTH || !KEY_PATTERN.test(header)) {
		return { ok: false, reason: `Idempotency-Key has to be 1 to ${MAX_KEY_LENGTH} visible ASCII characters.` };
	}
	return { ok: true, idempotency: { key: `${app.id}:${header}`, fingerprint: fingerprint(request) } };
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
