import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { PEERS_FOLDER } from './model-file.ts';

const run = promisify(execFile);
const MARKER = join(PEERS_FOLDER, 'target', 'built-from');
const BUILD_TIMEOUT_MS = 10 * 60_000;

/** Compiles the harness for each peer, unless that was done from the same sources. Needs the network the first time only. */
export async function buildPeers(): Promise<void> {
	for (const program of ['java', 'mvn']) {
		await run(program, ['-version']).catch(() => {
			throw new Error(
				`The peers are Java programs: ${program} is needed (Java 17 or newer, Maven 3), and not on the PATH.`,
			);
		});
	}
	const sources = await fingerprint();
	if ((await readFile(MARKER, 'utf8').catch(() => '')) === sources) return;
	await maven('--offline').catch(() => maven());
	await mkdir(join(PEERS_FOLDER, 'target'), { recursive: true });
	await writeFile(MARKER, sources);
}

async function maven(...options: string[]): Promise<void> {
	await run('mvn', ['-q', '-B', ...options, 'compile'], { cwd: PEERS_FOLDER, timeout: BUILD_TIMEOUT_MS }).catch(
		(error: { stdout?: string; message: string }) => {
			throw new Error(`The peers cannot be built:\n${error.stdout || error.message}`);
		},
	);
}

async function fingerprint(): Promise<string> {
	const hash = createHash('sha256');
	for (const path of (await readdir(PEERS_FOLDER, { recursive: true })).sort()) {
		if (/(^|\/)target\//.test(path) || !/(pom\.xml|\.java)$/.test(path)) continue;
		hash.update(path).update(await readFile(join(PEERS_FOLDER, path)));
	}
	return hash.digest('hex');
}

export async function classPath(module: string): Promise<string> {
	const target = join(PEERS_FOLDER, module, 'target');
	return [join(target, 'classes'), (await readFile(join(target, 'classpath'), 'utf8')).trim()].join(delimiter);
}
