import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { App, AppService, Clock, TenantId } from '../services.ts';
import { isStorable } from '../storage/decimal-id.ts';
import { LruCache } from '../storage/lru-cache.ts';
import { run } from '../storage/postgres/connect.ts';
import { shareReads } from '../storage/share-reads.ts';

/** A disabled app stops after this at the latest, on every process. */
const CACHE_MS = 3_000;
const CACHED_APPS = 10_000;

/** An app whose id and secret are given, as the demo's are. */
export interface GivenApp {
	readonly id: string;
	readonly secret: string;
	readonly tenant: TenantId;
	readonly name: string;
	readonly scopes: readonly string[];
	readonly store: boolean;
}

export interface Apps extends AppService {
	/** Makes the app with its tenant; one of this id that is there already stays as it is. */
	ensure(app: GivenApp): Promise<void>;
}

interface AppRow {
	readonly id: string;
	readonly tenant_id: string;
	readonly name: string;
	readonly scopes: readonly string[];
	readonly enabled: boolean;
	readonly store: boolean;
	readonly secret_hash: Buffer;
	readonly token_key: Buffer;
	readonly ticket_hash: Buffer | null;
}

/** @param absent ids that are those of no app, whatever the database has */
export function createApps(pool: pg.Pool, clock: Clock, absent: readonly string[]): Apps {
	const canBeApp = (id: string) => isStorable(id) && !absent.includes(id);
	const cache = new LruCache<{ readonly row: AppRow | null; readonly until: number }>(CACHED_APPS);
	const shared = shareReads<AppRow | null>();

	async function read(appId: string): Promise<AppRow | null> {
		if (!canBeApp(appId)) return null;
		const [row] = await run<AppRow>(pool, 'find-app', [appId]);
		// Not the test clock: the cache is about the other processes, whose time does not stand still.
		cache.set(appId, { row: row ?? null, until: performance.now() + CACHE_MS });
		return row ?? null;
	}

	async function findRow(appId: string): Promise<AppRow | null> {
		const cached = cache.get(appId);
		if (cached !== undefined && cached.until > performance.now()) return cached.row;
		// Under load thousands ask at this moment, and connections are few.
		return shared(appId, () => read(appId));
	}

	async function ensure({ id, secret, tenant, name, scopes, store }: GivenApp): Promise<void> {
		const values = [tenant, id, name, scopes, store, hashOf(secret), randomBytes(32), clock.now()];
		await run(pool, 'create-app', values);
		cache.delete(id);
	}

	return {
		ensure,
		find: async (appId) => {
			const row = await findRow(appId);
			return row === null ? null : appOf(row);
		},
		secretMatches: async (appId, secret) => {
			const row = await findRow(appId);
			return row !== null && matches(secret, row.secret_hash);
		},
		create: async (app) => {
			const id = `cli_${randomBytes(8).toString('hex')}`;
			const secret = randomBytes(32).toString('base64url');
			await ensure({ ...app, id, secret });
			return { id, secret };
		},
		setEnabled: async (appId, enabled) => {
			if (!canBeApp(appId)) return false;
			const changed = await run(pool, 'enable-app', [appId, enabled]);
			cache.delete(appId);
			return changed.length > 0;
		},
		issueTicket: async (appId) => {
			if (!canBeApp(appId)) return null;
			const ticket = randomBytes(32).toString('base64url');
			const changed = await run(pool, 'set-app-ticket', [appId, hashOf(ticket)]);
			cache.delete(appId);
			return changed.length > 0 ? ticket : null;
		},
		// Read each time: another process may have issued a new one a moment ago.
		ticketMatches: async (appId, ticket) => {
			const hash = (await read(appId))?.ticket_hash ?? null;
			return hash !== null && matches(ticket, hash);
		},
	};
}

function appOf(row: AppRow): App {
	const { id, tenant_id: tenant, name, scopes, enabled, store, token_key: tokenKey } = row;
	return { id, tenant, name, scopes, enabled, store, tokenKey };
}

function hashOf(secret: string): Buffer {
	return createHash('sha256').update(secret).digest();
}

/** In constant time: both are hashes of the same length. */
function matches(secret: string, hash: Buffer): boolean {
	return timingSafeEqual(hashOf(secret), hash);
}
