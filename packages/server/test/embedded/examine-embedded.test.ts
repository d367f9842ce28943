import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineEmbedded, type Finding } from '../../src/storage/embedded/examine-embedded.ts';
import { findPlatformPackage } from '../../src/storage/embedded/platform-package.ts';
import { startError } from '../../src/storage/embedded/server-failure.ts';
import { makeScratch, type Scratch, start, startInOtherProcess } from './support.ts';

let scratch: Scratch;
let dataDir: string;
beforeEach(async () => {
	scratch = await makeScratch();
	dataDir = join(scratch.path, 'data');
});
afterEach(() => scratch.remove());

async function finding(check: string): Promise<Finding | undefined> {
	return (await examineEmbedded(dataDir)).find((each) => each.check === check);
}

test('before the first start all is well, and looking makes nothing', async () => {
	const findings = await examineEmbedded(dataDir);
	expect(findings.filter(({ ok }) => !ok)).toEqual([]);
	expect(findings.map(({ check }) => check)).toEqual([
		'platform package',
		'libraries load',
		'user to run as',
		'data folder',
		'free space',
	]);
	expect(await readdir(scratch.path)).toEqual([]);
});

test('it names the owner, then the orphan, then the failure in the log', async () => {
	const other = await startInOtherProcess(scratch.path, dataDir);
	expect(await finding('lock')).toMatchObject({ ok: true, detail: expect.stringContaining(String(other.child.pid)) });
	expect(await finding('server process')).toMatchObject({ ok: true });
	await other.kill();
	expect(await finding('lock')).toMatchObject({ ok: true, detail: 'free' });
	expect(await finding('server process')).toMatchObject({ ok: false, detail: expect.stringContaining('without') });
	const database = await start(dataDir);
	await database.stop();
	expect(await finding('cluster version')).toMatchObject({ ok: true, detail: 'PostgreSQL 18' });
	expect(await finding('server log')).toMatchObject({ ok: true });
	await writeFile(join(dataDir, 'cluster', 'custom.conf'), 'nonsense\n', { mode: 0o644 });
	await expect(start(dataDir)).rejects.toThrow();
	expect(await finding('server log')).toMatchObject({ ok: false, detail: expect.stringContaining('custom.conf') });
	await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '19\n');
	expect(await finding('cluster version')).toMatchObject({ ok: false, detail: expect.stringContaining('19') });
});

test.each([
	['win32-x64', 'unsupported-platform'],
	['linux-riscv64', 'unsupported-platform'],
	[process.platform === 'darwin' ? 'linux-arm64' : 'darwin-arm64', 'package-missing'],
])('on %s the error is %s and tells the way out', async (platform, code) => {
	await expect(findPlatformPackage(platform)).rejects.toMatchObject({
		code,
		hint: expect.stringContaining('DATABASE_URL'),
	});
});

test.each([
	['error while loading shared libraries: libicuuc.so.60: cannot open shared object file', 'libraries-missing'],
	['FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device', 'no-disk-space'],
	['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'orphan-will-not-stop'],
	['FATAL:  lock file "postmaster.pid" already exists', 'data-dir-in-use'],
	['FATAL:  data directory "/x" has invalid permissions', 'data-dir-wrong-owner'],
	['PANIC:  something else', 'start-failed'],
])('"%s" is %s', (output, code) => {
	expect(startError(output, 'exit status 1', 'postgres.log').code).toBe(code);
});
