/** What is only remembered for a while: the answers under idempotency keys, and that notices were sent. */
import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import { DAY_MS } from '../storage/dated-ids.ts';
import { run } from '../storage/postgres/connect.ts';
import { gently } from './gently.ts';
import { allTenants } from './tenants.ts';

/** A client repeats a request within minutes, a queue that was down over a holiday within days. */
const REMEMBERED_MS = 7 * DAY_MS;
const PAGE = 1_000;

/** Looks at all of both tables, a page at a time, until `isStopped`. */
export async function expire(pool: pg.Pool, now: TimeMs, isStopped: () => boolean): Promise<void> {
	const before = now - REMEMBERED_MS;
	for await (const { id } of allTenants(pool)) {
		await walk<string>('', (after) => expirePage(pool, 'expire-answers', [id, after, before, PAGE]), isStopped);
		await walk<number>(0, (after) => expirePage(pool, 'expire-notices', [id, after, before, PAGE]), isStopped);
	}
}

/** @param next does the page after a key and answers its last one; null where there is no page */
async function walk<Key>(first: Key, next: (after: Key) => Promise<Key | null>, isStopped: () => boolean) {
	for (let after: Key | null = first; after !== null && !isStopped(); ) after = await next(after);
}

async function expirePage<Key>(pool: pg.Pool, statement: string, values: readonly unknown[]): Promise<Key | null> {
	const [page] = await gently(() => run<{ last: Key | null }>(pool, statement, values));
	return page?.last ?? null;
}
