import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp, issueAppTicket, problemWithApp, setAppEnabled } from '../../src/cli/app-commands.ts';
import { doctorCommand, examineNode } from '../../src/cli/doctor-command.ts';
import { serveCommand } from '../../src/cli/serve-command.ts';
import { tokenCommand } from '../../src/cli/token-command.ts';
import { withServices } from '../../src/cli/with-services.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { type RunningServer, startServer } from '../../src/main.ts';
import type { OpenedServices } from '../../src/server.ts';
import { runningConnection } from '../../src/storage/embedded/connect-running.ts';

let dataDir: string;
let server: RunningServer;
let environment: Record<string, string>;

function configOf(variables: Record<string, string>): Config {
	const outcome = readConfig(variables);
	if (!outcome.ok) throw new Error(outcome.problems.join());
	return outcome.config;
}

const start = (variables = environment) => startServer(configOf(variables), pino({ level: 'silent' }), () => {});

beforeAll(async () => {
	dataDir = await mkdtemp('/tmp/sendback-serve-');
	// The database may run as another user, who has to get through.
	await chmod(dataDir, 0o711);
	environment = { SENDBACK_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' };
	server = await start();
});
afterAll(async () => {
	await server.stop();
	await rm(dataDir, { recursive: true, force: true });
});

/** What a command printed, and to where. */
function terminal() {
	const printed: string[] = [];
	const errors: string[] = [];
	return {
		printed,
		errors,
		print: (text: string) => void printed.push(text),
		printError: (text: string) => void errors.push(text),
	};
}

/** Sends what a curl line of ours would send. */
async function runCurl(line: string) {
	const [url = '', authorization = '', type = '', body = ''] = [...line.matchAll(/'([^']*)'/g)].map(([, text]) => text);
	const header = (text: string) => text.split(': ') as [string, string];
	const answer = await fetch(url, { method: 'POST', headers: [header(authorization), header(type)], body });
	return { status: answer.status, body: await answer.json() };
}

const curlLineOf = (greeting: string) => greeting.split('\n').find((line) => line.startsWith('curl ')) ?? '';

describe('a demo server', () => {
	test('prints its address, its credentials and one curl line that performs a rollback, at every start', async () => {
		expect(server.greeting).toContain(server.url);
		expect(server.greeting).toContain('cli_demo / demo_secret');
		expect(server.greeting.match(/^curl /gm)).toHaveLength(1);
		const line = curlLineOf(server.greeting);
		expect(await runCurl(line)).toEqual({ status: 200, body: { code: 0, msg: 'success', data: {} } });
		expect(await runCurl(line)).toMatchObject({ status: 400, body: { code: 2320001 } });

		await server.stop();
		server = await start();
		expect(await runCurl(curlLineOf(server.greeting))).toMatchObject({ status: 200, body: { code: 0 } });
	});

	test('leaves no app behind for a production server on its data', async () => {
		const credentials = { app_id: 'cli_demo', app_secret: 'demo_secret' };
		const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
			const answer = await fetch(`${server.url}/open-apis${path}`, {
				method: 'POST',
				headers,
				body: JSON.stringify(body),
			});
			return JSON.parse(await answer.text()).code;
		};
		const askToken = () => post('/auth/v3/tenant_access_token/internal', credentials);
		const [authorization = ''] = /Bearer [^']*/.exec(curlLineOf(server.greeting)) ?? [];
		const query = () => post('/apaas/v1/user_task/query', { kunlun_user_id: '1001' }, { authorization });
		expect([await askToken(), await query()]).toEqual([0, 0]);

		await server.stop();
		const production = { ...environment, SENDBACK_MODE: 'production' };
		server = await start(production);
		expect([await askToken(), await query()]).toEqual([10003, 99991663]);
		const shown = terminal();
		const token = (services: OpenedServices) => tokenCommand(services, { app: 'cli_demo' }, shown);
		expect(await withServices(production, shown, token)).toBe(1);
		expect(shown.errors).toEqual(['There is no app cli_demo.']);

		await server.stop();
		server = await start();
		expect([await askToken(), await query()]).toEqual([0, 0]);
	});

	test('refuses a second one on its data, in one line', async () => {
		const shown = terminal();
		expect(await serveCommand(environment, shown)).toBe(1);
		expect(shown.errors[0]).toMatch(/^Sendback could not start\. Another Sendback .*\[data-dir-in-use\]/);
		expect(shown.errors[1]).toContain('sendback doctor');
	});
});

describe('the command line beside a running server', () => {
	const run = async (command: Parameters<typeof withServices>[2]) => {
		const shown = terminal();
		return { code: await withServices(environment, shown, command), ...shown };
	};

	test('makes apps and tokens that the server takes', async () => {
		const shown = terminal();
		const scope = ['app_engine:approval:read,sendback:admin'];
		await run((services) => createApp(services, { tenant: 'acme', scope, json: true }, shown));
		const { app_id: app, app_secret: secret, scopes } = JSON.parse(shown.printed[0] ?? '');
		expect(scopes).toEqual(['app_engine:approval:read', 'sendback:admin']);

		const tokens = terminal();
		expect((await run((services) => tokenCommand(services, { app, secret }, tokens))).code).toBe(0);
		const query = async () => {
			const answer = await fetch(`${server.url}/open-apis/apaas/v1/user_task/query`, {
				method: 'POST',
				headers: { authorization: `Bearer ${tokens.printed[0]}` },
				body: '{"kunlun_user_id": "1001"}',
			});
			return JSON.parse(await answer.text()).code;
		};
		expect(await query()).toBe(0);

		expect((await run((services) => tokenCommand(services, { app, secret: 'wrong' }, tokens))).code).toBe(1);
		expect((await run((services) => tokenCommand(services, { app: 'cli_nobody' }, tokens))).code).toBe(1);
		expect((await run((services) => setAppEnabled(services, app, false, tokens))).code).toBe(0);
		expect((await run((services) => tokenCommand(services, { app }, tokens))).code).toBe(1);
		expect((await run((services) => setAppEnabled(services, 'cli_nobody', true, tokens))).code).toBe(1);
		// The server keeps what it knows of an app for a few seconds.
		await expect.poll(query, { timeout: 10_000, interval: 250 }).toBe(99991662);
	});

	test('prints the ticket of a store app, and of no other', async () => {
		const shown = terminal();
		await run((services) => createApp(services, { tenant: 'acme', store: true, json: true }, shown));
		const { app_id: app } = JSON.parse(shown.printed[0] ?? '');
		expect((await run((services) => issueAppTicket(services, app, shown))).code).toBe(0);
		expect(shown.printed[1]).toMatch(/^[\w-]{20,}$/);
		expect((await run((services) => issueAppTicket(services, 'cli_demo', shown))).code).toBe(1);
	});

	test.each([
		[{ tenant: 'ACME' }, '--tenant'],
		[{ tenant: 'acme', name: ' ' }, '--name'],
		[{ tenant: 'acme', scope: ['all'] }, 'all is no scope'],
	])('refuses %j before anything is opened', (options, problem) => {
		expect(problemWithApp(options)).toContain(problem);
	});

	test('says in one line that a database is away', async () => {
		const shown = terminal();
		const away = { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' };
		expect(await withServices(away, shown, async () => 0)).toBe(1);
		expect(shown.errors).toEqual([expect.stringMatching(/^The database of DATABASE_URL cannot be reached: .*REFUSED/)]);
		expect(shown.errors.join()).not.toContain('secret');
	});

	test('says in one line that a database takes connections and does not answer', async () => {
		const silent = createTcpServer();
		await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
		const { port } = silent.address() as AddressInfo;
		const shown = terminal();
		expect(await withServices({ DATABASE_URL: `postgres://u@127.0.0.1:${port}/x` }, shown, async () => 0)).toBe(1);
		expect(shown.errors).toEqual(['The database of DATABASE_URL cannot be reached: timeout expired.']);
		silent.close();
	}, 15_000);
});

describe('sendback doctor', () => {
	test('finds a running demo in order', async () => {
		const shown = terminal();
		const port = new URL(server.url).port;
		const code = await doctorCommand({ ...environment, PORT: port }, shown);
		expect(shown.printed.filter((line) => line.startsWith('✗'))).toEqual([]);
		expect(shown.printed.join('\n')).toContain('fsync on, synchronous_commit on');
		expect(code).toBe(0);
	});

	test('finds wrong variables, and a database that is away', async () => {
		const wrong = terminal();
		expect(await doctorCommand({ PORT: 'x', LOG_LEVEL: 'y' }, wrong)).toBe(1);
		expect(wrong.printed.filter((line) => line.startsWith('✗ configuration'))).toHaveLength(2);
		const away = terminal();
		expect(await doctorCommand({ DATABASE_URL: 'postgres://127.0.0.1:1/x', PORT: '0' }, away)).toBe(1);
		expect(away.printed.join('\n')).toMatch(/✗ database: .*\n {2}Check DATABASE_URL/);
	});

	test('finds a database URL that names a file which is not there', async () => {
		const shown = terminal();
		const url = 'postgres://127.0.0.1:1/x?sslrootcert=/nowhere/root.crt';
		expect(await doctorCommand({ DATABASE_URL: url, PORT: '0' }, shown)).toBe(1);
		expect(shown.printed.join('\n')).toMatch(/✗ database: .*ENOENT.*\n {2}Check DATABASE_URL/);
	});

	test('finds settings of connections that are not as statements need them', async () => {
		const { host = '', user = '', database = '' } = (await runningConnection(dataDir)) as ClientConfig;
		const parameters = new URLSearchParams({ host, user, options: '-c plan_cache_mode=auto' });
		const shown = terminal();
		const url = `postgres:///${database}?${parameters}`;
		expect(await doctorCommand({ DATABASE_URL: url, PORT: '0' }, shown)).toBe(1);
		expect(shown.printed.join('\n')).toMatch(
			/✓ durability.*\n✗ planner: plan_cache_mode auto\n {2}Options of DATABASE_URL/,
		);
	});

	test('finds a role that may not make tables, and a database that is newer', async () => {
		const { host = '', database = '' } = (await runningConnection(dataDir)) as ClientConfig;
		const administrator = new Client({ host, user: 'postgres', database: 'postgres' });
		await administrator.connect();
		await administrator.query('CREATE ROLE weak LOGIN');
		await administrator.query('CREATE DATABASE newer OWNER sendback');
		await administrator.end();
		const newer = new Client({ host, user: 'sendback', database: 'newer' });
		await newer.connect();
		await newer.query(`CREATE TABLE schema_migrations AS SELECT 99 AS number, ''::text AS checksum`);
		await newer.end();
		const look = async (user: string, name: string) => {
			const shown = terminal();
			const url = `postgres:///${name}?${new URLSearchParams({ host, user })}`;
			return { code: await doctorCommand({ DATABASE_URL: url, PORT: '0' }, shown), text: shown.printed.join('\n') };
		};
		const weak = await look('weak', database);
		expect(weak.code).toBe(1);
		expect(weak.text).toMatch(/✗ rights: weak may not make tables in the schema public\n {2}.*own/);
		expect(weak.text).toMatch(/✗ migrations: permission denied for table schema_migrations/);
		const later = await look('sendback', 'newer');
		expect(later.code).toBe(1);
		expect(later.text).toMatch(/✗ migrations: The database is newer than this Sendback/);
		expect((await look('sendback', 'postgres')).text).toMatch(/✓ migrations: none yet/);
	});

	test.each([
		['that is a file', '/dev/null'],
		['below a file', '/dev/null/data'],
	])('finds a data folder %s', async (_case, folder) => {
		const shown = terminal();
		expect(await doctorCommand({ SENDBACK_DATA_DIR: folder, PORT: '0' }, shown)).toBe(1);
		expect(shown.printed.join('\n')).toMatch(
			/✗ data folder: \/dev\/null cannot be written.*\n {2}Set SENDBACK_DATA_DIR/,
		);
		const command = terminal();
		expect(await withServices({ SENDBACK_DATA_DIR: folder }, command, async () => 0)).toBe(1);
		expect(command.errors.join()).toMatch(/Set SENDBACK_DATA_DIR/);
	});

	test('needs no folder for temporary files', async () => {
		const { TMPDIR = '' } = process.env;
		process.env.TMPDIR = '/dev/null';
		try {
			const shown = terminal();
			expect(await doctorCommand({ ...environment, PORT: '0' }, shown)).toBe(0);
			expect(shown.printed.join('\n')).toMatch(/✓ libraries load: not tried/);
		} finally {
			process.env.TMPDIR = TMPDIR;
		}
	});

	test('finds the port in order where a Sendback has it, beside one that uses DATABASE_URL too', async () => {
		const shown = terminal();
		const { port } = new URL(server.url);
		await doctorCommand({ DATABASE_URL: 'postgres://127.0.0.1:1/x', PORT: port }, shown);
		expect(shown.printed).toContain(`✓ port: 127.0.0.1:${port} is in use, and a Sendback runs here`);
	});

	test.each([
		['hangs up', () => createTcpServer((socket) => socket.destroy())],
		['says nothing', () => createTcpServer()],
		['is another HTTP server', () => createServer((_request, response) => response.end('{"status":"ok"}'))],
	])('finds a port that something else uses, which %s', async (_case, open) => {
		const other = open();
		await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
		const address = other.address();
		const port = typeof address === 'object' && address !== null ? String(address.port) : '';
		for (const database of [{ DATABASE_URL: 'postgres://127.0.0.1:1/x' }, environment]) {
			const shown = terminal();
			await doctorCommand({ ...database, PORT: port }, shown);
			expect(shown.printed.join('\n')).toMatch(/✗ port: .*EADDRINUSE/);
		}
		other.close();
	});

	test.each([
		['20.18.9', false],
		['20.19.0', true],
		['22.0.0', true],
		['18.20.0', false],
	])('Node.js %s: %s', (version, ok) => {
		expect(examineNode(version).ok).toBe(ok);
	});
});
