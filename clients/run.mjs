#!/usr/bin/env node
/**
 * Runs the clients of the reference page against a Sendback server and says which of them passed.
 *
 *   node clients/run.mjs                         a fresh demo server, every client whose toolchain is here
 *   node clients/run.mjs --only go,php           these clients
 *   node clients/run.mjs --require curl,node     as above, and fail when one of these had to be skipped
 *   node clients/run.mjs --url http://…          a running server; SENDBACK_APP_ID, SENDBACK_APP_SECRET,
 *                                                SENDBACK_NO_SCOPE_APP_ID and SENDBACK_NO_SCOPE_APP_SECRET name two apps
 *   node clients/run.mjs --cli FILE              another sendback.js than the one built in this repository
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const inClients = (...parts) => join(here, ...parts);

const STARTUP_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 600_000;
const STORY_TIMEOUT_MS = 120_000;
const SHUTDOWN_TIMEOUT_MS = 20_000;
/** No client has fewer checks; one that ends early and quietly must not count as passed. */
const MINIMUM_CHECKS = 20;

/** A client that cannot run here, for a reason that is not Sendback's. */
class Skip extends Error {}

/** Runs a command to its end and returns what it printed; the process group ends with it. */
function run(command, args, { cwd = here, environment = process.env, timeoutMs, onLine }) {
	return new Promise((settle) => {
		const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		let stdout = '';
		let output = '';
		let unfinishedLine = '';
		let timedOut = false;
		const timer = setTimeout(() => {
			timedOut = true;
			process.kill(-child.pid, 'SIGKILL');
		}, timeoutMs);
		const take = (chunk) => {
			output += chunk;
			const lines = (unfinishedLine + chunk).split('\n');
			unfinishedLine = lines.pop();
			for (const line of lines) onLine?.(line);
		};
		child.stdout.setEncoding('utf8').on('data', (chunk) => {
			stdout += chunk;
			take(chunk);
		});
		child.stderr.setEncoding('utf8').on('data', take);
		child.on('error', (error) => {
			clearTimeout(timer);
			settle({ code: 127, stdout, output: `${command}: ${error.message}` });
		});
		child.on('close', (code) => {
			clearTimeout(timer);
			if (unfinishedLine) onLine?.(unfinishedLine);
			if (timedOut) output += `\n${command} did not end within ${timeoutMs / 1000} s`;
			settle({ code: timedOut ? 124 : (code ?? 1), stdout, output });
		});
	});
}

const lastLines = (text, count) => text.trim().split('\n').slice(-count).join('\n');

async function present(command, ...args) {
	const { code } = await run(command, args, { timeoutMs: 60_000 });
	if (code !== 0) throw new Skip(`no ${command} here`);
}

/** Dependencies that cannot be fetched are the machine's matter, so they skip a client and do not fail it. */
async function install(folder, command, ...args) {
	const { code, output } = await run(command, args, { cwd: inClients(folder), timeoutMs: INSTALL_TIMEOUT_MS });
	if (code !== 0)
		throw new Skip(`its dependencies could not be installed: ${lastLines(output, 2).replaceAll('\n', ' ')}`);
}

