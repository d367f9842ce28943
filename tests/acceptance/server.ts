/** Starts a real server process and talks to it over HTTP, as its users do. Nothing here imports the server's code. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const commandLine = join(import.meta.dirname, '../../packages/server/dist/cli/sendback.js');

/** A JSON answer, whatever is in it: tests look at the parts they are about. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests find out.
export type Json = any;

export interface Answer {
	readonly status: number;
	readonly type: string;
	readonly headers: Headers;
	readonly text: string;
	/** The body where it is JSON, otherwise undefined. */
	readonly json: Json;
}

export interface RawRequest {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	readonly timeout_ms?: number;
}

export interface CommandResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface Server {
	readonly url: string;
	readonly pid: number;
	readonly dataDir: string;
	/** All that the process wrote to stderr so far. */
	log(): string;
	/** Any request, exactly as given. */
	request(path: string, request?: RawRequest): Promise<Answer>;
	/** A call below `/open-apis` with the demo app's token. */
	feishu(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
	/** A call below `/api/v1` with the demo app's token; a body makes it a POST. */
	native(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
	deploy(flowId: string, xml: string): Promise<Answer>;
	/** Sends a signal and waits until the process has ended. */
	end(signal: NodeJS.Signals): Promise<number | null>;
	/** Ends it in whatever way and removes its files. */
	close(): Promise<void>;
	/** The same data with a new process, after `end`. */
	restart(): Promise<Server>;
}

export interface ServerOptions {
	readonly env?: Readonly<Record<string, string>>;
	readonly dataDir?: string;
}

/** A folder that every user may pass through, so that the database can stay in it when tests run as root. */
export async function temporaryDataDir(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'sendback-acceptance-'));
	await chmod(folder, 0o755);
	return join(folder, 'data');
}

export function environment(dataDir: string, env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
	return { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', SENDBACK_DATA_DIR: dataDir, ...env };
}

/** Runs one command of the command line to its end. */
export function sendback(
	dataDir: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
	return new Promise((resolve) => {
		const child = execFile(
			process.execPath,
			[commandLine, ...args],
			{ env: environment(dataDir, env), timeout: 30_000 },
			(_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
		);
	});
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
	const dataDir = options.dataDir ?? (await temporaryDataDir());
	const child = spawn(process.execPath, [commandLine, 'serve'], { env: environment(dataDir, options.env) });
	let log = '';
	child.stderr.on('data', (chunk: Buffer) => {
		log += chunk.toString();
	});
	const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
	const url = await announcedUrl(child, ended, () => log);
	const request = requester(url);
	let authorization = { authorization: `Bearer ${await demoToken(request)}` };
	/** A token lasts two hours; with the test clock those are over in no time. */
	async function authorized(path: string, { headers, ...rest }: RawRequest): Promise<Answer> {
		const answer = await request(path, { ...rest, headers: { ...authorization, ...headers } });
		if (answer.status !== 401) return answer;
		authorization = { authorization: `Bearer ${await demoToken(request)}` };
		return request(path, { ...rest, headers: { ...authorization, ...headers } });
	}
	return {
		url,
		pid: child.pid ?? 0,
		dataDir,
		log: () => log,
		request,
		feishu: (path, body, headers = {}) =>
			request(`/open-apis${path}`, {
				method: 'POST',
				headers: { ...authorization, 'content-type': 'application/json', ...headers },
				body: JSON.stringify(body),
			}),
		native: (path, body, headers = {}) =>
			authorized(`/api/v1${path}`, {
				method: body === undefined ? 'GET' : 'POST',
				headers: {
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...headers,
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		deploy: (flowId, xml) =>
			authorized(`/api/v1/applications/demo__c/flows/${flowId}`, {
				method: 'PUT',
				headers: { 'content-type': 'application/xml' },
				body: xml,
			}),
		end: (signal) => {
			child.kill(signal);
			return ended;
		},
		close: async () => {
			if (child.exitCode === null && child.signalCode === null) {
				child.kill('SIGTERM');
				const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
				await ended;
				clearTimeout(force);
			}
			await rm(join(dataDir, '..'), { recursive: true, force: true, maxRetries: 3 });
		},
		restart: () => startServer({ ...options, dataDir }),
	};
}

/** The address that the server prints when it is ready to be used. */
async function announcedUrl(child: ChildProcess, ended: Promise<number | null>, log: () => string): Promise<string> {
	let output = '';
	const announced = new Promise<string>((resolve) => {
		child.stdout?.on('data', (chunk: Buffer) => {
			output += chunk.toString();
			const url = /ready at (http:\/\/\S+)/.exec(output)?.[1];
			if (url !== undefined) resolve(url);
		});
	});
	const url = await Promise.race([announced, ended]);
	if (typeof url !== 'string') throw new Error(`the server ended before it was ready\n${output}\n${log()}`);
	const ready = await fetch(`${url}/readyz`);
	if (ready.status !== 200) throw new Error(`announced but not ready: ${ready.status} ${await ready.text()}`);
	return url;
}

function requester(url: string): Server['request'] {
	return async (path, request = {}) => {
		const answer = await fetch(url + path, {
			method: request.method ?? 'GET',
			headers: request.headers ?? {},
			...(request.body === undefined ? {} : { body: request.body }),
			signal: AbortSignal.timeout(request.timeout_ms ?? 20_000),
		});
		const text = await answer.text();
		return {
			status: answer.status,
			type: answer.headers.get('content-type') ?? '',
			headers: answer.headers,
			text,
			json: parsed(text),
		};
	};
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

async function demoToken(request: Server['request']): Promise<string> {
	return tenantToken(request, 'cli_demo', 'demo_secret');
}

export async function tenantToken(request: Server['request'], appId: string, secret: string): Promise<string> {
	const answer = await request('/open-apis/auth/v3/tenant_access_token/internal', {
		method: 'POST',
		body: JSON.stringify({ app_id: appId, app_secret: secret }),
	});
	if (answer.json?.code !== 0) throw new Error(`no token: ${answer.text}`);
	return answer.json.tenant_access_token;
}

/** The process id of the embedded PostgreSQL's postmaster. */
export async function postmasterPid(dataDir: string): Promise<number> {
	return Number((await readFile(join(dataDir, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
}
