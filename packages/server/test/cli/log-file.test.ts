import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LogFile } from '../../src/cli/log-file.ts';

it('writes more than a pipe holds as fast as it is read', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'log-file-'));
	const path = join(folder, 'pipe');
	execFileSync('mkfifo', [path]);
	const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
	try {
		const log = new LogFile(pipe);
		for (let line = 0; line < 500; line++) log.write(`${'x'.repeat(999)}\n`);
		const buffer = Buffer.alloc(1_000_000);
		let read = 0;
		const readAll = () => {
			read += readSync(pipe, buffer);
			return read;
		};
		await expect.poll(readAll, { interval: 20, timeout: 2_000 }).toBe(500_000);
	} finally {
		closeSync(pipe);
		await rm(folder, { recursive: true });
	}
});