async function build(folder, command, ...args) {
	const { code, output } = await run(command, args, { cwd: inClients(folder), timeoutMs: INSTALL_TIMEOUT_MS });
	if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${lastLines(output, 40)}`);
}

/** Each entry gets a client ready and answers with the command that tells the story. */
const CLIENTS = {
	async curl() {
		await present('bash', '--version');
		await present('curl', '--version');
		return ['bash', inClients('curl', 'story.sh')];
	},

	async node() {
		return [process.execPath, inClients('node', 'story.mjs')];
	},

	async mcp() {
		return [process.execPath, inClients('mcp', 'story.mjs')];
	},

	async go() {
		await present('go', 'version');
		await install('go', 'go', 'mod', 'download');
		await build('go', 'go', 'build', '-o', 'bin/story', '.');
		return [inClients('go', 'bin', 'story')];
	},

	async python() {
		await present('python3', '--version');
		const python = inClients('python', '.venv', 'bin', 'python');
		const marker = inClients('python', '.venv', 'requirements.sha256');
		const wanted = createHash('sha256')
			.update(readFileSync(inClients('python', 'requirements.txt')))
			.digest('hex');
		if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
			await install('python', 'python3', '-m', 'venv', '--clear', '.venv');
			await install('python', python, '-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt');
			writeFileSync(marker, wanted);
		}
		return [python, inClients('python', 'story.py')];
	},

	async java() {
		await present('java', '-version');
		await present('mvn', '--version');
		await install('java', 'mvn', '-q', '-B', 'dependency:resolve');
		await build('java', 'mvn', '-q', '-B', 'compile');
		const dependencies = readFileSync(inClients('java', 'target', 'classpath'), 'utf8').trim();
		const classpath = [inClients('java', 'target', 'classes'), dependencies].join(delimiter);
		return ['java', '-cp', classpath, 'sendback.clients.Story'];
	},

	async php() {
		await present('php', '--version');
		const guzzle = [inClients('php', 'vendor', 'autoload.php'), '/usr/share/php/GuzzleHttp/autoload.php'];
		if (!guzzle.some(existsSync)) {
			await present('composer', '--version');
			await install('php', 'composer', 'install', '--quiet', '--no-interaction');
		}
		return ['php', inClients('php', 'story.php')];
	},

	async csharp() {
		await present('dotnet', '--version');
		await install('csharp', 'dotnet', 'restore');
		await build('csharp', 'dotnet', 'build', '--no-restore', '--nologo', '-c', 'Release', '-o', 'bin/story');
		return ['dotnet', inClients('csharp', 'bin', 'story', 'Story.dll')];
	},
};

async function freePort() {
	const probe = createServer();
	await new Promise((done) => probe.listen(0, '127.0.0.1', done));
	const { port } = probe.address();
	await new Promise((done) => probe.close(done));
	return port;
}

/** Starts a demo server of its own on an empty data directory. */
async function startServer(cli) {
	if (!existsSync(cli)) throw new Error(`${cli} is not there: run \`npm run build\` first`);
	const port = await freePort();
	const dataDirectory = mkdtempSync(join(tmpdir(), 'sendback-clients-'));
	const environment = {
		...process.env,
		HOST: '127.0.0.1',
		PORT: String(port),
		SENDBACK_DATA_DIR: dataDirectory,
		SENDBACK_MODE: 'demo',
	};
	// What the caller's own server uses must not reach this one.
	delete environment.DATABASE_URL;
	delete environment.SENDBACK_TEST_CLOCK;

	let output = '';
	let exited = false;
	const server = spawn(process.execPath, [cli, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
	const ended = new Promise((done) => {
		server.on('exit', () => {
			exited = true;
			done();
		});
	});
	for (const stream of [server.stdout, server.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk) => {
			output += chunk;
		});
	}
	const stop = async () => {
		server.kill('SIGTERM');
		const timer = setTimeout(() => server.kill('SIGKILL'), SHUTDOWN_TIMEOUT_MS);
		if (!exited) await ended;
		clearTimeout(timer);
		rmSync(dataDirectory, { recursive: true, force: true });
	};

	const url = `http://127.0.0.1:${port}`;
	const deadline = Date.now() + STARTUP_TIMEOUT_MS;
	while (!exited && Date.now() < deadline) {
		const ready = await fetch(`${url}/readyz`).catch(() => undefined);
		if (ready?.status === 200) return { url, environment, stop, output: () => output };
		await new Promise((done) => setTimeout(done, 100));
	}
	const problem = exited ? 'ended before it was ready' : `was not ready within ${STARTUP_TIMEOUT_MS / 1000} s`;
	await stop();
	throw new Error(`the server ${problem}; it printed:\n${lastLines(output, 60)}`);
}

async function createAppWithoutScope(cli, environment) {
	const args = [cli, 'app', 'create', '--tenant', 'demo', '--name', 'no-scope', '--json'];
	const { code, stdout, output } = await run(process.execPath, args, { environment, timeoutMs: 60_000 });
	try {
		const { app_id: id, app_secret: secret } = JSON.parse(stdout);
		if (code === 0 && id && secret) return { id, secret };
	} catch {
		// The error below shows what was printed instead of JSON.
	}
	throw new Error(
		`\`sendback ${args.slice(1).join(' ')}\` ended with code ${code} and printed:\n${lastLines(output, 20)}`,
	);
}

/** One HTTP call of the preparation; what it did not expect ends the run with the whole answer. */
async function prepareCall(what, url, options, accepts) {
	const response = await fetch(url, options);
	const text = await response.text();
	let body;
	try {
		body = JSON.parse(text);
	} catch {
		body = undefined;
	}
	if (!response.ok || !body || !accepts(body)) {
		throw new Error(`${what} (${options.method} ${url}) was answered with HTTP ${response.status}: ${text}`);
	}
	return body;
}

async function deployFlow(url, app) {
	const { tenant_access_token: token } = await prepareCall(
		'obtaining a token',
		`${url}/open-apis/auth/v3/tenant_access_token/internal`,
		{
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ app_id: app.id, app_secret: app.secret }),
		},
		(body) => body.code === 0,
	);
	await prepareCall(
		'deploying two-step.bpmn',
		`${url}/api/v1/applications/demo__c/flows/two_step`,
		{
			method: 'PUT',
			headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/xml' },
			body: readFileSync(inClients('two-step.bpmn')),
		},
		(body) => body.flow_id === 'two_step',
	);
}

