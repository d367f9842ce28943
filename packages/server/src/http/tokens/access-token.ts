import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type { App } from '../../services.ts';

/**
 * Access tokens without a table. A token is `t-` or `a-` and base64url(window, app id, HMAC-SHA256): everything needed to
 * check it, except the app's key, is in it, so every process can issue and check it and nothing is written.
 *
 * Time is cut into windows of 90 minutes; a token belongs to the window it is issued in and is valid for 120 minutes from
 * the start of its window. So the same token is given out while 30 minutes or more are left, then the next window's; and
 * both are valid until the first has run out. Each app's windows start at an offset of its own, so that not all clients
 * of a server fetch a new token in the same second.
 */
export type TokenKind = 'tenant' | 'app';

export interface IssuedToken {
	readonly token: string;
	/** Whole seconds left, between 1800 and 7200. */
	readonly expiresInSeconds: number;
}

export const WINDOW_MS = 90 * 60_000;
export const VALIDITY_MS = 120 * 60_000;

const PREFIXES = { tenant: 't-', app: 'a-' } as const satisfies Record<TokenKind, string>;
const WINDOW_BYTES = 4;
const MAC_BYTES = 32;
const MAX_TOKEN_LENGTH = 512;

/** The token of `app` at `now`: the same one while it has 30 minutes or more left. */
export function issueToken(kind: TokenKind, app: App, now: TimeMs): IssuedToken {
	// The start is excluded and the end included, so that at exactly 30 minutes left it is still the same token.
	const window = Math.ceil((now - windowOffset(app)) / WINDOW_MS) - 1;
	const claims = encodeClaims(window, app.id);
	const token = PREFIXES[kind] + Buffer.concat([claims, sign(kind, app, claims)]).toString('base64url');
	return { token, expiresInSeconds: Math.floor((windowEnd(window, app) - now) / 1000) };
}

/** The id of the app that a token says it belongs to, not yet checked; null where it is not a token of this kind. */
export function claimedApp(kind: TokenKind, token: string): string | null {
	return decode(kind, token)?.appId ?? null;
}

/** Whether `token` was issued for `app` and has not run out at `now`. */
export function isTokenValid(kind: TokenKind, token: string, app: App, now: TimeMs): boolean {
	const end = validUntil(kind, token, app);
	return end !== null && now < end;
}

/** When `token` runs out; null where it was not issued for `app`. */
export function validUntil(kind: TokenKind, token: string, app: App): TimeMs | null {
	const decoded = decode(kind, token);
	if (decoded === null || decoded.appId !== app.id) return null;
	if (!timingSafeEqual(decoded.mac, sign(kind, app, decoded.claims))) return null;
	return windowEnd(decoded.window, app);
}

interface Decoded {
	readonly window: number;
	readonly appId: string;
	readonly claims: Buffer;
	readonly mac: Buffer;
}

function decode(kind: TokenKind, token: string): Decoded | null {
	const prefix = PREFIXES[kind];
	if (!token.startsWith(prefix) || token.length > MAX_TOKEN_LENGTH) return null;
	const text = token.slice(prefix.length);
	const bytes = Buffer.from(text, 'base64url');
	// Base64 has several spellings of the same bytes; only ours is a token.
	if (bytes.toString('base64url') !== text || bytes.length <= WINDOW_BYTES + MAC_BYTES) return null;
	const claims = bytes.subarray(0, bytes.length - MAC_BYTES);
	return {
		window: claims.readUInt32BE(0),
		appId: claims.subarray(WINDOW_BYTES).toString('utf8'),
		claims,
		mac: bytes.subarray(bytes.length - MAC_BYTES),
	};
}

function encodeClaims(window: number, appId: string): Buffer {
	const claims = Buffer.alloc(WINDOW_BYTES + Buffer.byteLength(appId));
	claims.writeUInt32BE(window, 0);
	claims.write(appId, WINDOW_BYTES, 'utf8');
	return claims;
}

function sign(kind: TokenKind, app: App, claims: Buffer): Buffer {
	return createHmac('sha256', app.tokenKey).update(`${kind}\n${app.tenant}\n`).update(claims).digest();
}

function windowEnd(window: number, app: App): TimeMs {
	return window * WINDOW_MS + windowOffset(app) + VALIDITY_MS;
}

function windowOffset(app: App): number {
	let hash = 0;
	for (let index = 0; index < app.id.length; index++) hash = (hash * 31 + app.id.charCodeAt(index)) % WINDOW_MS;
	return hash;
}
