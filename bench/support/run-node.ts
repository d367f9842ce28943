import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a program of bench/ in a process of its own and reads the JSON that it prints. */
export function runNode<Result>(program: string, options: Readonly<Record<string, string | number>>): Promise<Result> {
	const file = fileURLToPath(new URL(`../${program}.js`, import.meta.url));
	const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
		child.once('error', reject);
		child.once('close', (code) => {
			if (code === 0) resolve(JSON.parse(output) as Result);
			else reject(new Error(`${program} ended with ${code}: ${output}`));
		});
	});
}
