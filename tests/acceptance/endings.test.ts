import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLine, environment, postmasterPid, startServer, temporaryDataDir } from './server.ts';

let dataDir: string;

beforeEach(async () => {
	dataDir = await temporaryDataDir();
});
afterEach(() => rm(join(dataDir, '..'), { recursive: true, force: true, maxRetries: 3 }));

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

test('a server whose terminal is closed, and says so twice, ends as by SIGTERM, and its database with it', async () => {
	const server = await startServer({ dataDir });
	const database = await postmasterPid(dataDir);
	process.kill(server.pid, 'SIGHUP');
	await expect.poll(server.log, { interval: 1 }).toContain('"stopping"');
	expect(await server.end('SIGHUP')).toBe(0);
	expect(isAlive(database)).toBe(false);
});

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const)('a command that is broken off by %s takes the database along that it has started', async (signal, code) => {
	const command = spawn(process.execPath, [commandLine, 'history', 'status'], { env: environment(dataDir) });
	const ended = once(command, 'exit');
	let database = 0;
	const runs = async () => {
		database = await postmasterPid(dataDir).catch(() => 0);
		return database > 0;
	};
	await expect.poll(runs, { timeout: 30_000, interval: 20 }).toBe(true);
	command.kill(signal);
	expect(await ended).toEqual([code, null]);
	await expect.poll(() => isAlive(database), { timeout: 10_000 }).toBe(false);
});

test('npm start passes on the signal that asks it to stop', async () => {
	const npm = spawn('npm', ['start'], {
		cwd: join(import.meta.dirname, '../..'),
		env: environment(dataDir),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	npm.stderr.on('data', (part: Buffer) => {
		log += part.toString();
	});
	const ended = once(npm, 'exit');
	await expect.poll(() => log, { timeout: 30_000 }).toContain('"ready"');
	const database = await postmasterPid(dataDir);
	npm.kill('SIGTERM');
	await ended;
	await expect.poll(() => log).toContain('"stopping"');
	await expect.poll(() => isAlive(database), { timeout: 10_000 }).toBe(false);
});
