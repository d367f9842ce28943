/** Shared by the tests of the embedded database: throw-away folders, and other Node processes that own a database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import ts from 'typescript';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.ts';

const sourceFolder = fileURLToPath(new URL('../../src/storage/embedded/', import.meta.url));

export const asRoot = process.getuid?.() === 0;

export interface Scratch {
	path: string;
	remove(): Promise<void>;
}

/** Not os.tmpdir(): its length varies, and these tests are about path lengths too. */
export async function makeScratch(): Promise<Scratch> {
	const path = await mkdtemp('/tmp/sendback-test-');
	await chmod(path, 0o711);
	return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}

export interface Started extends EmbeddedPostgres {
	messages: string[];
	unexpectedExits: string[];
}

export async function start(dataDir: string): Promise<Started> {
	const messages: string[] = [];
	const unexpectedExits: string[] = [];
	const database = await startEmbeddedPostgres({
		dataDir,
		log: (message, details) => messages.push(`${message} ${JSON.stringify(details ?? {})}`),
		onUnexpectedExit: (reason) => unexpectedExits.push(reason),
	});
	return { ...database, messages, unexpectedExits };
}

export async function query(connection: pg.ClientConfig, sql: string): Promise<unknown[]> {
	const client = new pg.Client(connection);
	// A server that goes away under us is what some tests are about.
	client.on('error', () => undefined);
	await client.connect();
	try {
		return (await client.query<Record<string, unknown>>(sql)).rows;
	} finally {
		await client.end().catch(() => undefined);
	}
}

export async function eventually<Result>(attempt: () => Promise<Result>, limitMs = 10_000): Promise<Result> {
	const deadline = Date.now() + limitMs;
	while (true) {
		try {
			return await attempt();
		} catch (error) {
			if (Date.now() > deadline) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
}

export async function postmasterPid(home: string): Promise<number> {
	return Number.parseInt(await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

export interface OtherServer {
	child: ChildProcess;
	connection: pg.ClientConfig;
	kill(): Promise<void>;
}

/** Starts the embedded database in a Node process of its own, from a copy of the sources that any user can read. */
export async function startInOtherProcess(scratch: string, dataDir: string, userId?: number): Promise<OtherServer> {
	const script = await writeOwnerScript(scratch);
	const child = spawn(process.execPath, [script, dataDir], {
		cwd: scratch,
		stdio: ['ignore', 'pipe', 'pipe'],
		// Its own process group, as a shell gives to each command.
		detached: true,
		...(userId !== undefined && { uid: userId, gid: userId }),
	});
	const firstLine = await new Promise<string>((resolve, reject) => {
		let output = '';
		child.stdout.on('data', (part: Buffer) => {
			output += part.toString();
			if (output.includes('\n')) resolve(output);
		});
		child.stderr.on('data', (part: Buffer) => {
			output += part.toString();
		});
		child.once('exit', () => reject(new Error(`the other process ended: ${output}`)));
	});
	const connection: pg.ClientConfig = JSON.parse(firstLine);
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	return {
		child,
		connection,
		kill: () => {
			child.kill('SIGKILL');
			return ended;
		},
	};
}

async function writeOwnerScript(scratch: string): Promise<string> {
	const folder = join(scratch, 'program');
	await mkdir(folder, { recursive: true });
	await chmod(folder, 0o755);
	for (const name of await readdir(sourceFolder)) {
		const { outputText } = ts.transpileModule(await readFile(join(sourceFolder, name), 'utf8'), {
			compilerOptions: {
				target: ts.ScriptTarget.ES2023,
				module: ts.ModuleKind.ESNext,
				verbatimModuleSyntax: true,
				rewriteRelativeImportExtensions: true,
			},
		});
		await writeFile(join(folder, name.replace(/\.ts$/, '.js')), outputText, { mode: 0o644 });
	}
	await writeFile(join(folder, 'package.json'), '{ "type": "module" }', { mode: 0o644 });
	const script = join(folder, 'own-database.js');
	await writeFile(
		script,
		`import { startEmbeddedPostgres } from './embedded-postgres.js';
		const database = await startEmbeddedPostgres({ dataDir: process.argv[2], log: () => {}, onUnexpectedExit: () => {} });
		process.on('SIGTERM', () => database.stop());
		process.on('SIGINT', () => {});
		console.log(JSON.stringify(database.connection));`,
		{ mode: 0o644 },
	);
	await linkPackages(folder);
	return script;
}

/** node_modules of the copy leads back to ours. */
async function linkPackages(folder: string): Promise<void> {
	const pgFolder = dirname(createRequire(import.meta.url).resolve('pg/package.json'));
	await symlink(dirname(pgFolder), join(folder, 'node_modules')).catch(() => undefined);
}
