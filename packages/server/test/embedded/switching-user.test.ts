import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHomeDirectory } from '../../src/storage/embedded/home-directory.ts';
import { findPlatformPackage } from '../../src/storage/embedded/platform-package.ts';
import { preparePrograms } from '../../src/storage/embedded/prepare-programs.ts';
import { firstClosedFolder } from '../../src/storage/embedded/reachability.ts';
import {
	asRoot,
	makeScratch,
	postmasterPid,
	query,
	type Scratch,
	type Started,
	start,
	startInOtherProcess,
} from './support.ts';

const NOBODY = { name: 'nobody', uid: 65534, gid: 65534 };

const nodeModules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const nobodyCanRunNode =
	(await firstClosedFolder(process.execPath, NOBODY)) === undefined &&
	(await firstClosedFolder(nodeModules, NOBODY)) === undefined;

let scratch: Scratch;
let running: Started[];
let relocated: string[];

beforeEach(async () => {
	scratch = await makeScratch();
	running = [];
	relocated = [];
});

afterEach(async () => {
	await Promise.all(running.map((database) => database.stop()));
	await scratch.remove();
	for (const home of relocated) await rm(home, { recursive: true, force: true });
});

/** A folder as /root is: nobody else may enter. */
async function makeClosedFolder(): Promise<string> {
	const closed = join(scratch.path, 'closed');
	await mkdir(closed, { mode: 0o700 });
	return closed;
}

async function relocatedHome(dataDir: string): Promise<string> {
	const home = (await readFile(join(dataDir, 'cluster-location'), 'utf8')).trim();
	relocated.push(home);
	return home;
}

async function startHere(dataDir: string): Promise<Started> {
	const database = await start(dataDir);
	running.push(database);
	return database;
}

describe.runIf(asRoot && process.platform === 'linux')('as root', () => {
	test('PostgreSQL runs as another user, without groups of root', async () => {
		const dataDir = join(scratch.path, 'data');
		await startHere(dataDir);
		const status = await readFile(`/proc/${await postmasterPid(dataDir)}/status`, 'utf8');
		expect(status).not.toMatch(/^Uid:.*\t0\b/m);
		expect(status).toMatch(/^Groups:\s*$/m);
	});

	test('a data folder of a normal user is run as that user', async () => {
		const dataDir = join(scratch.path, 'data');
		await mkdir(dataDir, { mode: 0o700 });
		await chown(dataDir, NOBODY.uid, NOBODY.gid);
		const database = await startHere(dataDir);
		await database.stop();
		for (const name of await readdir(dataDir))
			expect([name, (await stat(join(dataDir, name))).uid]).toEqual([name, NOBODY.uid]);
	});

	test('below a folder that user may not enter, the cluster goes elsewhere, is found again, and no folder is opened', async () => {
		const closed = await makeClosedFolder();
		const dataDir = join(closed, 'data');
		const first = await startHere(dataDir);
		const home = await relocatedHome(dataDir);
		await query(first.connection, 'CREATE TABLE kept AS SELECT 3 AS n');
		expect((await stat(closed)).mode & 0o777).toBe(0o700);
		await expect(start(dataDir)).rejects.toMatchObject({ code: 'data-dir-in-use' });
		await first.stop();
		const second = await startHere(dataDir);
		expect(await relocatedHome(dataDir)).toBe(home);
		expect(await query(second.connection, 'SELECT n FROM kept')).toEqual([{ n: 3 }]);
		await second.stop();

		// A copied data folder would share the cluster; a removed cluster would silently start empty.
		const copy = join(closed, 'copy');
		await mkdir(copy);
		await writeFile(join(copy, 'cluster-location'), `${home}\n`);
		await expect(start(copy)).rejects.toMatchObject({ code: 'data-dir-copied' });
		await rm(home, { recursive: true });
		await expect(start(dataDir)).rejects.toMatchObject({ code: 'data-dir-incomplete' });
	});

	test('servers that start together agree on one new place, and a removed data folder means an empty one', async () => {
		const dataDir = join(await makeClosedFolder(), 'data');
		const homes = await Promise.all([1, 2, 3].map(() => openHomeDirectory(dataDir, () => undefined)));
		const home = await relocatedHome(dataDir);
		expect(homes.map(({ path }) => path)).toEqual([home, home, home]);
		await rm(dataDir, { recursive: true });
		const messages: string[] = [];
		await openHomeDirectory(dataDir, (message, details) => messages.push(message + JSON.stringify(details)));
		expect(await relocatedHome(dataDir)).not.toBe(home);
		expect(messages.join()).toContain(home);
	});

	test('a cluster whose way was closed later is not replaced by an empty one', async () => {
		const dataDir = join(scratch.path, 'data');
		const database = await startHere(dataDir);
		await database.stop();
		await chmod(scratch.path, 0o700);
		await expect(start(dataDir)).rejects.toMatchObject({
			code: 'data-dir-not-reachable',
			hint: expect.stringContaining(`chmod o+x ${scratch.path}`),
		});
	});

	test('programs that user may not reach are copied once a version, whole or not at all', async () => {
		const found = await findPlatformPackage();
		const closed = await makeClosedFolder();
		await cp(found.nativeDirectory, join(closed, 'native'), { recursive: true });
		const home = join(scratch.path, 'home');
		await mkdir(join(home, 'programs-17.0'), { recursive: true });
		const place = { homeDirectory: home, serverUser: NOBODY, fileOwner: undefined };
		const unreachable = { ...found, nativeDirectory: join(closed, 'native') };
		const programs = await preparePrograms(unreachable, place);
		expect(programs.postgres).toBe(join(home, `programs-${found.version}`, 'bin', 'postgres'));
		expect(await firstClosedFolder(programs.postgres, NOBODY)).toBeUndefined();
		expect((await readdir(home)).sort()).toEqual(['library-links', `programs-${found.version}`]);
		const before = await stat(programs.postgres);
		await preparePrograms(unreachable, place);
		expect((await stat(programs.postgres)).ino).toBe(before.ino);
	});

	test.runIf(nobodyCanRunNode)('a normal user starts it as himself, in a folder of his own', async () => {
		const own = join(scratch.path, 'own');
		await mkdir(own, { mode: 0o700 });
		await chown(own, NOBODY.uid, NOBODY.gid);
		const dataDir = join(own, '.sendback');
		const other = await startInOtherProcess(scratch.path, dataDir, NOBODY.uid);
		expect(await query(other.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
		expect((await stat(join(dataDir, 'cluster'))).uid).toBe(NOBODY.uid);
		expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
		await other.kill();
		// Root takes over what a normal user left, orphan included, and gives it back unharmed.
		const database = await startHere(dataDir);
		expect(await query(database.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
		await database.stop();
		const again = await startInOtherProcess(scratch.path, dataDir, NOBODY.uid);
		again.child.kill('SIGTERM');
		await new Promise((resolve) => again.child.once('exit', resolve));
	});
});
