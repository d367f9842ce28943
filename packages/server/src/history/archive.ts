import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type pg from 'pg';
import type { InstanceId, TenantId } from '../services.ts';
import { run } from '../storage/postgres/connect.ts';

const compress = promisify(gzip);

/**
 * Appends whole instances to the tenant's file, one line of JSON each, and answers when they are on disk. Each call adds
 * a gzip member of its own: together they are one gzip file, and one that was broken off loses its last member only.
 */
export async function archiveInstances(
	pool: pg.Pool,
	directory: string,
	tenant: TenantId,
	ids: readonly InstanceId[],
): Promise<void> {
	const rows = await run<{ document: string }>(pool, 'read-whole-instances', [tenant, ids]);
	const lines = rows.map(({ document }) => `${document.replaceAll('\n', ' ')}\n`).join('');
	await mkdir(directory, { recursive: true });
	// Any text can be the name of a tenant.
	const file = await open(join(directory, `${encodeURIComponent(tenant)}.jsonl.gz`), 'a');
	try {
		await file.write(await compress(lines));
		await file.sync();
	} finally {
		await file.close();
	}
}
