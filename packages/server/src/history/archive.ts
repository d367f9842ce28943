import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { TimeMs } from '@sendback/engine/terms.ts';
import type pg from 'pg';
import type { InstanceId, TenantId } from '../services.ts';
import { syncFolder } from '../storage/embedded/owned-files.ts';
import { run } from '../storage/postgres/connect.ts';

/**
 * Where one prune writes what it is about to remove: a folder of its own with a file for each tenant. What a crash broke
 * off is at the end of a file that nobody appends to any more, and no other prune writes beside this one.
 */
export class Archive {
	readonly #pool: pg.Pool;
	readonly #folder: string;

	constructor(pool: pg.Pool, directory: string, now: TimeMs) {
		this.#pool = pool;
		this.#folder = join(directory, folderName(now));
	}

	/**
	 * Appends whole instances to the tenant's file, one line of JSON each, and answers when they are on disk. Each call adds
	 * a gzip member of its own: together they are one gzip file.
	 */
	async add(tenant: TenantId, ids: readonly InstanceId[]): Promise<void> {
		const member = await this.#compressed(tenant, ids);
		// Another prune was faster.
		if (member === null) return;
		await mkdir(this.#folder, { recursive: true });
		// Any text can be the name of a tenant.
		const file = await open(join(this.#folder, `${encodeURIComponent(tenant)}.jsonl.gz`), 'a');
		try {
			await append(file, member);
		} finally {
			await file.close();
		}
		// So that a power cut leaves it where it is looked for.
		await syncFolder(this.#folder);
		await syncFolder(dirname(this.#folder));
	}

	/** One instance is read at a time: those of a batch can have more in their logs than fits into a text, or into the memory. */
	async #compressed(tenant: TenantId, ids: readonly InstanceId[]): Promise<Buffer | null> {
		const pool = this.#pool;
		let found = 0;
		async function* lines(): AsyncGenerator<string> {
			for (const id of ids) {
				const rows = await run<{ document: string }>(pool, 'read-whole-instances', [tenant, [id]]);
				found += rows.length;
				for (const { document } of rows) yield `${document.replaceAll('\n', ' ')}\n`;
			}
		}
		const parts: Buffer[] = [];
		await pipeline(lines, createGzip(), async (compressed: AsyncIterable<Buffer>) => {
			for await (const part of compressed) parts.push(part);
		});
		return found === 0 ? null : Buffer.concat(parts);
	}
}

/** The moment, without what some file systems do not take, and what tells it from another prune of that moment. */
function folderName(now: TimeMs): string {
	const second = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
	return `${second}-${randomUUID().slice(0, 8)}`;
}

/** All of it or nothing. `write` answers where only a part had room; `appendFile` goes on until all is written or fails. */
async function append(file: FileHandle, member: Buffer): Promise<void> {
	const { size } = await file.stat();
	try {
		await file.appendFile(member);
		await file.sync();
	} catch (error) {
		// Where that fails too, what is left of the member is the end of the file.
		await file.truncate(size).catch(() => undefined);
		throw error;
	}
}
