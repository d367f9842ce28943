import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A server process of its own, as an operator starts it. */
export interface SendbackServer {
	readonly url: string;
	/** `id:secret` of an app with all scopes. */
	readonly app: string;
	/** Bytes of memory that the process holds now. */
	residentBytes(): Promise<number>;
	stop(): Promise<void>;
}

export const COMMAND_LINE = fileURLToPath(new URL('../../../packages/server/dist/cli/sendback.js', import.meta.url));
export const TENANT = 'bench';
const SCOPES = 'app_engine:approval:read,app_engine:approval:write,app_engine:flow:write,sendback:admin';

export async function startSendback(
	databaseUrl: string,
	env: Readonly<Record<string, string>> = {},
): Promise<SendbackServer> {
	const environment = {
		PATH: process.env.PATH,
		HOME: process.env.HOME,
		DATABASE_URL: databaseUrl,
		PORT: '0',
		LOG_LEVEL: 'warn',
		...env,
	};
	const args = [COMMAND_LINE, 'app', 'create', '--tenant', TENANT, '--scope', SCOPES, '--json'];
	const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
	const { app_id: id, app_secret: secret } = JSON.parse(stdout) as { app_id: string; app_secret: string };

	const child = spawn(process.execPath, [COMMAND_LINE, 'serve'], {
		env: environment,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const url = await announcedUrl(child);
	return {
		url,
		app: `${id}:${secret}`,
		residentBytes: () => residentBytes(url),
		stop: () => stop(child),
	};
}

/** The address that a server prints when it is ready to be used. */
export function announcedUrl(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let output = '';
		child.stdout?.on('data', (chunk: Buffer) => {
			output += chunk.toString();
			const url = /ready at (http:\/\/\S+)/.exec(output)?.[1];
			if (url !== undefined) resolve(url);
		});
		child.once('exit', () => reject(new Error(`The server ended before it was ready.\n${output}`)));
	});
}

export async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	const force = setTimeout(() => child.kill('SIGKILL'), 30_000);
	await ended;
	clearTimeout(force);
}

async function residentBytes(url: string): Promise<number> {
	const metrics = await (await fetch(new URL('/metrics', url))).text();
	const found = /^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1];
	if (found === undefined) throw new Error('/metrics says nothing about the memory of the process.');
	return Number(found);
}
