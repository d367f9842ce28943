import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { clusterName } from './server-settings.ts';

const run = promisify(execFile);

/** Only the main process keeps the command line it was started with; its children show a title. */
const SERVER_COMMAND = /(^|\/)postgres (.* )?-D /;

/** Is this process the main PostgreSQL process of this very cluster? Process ids are reused, so a live id proves nothing. */
export async function isPostmasterOf(pid: number, clusterDirectory: string): Promise<boolean> {
	const command = await commandLine(pid);
	if (command === undefined || !SERVER_COMMAND.test(command)) return false;
	if (`${command} `.includes(` -D ${clusterDirectory} `)) return true;
	// The cluster may have been moved under a running server. Its working folder moves along, where we may read it.
	const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
	return workingFolder === clusterDirectory;
}

/** Server processes of this cluster other than the main one: they carry the cluster's name in their title. */
export async function findBackends(clusterDirectory: string): Promise<number[]> {
	const title = `postgres: ${clusterName(clusterDirectory)}: `;
	const found: number[] = [];
	for (const [pid, command] of await allCommandLines()) {
		if (command.startsWith(title)) found.push(pid);
	}
	return found;
}

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}

/** Sends a signal to a process that may have gone meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch {
		// Gone: that is what the signal was for.
	}
}

/** Undefined for no process, and for a dead one nobody has waited for (it has no command line any more). */
async function commandLine(pid: number): Promise<string | undefined> {
	const command =
		process.platform === 'linux'
			? await linuxCommandLine(pid)
			: await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
					({ stdout }) => stdout.trim(),
					() => '',
				);
	return command === '' ? undefined : command;
}

/** Readable for every user, unlike /proc/<pid>/exe, which a container's root may not follow. */
async function linuxCommandLine(pid: number): Promise<string> {
	const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
	return text.replaceAll('\0', ' ').trimEnd();
}

async function allCommandLines(): Promise<Map<number, string>> {
	const commands = new Map<number, string>();
	if (process.platform === 'linux') {
		const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
		for (const pid of pids) commands.set(pid, await linuxCommandLine(pid));
		return commands;
	}
	const { stdout } = await run('ps', ['-axww', '-o', 'pid=,command=']);
	for (const line of stdout.split('\n')) {
		const parts = /^\s*(\d+)\s+(.*)$/.exec(line);
		if (parts?.[1] !== undefined && parts[2] !== undefined) commands.set(Number(parts[1]), parts[2]);
	}
	return commands;
}
