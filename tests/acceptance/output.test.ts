import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, environment, temporaryDataDir } from './server.ts';

/** Takes nothing, as a file on a full disk. */
const fullDisk = '/dev/full';
let dataDir: string;

beforeAll(async () => {
	dataDir = await temporaryDataDir();
});
afterAll(() => rm(join(dataDir, '..'), { recursive: true, force: true, maxRetries: 3 }));

/** Starts a command with one of its outputs on a full disk. */
function onFullDisk(args: readonly string[], output: 'stdout' | 'stderr'): ChildProcess {
	const file = openSync(fullDisk, 'w');
	const child = spawn(process.execPath, [commandLine, ...args], {
		env: environment(dataDir),
		stdio: ['ignore', output === 'stdout' ? file : 'pipe', output === 'stderr' ? file : 'pipe'],
	});
	closeSync(file);
	return child;
}

async function textWith(stream: Readable | null, pattern: RegExp): Promise<RegExpExecArray> {
	let text = '';
	for await (const part of stream ?? []) {
		text += part;
		const found = pattern.exec(text);
		if (found !== null) return found;
	}
	throw new Error(`it ended without ${pattern}: ${text}`);
}

describe.skipIf(!existsSync(fullDisk))('on a full disk', () => {
	test.each([
		['stderr', 'stdout', /ready at (http:\/\/[^\s"]+)/],
		['stdout', 'stderr', /"url":"(http:\/\/[^\s"]+)".*"ready"/],
	] as const)('a server whose %s goes there serves, and ends when it is asked to', async (full, other, pattern) => {
		const server = onFullDisk(['serve'], full);
		const ended = once(server, 'exit');
		try {
			const [, url = ''] = await textWith(server[other], pattern);
			for (let asked = 0; asked < 3; asked++) {
				const answer = await fetch(`${url}/api/v1/instances/1`, { signal: AbortSignal.timeout(5_000) });
				expect(answer.status).toBe(401);
			}
			server.kill('SIGTERM');
			const late = setTimeout(() => server.kill('SIGKILL'), 20_000);
			expect(await ended).toEqual([0, null]);
			clearTimeout(late);
		} finally {
			server.kill('SIGKILL');
		}
	});

	test('a command whose result cannot be written says so and fails', async () => {
		const command = onFullDisk(['app', 'create', '--tenant', 'acme'], 'stdout');
		const ended = once(command, 'exit');
		await textWith(command.stderr, /could not be written.*ENOSPC/);
		expect(await ended).toEqual([1, null]);
	});
});

test('a command whose result nobody reads says so and fails, without a stack trace', async () => {
	const shell = `"${process.execPath}" "${commandLine}" history status | true; echo \${PIPESTATUS[0]}`;
	const { stdout, stderr } = await promisify(execFile)('bash', ['-c', shell], { env: environment(dataDir) });
	expect(stdout.trim()).toBe('1');
	expect(stderr).toMatch(/^What this command printed could not be written: .*EPIPE.*\n$/);
});
