import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { announcedUrl } from '../support/sendback-server.ts';
import type { Goal } from './goal.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
/** What a fresh clone does not have. */
const MADE = /^(dist|\.git|\.sendback|.*\.tsbuildinfo|\.proof|\.mutants)$/;

export const FIRST_START: Goal = {
	number: 11,
	title: '`npm ci` done → ready to serve, embedded, first `npm start`',
	figures: [{ name: 'seconds', target: { atMost: 5 } }],
	async open() {
		return {
			round: async () => {
				const folder = await freshClone();
				try {
					const seconds = await timeToReady(folder, 'npm', ['start']);
					await rm(join(folder, '.sendback'), { recursive: true });
					const built = await timeToReady(folder, process.execPath, ['packages/server/dist/cli/sendback.js']);
					return [{ value: seconds, parts: { 'without building s': built } }];
				} finally {
					await rm(folder, { recursive: true, force: true, maxRetries: 3 });
				}
			},
			close: async () => undefined,
		};
	},
};

async function timeToReady(folder: string, command: string, args: readonly string[]): Promise<number> {
	const startedAt = performance.now();
	// A group of its own, because npm does not hand signals on to what it runs.
	const child = spawn(command, args, {
		cwd: folder,
		env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', LOG_LEVEL: 'warn' },
		stdio: ['ignore', 'pipe', 'inherit'],
		detached: true,
	});
	const ended = new Promise((resolve) => child.once('close', resolve));
	await announcedUrl(child);
	const seconds = (performance.now() - startedAt) / 1000;
	process.kill(-(child.pid ?? 0), 'SIGTERM');
	await ended;
	return seconds;
}

/** As after `git clone` and `npm ci`, without asking the network for what is here. */
async function freshClone(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'sendback-clone-'));
	// The database may run as another user, who has to get through.
	await chmod(folder, 0o755);
	const modules = join(REPOSITORY, 'node_modules');
	await cp(REPOSITORY, folder, {
		recursive: true,
		verbatimSymlinks: true,
		filter: (path) => path.startsWith(modules) || path === REPOSITORY || !MADE.test(basename(path)),
	});
	return folder;
}