function appFromEnvironment(prefix) {
	const id = process.env[`${prefix}_ID`];
	const secret = process.env[`${prefix}_SECRET`];
	if (!id || !secret) throw new Error(`--url needs ${prefix}_ID and ${prefix}_SECRET`);
	return { id, secret };
}

function storyEnvironment(url, app, appWithoutScope) {
	const unproxied = [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
	return {
		...process.env,
		SENDBACK_URL: url,
		SENDBACK_APP_ID: app.id,
		SENDBACK_APP_SECRET: app.secret,
		SENDBACK_NO_SCOPE_APP_ID: appWithoutScope.id,
		SENDBACK_NO_SCOPE_APP_SECRET: appWithoutScope.secret,
		NO_PROXY: unproxied,
		no_proxy: unproxied,
		PYTHONUTF8: '1',
	};
}

async function runClient(name, environment) {
	const startedAt = Date.now();
	const result = (outcome, checks, note = '') => ({
		name,
		outcome,
		checks,
		seconds: (Date.now() - startedAt) / 1000,
		note,
	});
	let command;
	try {
		command = await CLIENTS[name]();
	} catch (problem) {
		console.log(`${name}: ${problem.message}`);
		if (problem instanceof Skip) return result('skipped', 0, problem.message.slice(0, 100));
		return result('failed', 0, 'it could not be built');
	}
	let held = 0;
	let broken = 0;
	const [program, ...args] = command;
	const { code } = await run(program, args, {
		environment,
		timeoutMs: STORY_TIMEOUT_MS,
		onLine: (line) => {
			if (line.startsWith('ok - ')) held += 1;
			if (line.startsWith('not ok - ')) broken += 1;
			console.log(`${name}: ${line}`);
		},
	});
	if (broken > 0) return result('failed', held + broken, `${broken} of its checks failed`);
	if (code !== 0) return result('failed', held, code === 124 ? 'it did not end in time' : `it ended with code ${code}`);
	if (held < MINIMUM_CHECKS) return result('failed', held, `it made only ${held} checks`);
	return result('passed', held);
}

function printTable(results) {
	console.log('');
	console.log(`${'client'.padEnd(8)} ${'outcome'.padEnd(8)} ${'checks'.padStart(6)} ${'seconds'.padStart(8)}  note`);
	for (const { name, outcome, checks, seconds, note } of results) {
		console.log(
			`${name.padEnd(8)} ${outcome.padEnd(8)} ${String(checks).padStart(6)} ${seconds.toFixed(1).padStart(8)}  ${note}`.trimEnd(),
		);
	}
	const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
	console.log('');
	console.log(`clients: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
}

function namesOf(list) {
	const names = list === undefined ? [] : list.split(',').filter(Boolean);
	const unknown = names.filter((name) => !(name in CLIENTS));
	if (unknown.length > 0)
		throw new Error(`no client is named ${unknown.join(', ')}; there are ${Object.keys(CLIENTS).join(', ')}`);
	return names;
}

async function main() {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			require: { type: 'string' },
			url: { type: 'string' },
			cli: { type: 'string', default: resolve(here, '..', 'packages', 'server', 'dist', 'cli', 'sendback.js') },
		},
	});
	const required = namesOf(values.require);
	const wanted = values.only === undefined ? Object.keys(CLIENTS) : namesOf(values.only);
	const names = [...new Set([...wanted, ...required])];

	const server = values.url === undefined ? await startServer(resolve(values.cli)) : undefined;
	try {
		const url = (server?.url ?? values.url).replace(/\/+$/, '');
		const app = server ? { id: 'cli_demo', secret: 'demo_secret' } : appFromEnvironment('SENDBACK_APP');
		const appWithoutScope = server
			? await createAppWithoutScope(resolve(values.cli), server.environment)
			: appFromEnvironment('SENDBACK_NO_SCOPE_APP');
		await deployFlow(url, app);

		const environment = storyEnvironment(url, app, appWithoutScope);
		const results = [];
		// One after the other: they share users, and a failure is easier to read when nothing else runs.
		for (const name of names) {
			const result = await runClient(name, environment);
			if (result.outcome === 'skipped' && required.includes(name)) {
				results.push({ ...result, outcome: 'failed', note: `required, but ${result.note}` });
			} else {
				results.push(result);
			}
		}
		const failed = results.some((result) => result.outcome === 'failed');
		if (failed && server) console.log(`\nThe server printed last:\n${lastLines(server.output(), 60)}`);
		printTable(results);
		return failed ? 1 : 0;
	} finally {
		await server?.stop();
	}
}

try {
	process.exitCode = await main();
} catch (problem) {
	console.error(`clients: ${problem.message}`);
	process.exitCode = 1;
}
