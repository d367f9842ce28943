import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const runner = fileURLToPath(new URL('../run.mjs', import.meta.url));

/** Longer than the runner's own limits together, so that its message and not a bare time-out is what fails. */
const TIMEOUT_MS = 480_000;

async function runClients(...args: string[]): Promise<{ code: number | null; output: string }> {
	const child = spawn(process.execPath, [runner, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
		});
	}
	const code = await new Promise<number | null>((settle) => {
		child.on('close', settle);
	});
	return { code, output };
}

// The other languages need toolchains that `npm test` must not ask for; `npm run test:clients` runs them all.
test(
	'curl, the official Node SDK and lark-mcp tell the whole story unmodified',
	async () => {
		const { code, output } = await runClients('--only', 'curl,node,mcp', '--require', 'node,mcp');
		expect(code, output).toBe(0);
	},
	TIMEOUT_MS,
);
