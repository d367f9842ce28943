import { execFile, spawn } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	eventually,
	makeScratch,
	postmasterPid,
	query,
	type Scratch,
	type Started,
	start,
	startInOtherProcess,
} from './support.ts';

let scratch: Scratch;
let dataDir: string;
let running: Started[];

async function startHere(folder = dataDir): Promise<Started> {
	const database = await start(folder);
	running.push(database);
	return database;
}

// Most tests are about a later start: they get a copy of one stopped data folder instead of a first start of their own.
let template: Scratch;
beforeAll(async () => {
	template = await makeScratch();
	await (await start(join(template.path, 'data'))).stop();
});
afterAll(() => template.remove());

beforeEach(async () => {
	scratch = await makeScratch();
	dataDir = join(scratch.path, 'data');
	running = [];
});

const useTemplate = () => promisify(execFile)('cp', ['-a', join(template.path, 'data'), dataDir]);

afterEach(async () => {
	await Promise.all(running.map((database) => database.stop()));
	await scratch.remove();
});

describe('starting and stopping', () => {
	test('the first start gives an empty, durable database with a role that owns only it', async () => {
		const database = await startHere();
		expect(database.serverVersion).toMatch(/^18\./);
		const rows = await query(
			database.connection,
			`SELECT current_database() AS database, current_user AS role, rolsuper AS superuser,
				current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
				current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
				(SELECT datlocale FROM pg_database WHERE datname = current_database()) AS locale
			FROM pg_roles WHERE rolname = current_user`,
		);
		expect(rows).toEqual([
			{
				database: 'sendback',
				role: 'sendback',
				superuser: false,
				fsync: 'on',
				commit: 'on',
				encoding: 'UTF8',
				addresses: '',
				locale: 'C.UTF-8',
			},
		]);
		expect((await stat(database.connection.host)).mode & 0o777).toBe(0o700);
		expect((await stat(join(dataDir, 'cluster'))).mode & 0o777).toBe(0o700);
	});

	test('a stop and a start keep the data, and a custom setting', async () => {
		const first = await startHere();
		await query(first.connection, 'CREATE TABLE kept AS SELECT 42 AS answer');
		await Promise.all([first.stop(), first.stop()]);
		await writeFile(join(dataDir, 'cluster', 'custom.conf'), "work_mem = '9MB'\nfsync = off\n", { mode: 0o644 });
		const second = await startHere();
		expect(await query(second.connection, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
		expect(await query(second.connection, 'SHOW work_mem')).toEqual([{ work_mem: '9MB' }]);
		expect(await query(second.connection, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
	});

	test('a stop cuts open connections and leaves no process', async () => {
		await useTemplate();
		const database = await startHere();
		const pid = await postmasterPid(dataDir);
		const sleeping = query(database.connection, 'SELECT pg_sleep(60)').catch((error: unknown) => error);
		await database.stop();
		expect(await sleeping).toBeInstanceOf(Error);
		expect(() => process.kill(pid, 0)).toThrow();
		expect(database.unexpectedExits).toEqual([]);
	});

	test('a data folder with a path too long for a socket, and with blanks and quotes, works after a restart too', async () => {
		const deep = join(scratch.path, `it's "deep", `.repeat(4), 'x'.repeat(90));
		const first = await startHere(deep);
		expect(first.connection.host).toMatch(/^\/tmp\/sendback-[0-9a-f]{16}$/);
		await query(first.connection, 'CREATE TABLE kept ()');
		await expect(start(deep)).rejects.toMatchObject({ code: 'data-dir-in-use' });
		await first.stop();
		const second = await startHere(deep);
		expect(second.connection.host).toBe(first.connection.host);
		expect(await query(second.connection, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
		await second.stop();
		await rm(second.connection.host, { recursive: true });
	});
});

test('a data folder whose path cannot stand in a list of library folders works', async () => {
	const database = await startHere(join(scratch.path, 'a:b;c'));
	expect(await query(database.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
	await database.stop();
});

describe('after a violent end', () => {
	beforeEach(useTemplate);

	test('of PostgreSQL, it is started again by itself, with what was committed', async () => {
		const database = await startHere();
		await query(database.connection, 'CREATE TABLE kept AS SELECT 1 AS n');
		// A backend in the middle of work outlives its main process and holds the memory.
		const busy = query(database.connection, 'SELECT count(*) FROM generate_series(1, 50000000)').catch(() => undefined);
		const killed = await postmasterPid(dataDir);
		process.kill(killed, 'SIGKILL');
		await eventually(async () => expect(await postmasterPid(dataDir)).not.toBe(killed));
		await eventually(async () => expect(await query(database.connection, 'SELECT n FROM kept')).toEqual([{ n: 1 }]));
		await busy;
		expect(database.unexpectedExits).toEqual([]);
		expect(database.messages.join()).toContain('runs again');
	});

	test('of Node, the next start is not refused, stops the orphan and has what was committed', async () => {
		const other = await startInOtherProcess(scratch.path, dataDir);
		await query(other.connection, 'CREATE TABLE kept AS SELECT 7 AS n');
		const orphan = await postmasterPid(dataDir);
		await other.kill();
		process.kill(orphan, 0);
		const database = await startHere();
		expect(await postmasterPid(dataDir)).not.toBe(orphan);
		expect(await query(database.connection, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
	});

	test('of both, a stranger with the same process id is neither believed nor harmed', async () => {
		const other = await startInOtherProcess(scratch.path, dataDir);
		await query(other.connection, 'CREATE TABLE kept AS SELECT 8 AS n');
		const { uid, gid } = await stat(join(dataDir, 'cluster'));
		await other.kill();
		process.kill(await postmasterPid(dataDir), 'SIGKILL');
		const stranger = spawn('sleep', ['60'], { uid, gid });
		const ended = new Promise((resolve) => stranger.once('exit', resolve));
		try {
			const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
			await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(stranger.pid)));
			const database = await startHere();
			expect(await query(database.connection, 'SELECT n FROM kept')).toEqual([{ n: 8 }]);
			expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
		} finally {
			stranger.kill();
			await ended;
		}
	});
});

describe('another server', () => {
	beforeEach(useTemplate);

	test('on the same data is refused by the process id of the first, which goes on', async () => {
		const other = await startInOtherProcess(scratch.path, dataDir);
		try {
			const refusal = await start(dataDir).catch((error: unknown) => error);
			expect(refusal).toMatchObject({ code: 'data-dir-in-use', hint: expect.stringContaining('SENDBACK_DATA_DIR') });
			expect(String(refusal)).toContain(`process ${other.child.pid}`);
			expect(await query(other.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
		} finally {
			other.child.kill('SIGTERM');
		}
		// SIGTERM stops it in order, and so frees the data.
		await eventually(() => startHere());
	});

	test('Ctrl-C, which reaches the whole process group, does not stop PostgreSQL before we do', async () => {
		const other = await startInOtherProcess(scratch.path, dataDir);
		process.kill(-(other.child.pid ?? 0), 'SIGINT');
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(await query(other.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
		await other.kill();
		await startHere();
	});
});

describe('a data folder that cannot be used', () => {
	test('of another major version is refused and named', async () => {
		await useTemplate();
		const versionFile = join(dataDir, 'cluster', 'PG_VERSION');
		await writeFile(versionFile, '17\n');
		await expect(start(dataDir)).rejects.toMatchObject({
			code: 'cluster-version-mismatch',
			message: expect.stringContaining('PostgreSQL 17'),
		});
		await writeFile(versionFile, '18\n');
		await startHere();
	});

	test('that is a file is refused', async () => {
		await writeFile(dataDir, '');
		await expect(start(dataDir)).rejects.toMatchObject({ code: 'data-dir-not-writable' });
	});

	test('with a broken setting fails with the words of PostgreSQL, and starts once it is mended', async () => {
		await useTemplate();
		const customFile = join(dataDir, 'cluster', 'custom.conf');
		await writeFile(customFile, 'shared_buffers = lots\n', { mode: 0o644 });
		await expect(start(dataDir)).rejects.toMatchObject({
			code: 'start-failed',
			message: expect.stringContaining('shared_buffers'),
		});
		await writeFile(customFile, '');
		await startHere();
	});
});
